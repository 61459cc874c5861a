import { defineProvider } from './provider.ts';

export const openai = defineProvider({
  type: 'openai',
  dialect: 'openai-chat',
  baseUrl: 'https://api.openai.com/v1',
  chatPath: '/chat/completions',
  keyVariables: ['OPENAI_API_KEY'],
  needsKey: true,
  catalogue: 'openai',
  quirks: {},
  passHeaders: [],
  accountHeaders: [],
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
});
