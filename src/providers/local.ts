import { openaiCompatible } from './openai-compatible.ts';
import { defineProvider } from './provider.ts';

/**
 * Servers on one's own machine, at the port where each listens unless told otherwise; a key only where one
 * was set. Per docs Ollama and LM Studio take pictures as data only; vLLM fetches them itself.
 */
export const ollama = defineProvider({
  ...openaiCompatible,
  type: 'ollama',
  baseUrl: 'http://127.0.0.1:11434/v1',
  basePath: '/v1',
  surfaces: ['embeddings', 'completions'],
  quirks: { ...openaiCompatible.quirks, fetchesNoImages: true },
});

export const vllm = defineProvider({
  ...openaiCompatible,
  type: 'vllm',
  baseUrl: 'http://127.0.0.1:8000/v1',
  basePath: '/v1',
  surfaces: ['embeddings', 'completions', 'audio'],
});

export const lmStudio = defineProvider({
  ...openaiCompatible,
  type: 'lm-studio',
  baseUrl: 'http://127.0.0.1:1234/v1',
  basePath: '/v1',
  surfaces: ['embeddings', 'completions'],
  quirks: { ...openaiCompatible.quirks, fetchesNoImages: true },
});
