import type { Features } from '../core/features.ts';
import { unread } from '../features/unread.ts';

/** What a plain English question is like, but for what is said otherwise. */
export const sampleFeatures = (rest: Partial<Features> = {}): Features => ({
  ...unread,
  promptTokens: 500,
  askTokens: 100,
  turns: 1,
  script: 'latin',
  askCount: 1,
  task: 'question',
  taskConfidence: 0.8,
  ...rest,
});
