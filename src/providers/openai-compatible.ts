import { defineProvider } from './provider.ts';

/** Any server that speaks Chat Completions: Ollama, vLLM, LM Studio, Groq, DeepSeek, OpenRouter … */
export const openaiCompatible = defineProvider({
  type: 'openai-compatible',
  endpoints: [{ dialect: 'openai-chat', chatPath: '/chat/completions' }],
  keyVariables: [],
  needsKey: false,
  // only OpenAI's own models know "developer" and the newer name of the token limit
  quirks: { systemRole: 'system', maxTokensField: 'max_tokens' },
  passHeaders: [],
  accountHeaders: [],
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
});
