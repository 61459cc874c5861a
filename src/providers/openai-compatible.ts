import { defineProvider } from './provider.ts';

/** Any server that speaks Chat Completions and has no kind of its own. */
export const openaiCompatible = defineProvider({
  type: 'openai-compatible',
  endpoints: [{ dialect: 'openai-chat', chatPath: '/chat/completions' }],
  surfaces: ['embeddings', 'completions', 'moderations', 'images', 'audio', 'files'],
  keyVariables: [],
  needsKey: false,
  // only OpenAI's own models know "developer" and the newer name of the token limit
  quirks: { systemRole: 'system', maxTokensField: 'max_tokens' },
  passHeaders: [],
  accountHeaders: [],
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
});
