import { openaiCompatible } from './openai-compatible.ts';
import { defineProvider } from './provider.ts';

/** Per docs: penalties and biases are a 400. Thoughts come in `reasoning`. */
export const cerebras = defineProvider({
  ...openaiCompatible,
  type: 'cerebras',
  baseUrl: 'https://api.cerebras.ai/v1',
  surfaces: ['completions'],
  keyVariables: ['CEREBRAS_API_KEY'],
  needsKey: true,
  catalogue: 'cerebras',
  quirks: {
    ...openaiCompatible.quirks,
    maxTokensField: 'max_completion_tokens',
    refusedFields: ['frequency_penalty', 'presence_penalty', 'logit_bias', 'store', 'verbosity'],
  },
});
