import { openaiCompatible } from './openai-compatible.ts';
import { defineProvider } from './provider.ts';

/** Per docs: many vendors behind one Chat endpoint, thoughts in `reasoning`, effort taken for every model. */
export const openrouter = defineProvider({
  ...openaiCompatible,
  type: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  surfaces: ['embeddings', 'completions'],
  keyVariables: ['OPENROUTER_API_KEY'],
  needsKey: true,
  catalogue: 'openrouter',
  quirks: { ...openaiCompatible.quirks, reasoningField: 'reasoning' },
});
