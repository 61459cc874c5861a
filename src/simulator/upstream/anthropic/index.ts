import { bearerOf } from '../credentials.ts';
import { callsPerMinute, tokensPerMinute, type UpstreamWire, WireProblem } from '../wire.ts';
import { readMessages } from './read.ts';
import { writeMessage, writeMessageStream, writeMessagesError } from './write.ts';

/** Anthropic Messages, the vendor's side. */
export const anthropicWire: UpstreamWire = {
  name: 'anthropic-messages',
  path: '/v1/messages',
  keyOf: (headers) => {
    const own = headers['x-api-key'];
    const bearer = bearerOf(headers);
    if (typeof own === 'string' && bearer !== undefined && own !== bearer)
      throw new WireProblem(401, 'x-api-key and authorization carry different credentials');
    return typeof own === 'string' ? own : bearer;
  },
  read: readMessages,
  writeReply: writeMessage,
  writeStream: writeMessageStream,
  writeError: writeMessagesError,
  newId: (unique) => `msg_${unique}`,
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
