import type { Scenario } from '../scenario.ts';
import { connectRefused, noFirstByte } from './connecting.ts';

/** Every scenario there is, in the order of the table. */
export const scenarios: readonly Scenario[] = [connectRefused, noFirstByte];
