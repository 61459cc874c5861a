import { isObject } from '../../../core/json.ts';
import { bearerOf } from '../credentials.ts';
import { callsPerMinute, tokensPerMinute, type UpstreamWire, WireProblem } from '../wire.ts';
import { readMessages } from './read.ts';
import { writeMessage, writeMessageStream, writeMessagesError } from './write.ts';

/** Anthropic Messages, the vendor's side. */
export const anthropicWire: UpstreamWire = {
  name: 'anthropic-messages',
  route: (path) =>
    path === '/v1/messages'
      ? { type: 'answer' }
      : path === '/v1/messages/count_tokens'
        ? { type: 'count' }
        : undefined,
  keyOf: (headers) => {
    const own = headers['x-api-key'];
    const bearer = bearerOf(headers);
    if (typeof own === 'string' && bearer !== undefined && own !== bearer)
      throw new WireProblem(401, 'x-api-key and authorization carry different credentials');
    return typeof own === 'string' ? own : bearer;
  },
  read: readMessages,
  readCount: (body, asked) => {
    const { thinking } = body;
    const budget =
      isObject(thinking) && typeof thinking.budget_tokens === 'number' ? thinking.budget_tokens : 0;
    return readMessages({ ...body, max_tokens: budget + 1 }, asked).segments.reduce(
      (sum, { tokens }) => sum + tokens,
      0,
    );
  },
  writeCount: (tokens) => ({ input_tokens: tokens }),
  writeReply: writeMessage,
  writeStream: writeMessageStream,
  writeError: writeMessagesError,
  newId: (unique) => `msg_${unique}`,
  newCallId: (unique) => `toolu_${unique}`,
  headers: (requestId, { callsLeft, tokensLeft, now }) => {
    const reset = new Date(now + 60_000).toISOString();
    return {
      'request-id': requestId,
      'anthropic-organization-id': 'simulated',
      'anthropic-ratelimit-requests-limit': String(callsPerMinute),
      'anthropic-ratelimit-requests-remaining': String(callsLeft),
      'anthropic-ratelimit-requests-reset': reset,
      'anthropic-ratelimit-tokens-limit': String(tokensPerMinute),
      'anthropic-ratelimit-tokens-remaining': String(tokensLeft),
      'anthropic-ratelimit-tokens-reset': reset,
    };
  },
};
