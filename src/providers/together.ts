import { openaiCompatible } from './openai-compatible.ts';
import { defineProvider } from './provider.ts';

/** Per docs: open models, thoughts in `reasoning`. */
export const together = defineProvider({
  ...openaiCompatible,
  type: 'together',
  baseUrl: 'https://api.together.xyz/v1',
  surfaces: ['embeddings', 'completions', 'images', 'audio', 'files'],
  keyVariables: ['TOGETHER_API_KEY'],
  needsKey: true,
  catalogue: 'togetherai',
});
