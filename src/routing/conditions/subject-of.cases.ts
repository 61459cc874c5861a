import { sampleFeatures } from '../../testing/sample-features.ts';
import type { Subject } from './condition.ts';

/** A subject for tests: one plain English question, and what is said otherwise. */
export const subjectOf = (rest: Partial<Subject> = {}): Subject => ({
  ...sampleFeatures(),
  ask: 'Where does the invoice go?',
  caller: 'research',
  asked: 'auto',
  dialect: 'openai-chat',
  tags: { job: 'nightly' },
  agent: '',
  now: Date.UTC(2026, 10, 23, 12, 0),
  ...rest,
});
