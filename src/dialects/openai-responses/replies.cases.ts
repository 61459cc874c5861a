import fc from 'fast-check';
import type { Block } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Reply, replyEvents } from '../../core/reply.ts';
import { noUsage } from '../../core/usage.ts';
import type { ReplyCall } from '../dialect.ts';
import { openaiResponses } from './index.ts';

/** Answers that Responses can say, and how they are told. */

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

export const call: ReplyCall = {
  request: openaiResponses.readRequest({
    model: 'm',
    input: 'x',
    reasoning: { summary: 'auto' },
    tools: [{ type: 'custom', name: 'custom' }],
  }),
  exchangeId: '1',
  modelName: 'm',
  createdSec: 1,
  estimatedPromptTokens: 0,
  owner: { provider: 'anthropic', model: 'claude' },
};

const counts = fc.record({
  inputTokens: fc.nat(1_000_000),
  cacheReadTokens: fc.nat(1_000_000),
  cacheWrite30mTokens: fc.nat(1_000_000),
  cacheWrite12hTokens: fc.nat(1_000_000),
  outputTokens: fc.nat(100_000),
  reasoningTokens: fc.nat(100_000),
});

export const callBlock = (id: string, isCustom: boolean): Block => ({
  type: 'tool-call',
  id,
  name: isCustom ? 'custom' : 'f',
  argumentsText: '{"a":1}',
  kind: isCustom ? 'custom' : 'function',
});

export const replies: fc.Arbitrary<Reply> = fc
  .record({
    thoughts: optional(word),
    said: optional(text),
    calls: fc.uniqueArray(word, { maxLength: 3 }),
    isCustom: fc.boolean(),
    counts,
  })
  .map(({ thoughts, said, calls, isCustom, counts: told }) => ({
    id: 'resp_1',
    model: 'm',
    blocks: [
      ...(thoughts === undefined
        ? []
        : [
            {
              type: 'reasoning' as const,
              text: thoughts,
              opaque: { vendor: 'openai' as const, kind: 'encrypted' as const, data: 'gA', id: 'rs_1_0' },
            },
          ]),
      ...(said === undefined ? [] : [{ type: 'text' as const, text: said }]),
      ...calls.map((id) => callBlock(id, isCustom)),
    ],
    reason: calls.length > 0 ? ('tool-calls' as const) : ('stop' as const),
    usage: { ...noUsage, ...told },
    hasUsage: true,
    serviceTier: 'default',
  }));

export const asWritten = (reply: Reply): JsonObject =>
  JSON.parse(JSON.stringify(openaiResponses.writeReply(reply, call))) as JsonObject;

export const asStreamed = (reply: Reply): string => {
  const writer = openaiResponses.writeStream(call);
  return [...replyEvents(reply)].map((event) => writer.write(event)).join('') + writer.end();
};
