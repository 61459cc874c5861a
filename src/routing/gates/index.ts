import { allowed } from './allowed.ts';
import { answerLength, context } from './context.ts';
import { continuity } from './continuity.ts';
import { dialect } from './dialect.ts';
import type { Gate } from './gate.ts';
import { health } from './health.ts';
import { modality } from './modality.ts';
import { nativeOnly } from './native-only.ts';
import { outputForm, prefill, stop } from './output-form.ts';
import { thread } from './thread.ts';
import { tools } from './tools.ts';

/** Every gate, cheapest first; a model must pass all of them, whatever a rule says. */
export const gates: readonly Gate[] = [
  allowed,
  dialect,
  thread,
  continuity,
  tools,
  modality,
  outputForm,
  prefill,
  stop,
  nativeOnly,
  context,
  answerLength,
  health,
];
