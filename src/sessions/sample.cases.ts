import type { ChatRequest, Turn } from '../core/chat.ts';
import type { Capabilities } from '../core/model.ts';
import { sampleModel } from '../testing/sample-model.ts';

export const capabilities = (differing: Partial<Capabilities> = {}): Capabilities =>
  sampleModel('sample', { capabilities: differing }).capabilities;

export const requestOf = (turns: readonly Turn[], rest: Partial<ChatRequest> = {}): ChatRequest => ({
  dialect: 'openai-chat',
  model: 'auto',
  system: [],
  turns,
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
