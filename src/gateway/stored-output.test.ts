import { describe, expect, it } from 'vitest';
import { GatewayError } from '../core/errors.ts';
import { type Reply, replyEvents } from '../core/reply.ts';
import { noUsage } from '../core/usage.ts';
import type { ReplyCall } from '../dialects/dialect.ts';
import { openaiResponses } from '../dialects/openai-responses/index.ts';
import { remembering } from './stored-output.ts';

const reply: Reply = {
  id: 'r',
  model: 'm',
  blocks: [
    { type: 'reasoning', text: 'Hm', opaque: { vendor: 'anthropic', kind: 'signature', data: 'x' } },
    { type: 'text', text: 'Looking.' },
    { type: 'tool-call', id: 'call_1', name: 'look', argumentsText: '{}', kind: 'function' },
  ],
  reason: 'tool-calls',
  usage: noUsage,
  hasUsage: true,
};

const call: ReplyCall = {
  request: openaiResponses.readRequest({ model: 'auto', input: 'Hello?' }),
  exchangeId: '01J',
  modelName: 'm',
  createdSec: 1,
  estimatedPromptTokens: 1,
  owner: { provider: 'p', model: 'm' },
};

describe('an answer that is to be kept', () => {
  it('is remembered as it was told, whole or streamed', () => {
    const whole = remembering(openaiResponses);
    const told = whole.dialect.writeReply(reply, call);
    const streamed = remembering(openaiResponses);
    const writer = streamed.dialect.writeStream(call);
    let text = '';
    for (const event of replyEvents(reply)) text += writer.write(event);
    text += writer.end();

    expect(whole.answer()).toEqual(told);
    expect(streamed.answer()).toEqual(told);
    const last = /^data: (\{"type":"response\.completed".*)$/m.exec(text)?.[1] ?? '{}';
    expect(streamed.answer()).toEqual(JSON.parse(last).response);
  });

  it('that breaks off is told as one that nobody keeps', () => {
    const error = new GatewayError('upstream-cut', 'It broke.');
    const [start, ...text] = replyEvents(reply);
    const told = [openaiResponses, remembering(openaiResponses).dialect].map((dialect) => {
      const writer = dialect.writeStream(call);
      for (const event of [start, ...text.slice(0, 2)]) if (event) writer.write(event);
      return writer.writeError?.(error);
    });

    expect(told[0]).toContain('response.failed');
    expect(told[1]).toBe(told[0]);
  });

  it('is none before anything was told, nor where it could not be', () => {
    const broken: Reply = { ...reply, reason: 'malformed-call' };
    const { dialect, answer } = remembering(openaiResponses);

    expect(answer()).toBeUndefined();
    const writer = dialect.writeStream(call);
    for (const event of replyEvents(broken)) writer.write(event);
    expect(answer()).toBeUndefined();
  });
});
