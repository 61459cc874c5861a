import { defineProvider } from './provider.ts';

export const openai = defineProvider({
  type: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  endpoints: [
    { dialect: 'openai-chat', chatPath: '/chat/completions' },
    {
      dialect: 'openai-responses',
      chatPath: '/responses',
      countPath: '/responses/input_tokens',
      keepsReasoning: true,
    },
  ],
  surfaces: ['embeddings', 'completions', 'moderations', 'images', 'audio', 'files'],
  keyVariables: ['OPENAI_API_KEY'],
  needsKey: true,
  catalogue: 'openai',
  quirks: {},
  passHeaders: ['x-openai-', 'x-codex-', 'openai-beta'],
  accountHeaders: [],
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
});
