import { openaiCompatible } from './openai-compatible.ts';
import { defineProvider } from './provider.ts';

/** Per docs: thinks unless told otherwise, and wants `reasoning_content` back within a loop of tool calls. */
export const deepseek = defineProvider({
  ...openaiCompatible,
  type: 'deepseek',
  baseUrl: 'https://api.deepseek.com/v1',
  surfaces: [],
  keyVariables: ['DEEPSEEK_API_KEY'],
  needsKey: true,
  catalogue: 'deepseek',
  quirks: {
    ...openaiCompatible.quirks,
    // an error while it thinks; without effect otherwise
    refusedFields: ['logprobs', 'top_logprobs', 'logit_bias'],
    reasoningField: 'reasoning_content',
  },
});
