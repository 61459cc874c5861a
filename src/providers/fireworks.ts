import { openaiCompatible } from './openai-compatible.ts';
import { defineProvider } from './provider.ts';

/** Per docs: open models, named "accounts/fireworks/models/…"; thoughts in `reasoning_content`. */
export const fireworks = defineProvider({
  ...openaiCompatible,
  type: 'fireworks',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  surfaces: ['embeddings', 'completions'],
  keyVariables: ['FIREWORKS_API_KEY'],
  needsKey: true,
  catalogue: 'fireworks-ai',
});
