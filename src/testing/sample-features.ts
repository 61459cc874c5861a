import type { Features } from '../core/features.ts';

/** What a plain English question is like, but for what is said otherwise. */
export const sampleFeatures = (rest: Partial<Features> = {}): Features => ({
  promptTokens: 500,
  askTokens: 100,
  maxOutputTokens: null,
  turns: 1,
  toolCount: 0,
  hasTools: false,
  isToolForced: false,
  isToolLoop: false,
  toolDepth: 0,
  images: 0,
  documents: 0,
  audios: 0,
  hasHostedTools: false,
  hasCode: false,
  codeShare: 0,
  script: 'latin',
  structured: 'none',
  wantsReasoning: false,
  hasPrefill: false,
  hasFileIds: false,
  askCount: 1,
  task: 'question',
  taskConfidence: 0.8,
  ...rest,
});
