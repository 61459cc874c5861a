import { openaiCompatible } from './openai-compatible.ts';
import { defineProvider } from './provider.ts';

/** Per docs: models that reason refuse penalties; reasoning is left out of `completion_tokens`. */
export const xai = defineProvider({
  ...openaiCompatible,
  type: 'xai',
  baseUrl: 'https://api.x.ai/v1',
  surfaces: ['images', 'files'],
  keyVariables: ['XAI_API_KEY'],
  needsKey: true,
  catalogue: 'xai',
  quirks: {
    ...openaiCompatible.quirks,
    refusedFields: ['presence_penalty', 'frequency_penalty', 'logit_bias'],
  },
});
