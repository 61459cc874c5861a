import { defineProvider } from './provider.ts';

/** Google's own Gemini API, as its SDK speaks to it. */
export const google = defineProvider({
  type: 'google',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  endpoints: [
    {
      dialect: 'gemini',
      chatPath: '/models/{model}:generateContent',
      streamPath: '/models/{model}:streamGenerateContent?alt=sse',
      countPath: '/models/{model}:countTokens',
    },
  ],
  surfaces: ['gemini-embeddings'],
  keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  needsKey: true,
  catalogue: 'google',
  quirks: {},
  goesOnUnheard: true,
  passHeaders: [],
  accountHeaders: [],
  authorize: (key) => ({ 'x-goog-api-key': key }),
});
