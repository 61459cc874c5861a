import { cel } from './cel.ts';
import { code } from './code.ts';
import type { Condition } from './condition.ts';
import { asks, askTokens, tokens, turns } from './counts.ts';
import { hours } from './hours.ts';
import { language } from './language.ts';
import { audio, documents, images } from './media.ts';
import { agent, asked, caller, dialect } from './names.ts';
import { reasoning } from './reasoning.ts';
import { structured } from './structured.ts';
import { tag } from './tag.ts';
import { task } from './task.ts';
import { text } from './text.ts';
import { tools } from './tools.ts';
import { createWhen } from './when.ts';

/** Every condition a rule may use, in the order of the reference page. */
export const conditions = [
  task,
  tokens,
  askTokens,
  asks,
  turns,
  tools,
  images,
  documents,
  audio,
  code,
  language,
  structured,
  reasoning,
  caller,
  tag,
  agent,
  asked,
  dialect,
  hours,
  text,
  cel,
] as readonly Condition[];

const when = createWhen(conditions);

export const whenSchema = when.schema;
export const compileWhen = when.compile;
