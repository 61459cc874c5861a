import { defineProvider } from './provider.ts';

export const anthropic = defineProvider({
  type: 'anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  endpoints: [{ dialect: 'anthropic-messages', chatPath: '/messages', countPath: '/messages/count_tokens' }],
  surfaces: [],
  keyVariables: ['ANTHROPIC_API_KEY'],
  needsKey: true,
  catalogue: 'anthropic',
  quirks: {},
  // betas differ each week: whatever the caller names goes on, untouched
  passHeaders: ['anthropic-'],
  accountHeaders: ['anthropic-workspace-id', 'anthropic-user-profile-id', 'anthropic-dangerous-'],
  authorize: (key) => ({ 'x-api-key': key }),
});
