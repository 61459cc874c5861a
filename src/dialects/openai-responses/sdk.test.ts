import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { ReplyEvent } from '../../core/reply.ts';
import { noUsage } from '../../core/usage.ts';
import type { StreamWriter } from '../dialect.ts';
import { openaiResponses } from './index.ts';

const request = openaiResponses.readRequest({
  model: 'auto',
  input: 'Hi',
  stream: true,
  reasoning: { summary: 'auto' },
  tools: [
    { type: 'function', name: 'now', parameters: { type: 'object' }, strict: true },
    { type: 'custom', name: 'patch' },
  ],
});

const writerFor = (changes: Partial<ChatRequest> = {}): StreamWriter =>
  openaiResponses.writeStream({
    request: { ...request, ...changes },
    exchangeId: '01J',
    modelName: 'm',
    createdSec: 1,
    estimatedPromptTokens: 1,
    owner: { provider: 'sample', model: 'sample' },
  });

const written = (events: readonly ReplyEvent[]): string => {
  const writer = writerFor();
  return events.map((event) => writer.write(event)).join('') + writer.end();
};

/** Runs `use` with the vendor's own client, pointed at a server that sends `body` in small pieces. */
const withSdk = async <Answer>(body: string, use: (client: OpenAI) => Promise<Answer>): Promise<Answer> => {
  const server = createServer((incoming, response) => {
    incoming.resume();
    const isStream = body.startsWith('event:');
    response.writeHead(200, {
      'content-type': isStream ? 'text/event-stream; charset=utf-8' : 'application/json',
    });
    const bytes = Buffer.from(body);
    for (let at = 0; at < bytes.length; at += 97) response.write(bytes.subarray(at, at + 97));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await use(new OpenAI({ apiKey: 'x', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const asSdk = (body: string) =>
  withSdk(body, (client) => client.responses.stream({ model: 'auto', input: 'Hi' }).finalResponse());

const start: ReplyEvent = { type: 'reply-start', id: 'msg_1', model: 'claude' };
const usage: ReplyEvent = {
  type: 'usage',
  usage: { ...noUsage, inputTokens: 3, cacheReadTokens: 4, outputTokens: 5, reasoningTokens: 6 },
};
const whole: readonly ReplyEvent[] = [
  start,
  { type: 'reasoning-delta', text: 'Hm.' },
  { type: 'reasoning-opaque', opaque: { vendor: 'anthropic', kind: 'signature', data: 'sig' } },
  { type: 'text-delta', text: 'Hé' },
  { type: 'text-delta', text: 'llo 😀\u2028' },
  { type: 'tool-start', index: 0, id: 'toolu_1', name: 'now', kind: 'function' },
  { type: 'tool-start', index: 1, id: 'toolu_2', name: 'now', kind: 'function' },
  { type: 'tool-delta', index: 1, argumentsText: '{"a":' },
  { type: 'tool-delta', index: 1, argumentsText: '1}' },
  { type: 'tool-start', index: 2, id: 'toolu_3', name: 'patch', kind: 'function' },
  { type: 'tool-delta', index: 2, argumentsText: '{"input":"*** Begin"}' },
  usage,
  { type: 'reply-end', reason: 'tool-calls' },
];

describe('a written stream, read by the openai SDK', () => {
  it('is a whole answer with its thoughts, calls and usage', async () => {
    const answer = await asSdk(written(whole));

    expect(answer).toMatchObject({
      id: 'resp_01J',
      model: 'm',
      status: 'completed',
      output_text: 'Héllo 😀\u2028',
      usage: { input_tokens: 7, output_tokens: 11, total_tokens: 18 },
    });
    expect(answer.output).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'Hm.' }] },
      { type: 'message' },
      { type: 'function_call', call_id: 'toolu_1', arguments: '{}' },
      { type: 'function_call', call_id: 'toolu_2', arguments: '{"a":1}' },
      { type: 'custom_tool_call', call_id: 'toolu_3', input: '*** Begin' },
    ]);
  });

  it('tells its events in order, numbered without gaps, each item added and done', async () => {
    const body = written(whole);
    const events = await withSdk(body, async (client) => {
      const seen = [];
      for await (const event of await client.responses.create({ model: 'a', input: 'b', stream: true }))
        seen.push(event);
      return seen;
    });

    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress']);
    expect(events.at(-1)?.type).toBe('response.completed');
    const added = events.flatMap((event) => (event.type === 'response.output_item.added' ? [event] : []));
    const done = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event] : []));
    expect(added.map(({ output_index }) => output_index)).toEqual([0, 1, 2, 3, 4]);
    expect(done.map(({ output_index }) => output_index).sort()).toEqual([0, 1, 2, 3, 4]);
    const last = events.at(-1);
    const output = last?.type === 'response.completed' ? last.response.output : [];
    expect(output).toEqual([...done].sort((a, b) => a.output_index - b.output_index).map(({ item }) => item));
  });

  it('shows a refusal, and an answer that was cut', async () => {
    const refused = await asSdk(
      written([start, { type: 'refusal-delta', text: 'No.' }, { type: 'reply-end', reason: 'refusal' }]),
    );
    const cut = await asSdk(
      written([start, { type: 'text-delta', text: 'Once' }, { type: 'reply-end', reason: 'length' }]),
    );

    expect(refused.output).toMatchObject([{ content: [{ type: 'refusal', refusal: 'No.' }] }]);
    expect(cut).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output_text: 'Once',
    });
  });

  /** The SDK hands a failed response on as it is: clients look at its status. */
  const failed = async (body: string) => {
    const { status, error } = await asSdk(body);
    return { status, error };
  };

  it('fails in the words of the stream that broke off', async () => {
    const writer = writerFor();
    const told = [start, { type: 'text-delta', text: 'Hi' } as const]
      .map((event) => writer.write(event))
      .join('');
    const error = new GatewayError('rate-limited', 'The provider is busy.', { retryAfterMs: 1_450 });

    expect(await failed(told + writer.writeError?.(error))).toEqual({
      status: 'failed',
      error: {
        code: 'rate_limit_exceeded',
        message: 'The provider is busy. Please try again in 1.5s.',
      },
    });
  });

  it('fails where nothing was told before', async () => {
    const error = new GatewayError('upstream-overloaded', 'Busy.');

    expect(await failed(openaiResponses.writeStreamError(error, '01J'))).toMatchObject({
      status: 'failed',
      error: { code: 'server_is_overloaded' },
    });
  });

  it('fails under the id of the answer that was passed on until it broke', async () => {
    const tap = openaiResponses.tapStream({ hidesUsage: false });
    const half = written([start, { type: 'text-delta', text: 'Hi' }]);
    const passed = tap.push(Buffer.from(half)).toString() + tap.end().toString();
    const error = new GatewayError('upstream-cut', 'The provider broke off.');

    expect(await failed(passed + tap.writeError?.(error))).toMatchObject({
      status: 'failed',
      error: { message: 'The provider broke off.' },
    });
  });
});

describe('a written answer, read by the openai SDK', () => {
  it('has its text and its usage', async () => {
    const reply = {
      id: 'x',
      model: 'claude',
      blocks: [{ type: 'text' as const, text: 'Hello' }],
      reason: 'stop' as const,
      usage: { ...noUsage, inputTokens: 3, outputTokens: 2 },
      hasUsage: true,
    };
    const call = {
      request,
      exchangeId: '01J',
      modelName: 'm',
      createdSec: 1,
      estimatedPromptTokens: 1,
      owner: { provider: 'sample', model: 'sample' },
    };

    const answer = await withSdk(JSON.stringify(openaiResponses.writeReply(reply, call)), (client) =>
      client.responses.create({ model: 'auto', input: 'Hi' }),
    );

    expect(answer).toMatchObject({ output_text: 'Hello', usage: { input_tokens: 3, output_tokens: 2 } });
  });
});
