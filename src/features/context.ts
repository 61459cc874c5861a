import { defineFeature } from './feature.ts';

/** What stands beside the ask: papers, passages and files that came with it, memory and environment of clients. */
export const context = defineFeature({
  name: 'context',
  read: ({ contextTokens }) => ({ contextTokens }),
});
