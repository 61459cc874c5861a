import { check } from './check.ts';
import type { Command } from './command.ts';
import { keysCreate } from './keys-create.ts';
import { models } from './models.ts';

/** Every command there is, in the order of the help. */
export const commands: readonly Command[] = [check, models, keysCreate];
