import { openaiCompatible } from './openai-compatible.ts';
import { defineProvider } from './provider.ts';

/** Per docs: these fields, and names on messages, are a 400. Thoughts come in `reasoning`. */
export const groq = defineProvider({
  ...openaiCompatible,
  type: 'groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  surfaces: ['audio', 'files'],
  keyVariables: ['GROQ_API_KEY'],
  needsKey: true,
  catalogue: 'groq',
  quirks: {
    ...openaiCompatible.quirks,
    maxTokensField: 'max_completion_tokens',
    refusedFields: ['logprobs', 'top_logprobs', 'logit_bias', 'store', 'verbosity', 'prompt_cache_key'],
    refusedMessageFields: ['name', 'refusal', 'annotations', 'audio', 'reasoning_content'],
  },
});
