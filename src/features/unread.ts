import type { Features } from '../core/features.ts';

/**
 * Of what was not looked at. Every feature in one order: all requests' then have one shape in memory, which is filled
 * and read faster. Kept records leave out what is as it is here, so what stands here stays; new features join.
 */
export const unread: Features = {
  promptTokens: 0,
  askTokens: 0,
  maxOutputTokens: null,
  turns: 0,
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
  script: 'none',
  structured: 'none',
  wantsReasoning: false,
  hasPrefill: false,
  hasFileIds: false,
  askCount: 0,
  constraints: 0,
  mathShare: 0,
  contextTokens: 0,
  toolSet: '',
  toolErrors: 0,
  repeats: 0,
  reasks: 0,
  answerTokens: 0,
  isCompacted: false,
  isSubagent: false,
  task: 'unsure',
  taskConfidence: 0,
};
