import { defineProvider } from './provider.ts';

/** Built-in models that cost nothing and answer from a generated world, over the real wires. */
export const simulatedOpenai = defineProvider({
  type: 'simulated-openai',
  endpoints: [{ dialect: 'openai-chat', chatPath: '/chat/completions' }],
  surfaces: ['embeddings', 'moderations', 'images', 'audio', 'files'],
  keyVariables: [],
  needsKey: false,
  quirks: {},
  passHeaders: [],
  accountHeaders: [],
  exchangeHeader: 'x-tierwise-exchange',
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
});

export const simulatedAnthropic = defineProvider({
  ...simulatedOpenai,
  type: 'simulated-anthropic',
  surfaces: [],
  endpoints: [{ dialect: 'anthropic-messages', chatPath: '/messages', countPath: '/messages/count_tokens' }],
  passHeaders: ['anthropic-'],
  authorize: (key) => ({ 'x-api-key': key }),
});

export const simulatedResponses = defineProvider({
  ...simulatedOpenai,
  type: 'simulated-responses',
  surfaces: [],
  endpoints: [{ dialect: 'openai-responses', chatPath: '/responses', countPath: '/responses/input_tokens' }],
});

export const simulatedGemini = defineProvider({
  ...simulatedOpenai,
  type: 'simulated-gemini',
  surfaces: ['gemini-embeddings'],
  endpoints: [
    {
      dialect: 'gemini',
      chatPath: '/models/{model}:generateContent',
      streamPath: '/models/{model}:streamGenerateContent?alt=sse',
      countPath: '/models/{model}:countTokens',
    },
  ],
  authorize: (key) => ({ 'x-goog-api-key': key }),
});
