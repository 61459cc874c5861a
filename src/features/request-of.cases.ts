import type { ChatRequest } from '../core/chat.ts';

/** A plain request of one user turn, for tests. */
export const requestOf = (ask: string, rest: Partial<ChatRequest> = {}): ChatRequest => ({
  dialect: 'openai-chat',
  model: 'auto',
  system: [],
  turns: [{ role: 'user', blocks: [{ type: 'text', text: ask }] }],
  tools: [],
  sampling: {},
  stop: [],
  format: { type: 'text' },
  reasoning: {},
  stream: false,
  wantsUsage: true,
  choices: 1,
  extras: {},
  ...rest,
});
