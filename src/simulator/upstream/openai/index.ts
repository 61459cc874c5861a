import { bearerOf } from '../credentials.ts';
import { callsPerMinute, tokensPerMinute, type UpstreamWire } from '../wire.ts';
import { readChat } from './read.ts';
import { writeChatError, writeChatReply, writeChatStream } from './write.ts';

/** OpenAI Chat Completions, the vendor's side. */
export const openaiWire: UpstreamWire = {
  name: 'openai-chat',
  route: (path) => (path === '/v1/chat/completions' ? { type: 'answer' } : undefined),
  keyOf: bearerOf,
  read: readChat,
  // this wire counts nothing beforehand
  readCount: () => 0,
  writeCount: () => ({}),
  writeReply: writeChatReply,
  writeStream: writeChatStream,
  writeError: (problem) => writeChatError(problem),
  newId: (unique) => `chatcmpl-${unique}`,
  newCallId: (unique) => `call_${unique}`,
  headers: (requestId, { callsLeft, tokensLeft, elapsedMs }) => ({
    'x-request-id': requestId,
    'openai-organization': 'simulated',
    'openai-processing-ms': String(Math.round(elapsedMs)),
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': String(callsPerMinute),
    'x-ratelimit-limit-tokens': String(tokensPerMinute),
    'x-ratelimit-remaining-requests': String(callsLeft),
    'x-ratelimit-remaining-tokens': String(tokensLeft),
    'x-ratelimit-reset-requests': '120ms',
    'x-ratelimit-reset-tokens': '6m0s',
  }),
};
