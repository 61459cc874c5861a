import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { ReplyEvent } from '../../core/reply.ts';
import { noUsage } from '../../core/usage.ts';
import { scanJson } from '../../kit/json-scan.ts';
import { longNames, openaiChat, shortName } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const request = openaiChat.readRequest({
  model: 'auto',
  messages: [{ role: 'user', content: 'Hi' }],
  stream: true,
  stream_options: { include_usage: true },
  tools: [{ type: 'function', function: { name: 'now', strict: true, parameters: { type: 'object' } } }],
});

const written = (events: readonly ReplyEvent[], changes: Partial<ChatRequest> = {}): string => {
  const writer = openaiChat.writeStream({
    request: { ...request, ...changes },
    exchangeId: '01J',
    modelName: 'm',
    createdSec: 1,
    estimatedPromptTokens: 1,
    owner: { provider: 'sample', model: 'sample' },
  });
  return events.map((event) => writer.write(event)).join('') + writer.end();
};

/** What the vendor's own client makes of a stream that a server sends. */
const asSdk = async (body: string) => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    // cut where it hurts: inside events and characters
    const bytes = Buffer.from(body);
    for (let at = 0; at < bytes.length; at += 13) response.write(bytes.subarray(at, at + 13));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const client = new OpenAI({ apiKey: 'x', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
    return await client.chat.completions
      .stream({
        model: 'auto',
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [{ type: 'function', function: { name: 'now', strict: true, parameters: {} } }],
      })
      .finalChatCompletion();
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const start: ReplyEvent = { type: 'reply-start', id: 'msg_1', model: 'claude' };
const usage: ReplyEvent = {
  type: 'usage',
  usage: { ...noUsage, inputTokens: 3, cacheReadTokens: 4, outputTokens: 5, reasoningTokens: 6 },
};

describe('a written stream, read by the openai SDK', () => {
  it('is a whole answer with its usage', async () => {
    const answer = await asSdk(
      written([
        start,
        { type: 'text-delta', text: 'Hé' },
        { type: 'text-delta', text: 'llo 😀\u2028' },
        usage,
        { type: 'reply-end', reason: 'stop-sequence' },
      ]),
    );

    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'Héllo 😀\u2028' },
    });
    expect(answer).toMatchObject({
      id: 'chatcmpl-01J',
      model: 'm',
      usage: { prompt_tokens: 7, completion_tokens: 11 },
    });
  });

  it('brings parallel tool calls, and "{}" for one that said nothing', async () => {
    const answer = await asSdk(
      written([
        start,
        { type: 'tool-start', index: 1, id: 'toolu_1', name: 'now', kind: 'function' },
        { type: 'tool-start', index: 2, id: 'toolu_2', name: 'later', kind: 'function' },
        { type: 'tool-delta', index: 2, argumentsText: '{"a":' },
        { type: 'tool-delta', index: 2, argumentsText: '1}' },
        usage,
        { type: 'reply-end', reason: 'tool-calls' },
      ]),
    );

    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    expect(answer.choices[0]?.message.tool_calls).toMatchObject([
      { id: 'toolu_1', function: { name: 'now', arguments: '{}' } },
      { id: 'toolu_2', function: { name: 'later', arguments: '{"a":1}' } },
    ]);
  });

  it('shows a refusal', async () => {
    const answer = await asSdk(
      written([start, { type: 'refusal-delta', text: 'No.' }, { type: 'reply-end', reason: 'refusal' }]),
    );

    expect(answer.choices[0]?.message.refusal).toBe('No.');
  });

  it('is an error where it ends in an error frame', async () => {
    const error = new GatewayError('upstream-cut', 'The provider broke off.');
    const body =
      written([start, { type: 'text-delta', text: 'Hi' }]) + openaiChat.writeStreamError(error, 'request-1');

    await expect(asSdk(body)).rejects.toThrow('The provider broke off.');
  });
});

describe('a tapped stream', () => {
  const frame = (choices: unknown, more = {}) => `data: ${JSON.stringify({ id: 'c', choices, ...more })}\n\n`;
  const delta = (content: string) =>
    frame([{ index: 0, delta: { content }, finish_reason: null }], { usage: null });
  const finish = frame([{ index: 0, delta: {}, finish_reason: 'stop' }], { usage: null });
  const usageFrame = frame([], { usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } });

  it('hands on the very chunk where it holds whole events only', () => {
    const tap = openaiChat.tapStream({ hidesUsage: true });
    const chunks = [delta('a'), delta('b') + delta('c'), finish].map((text) => Buffer.from(text));

    for (const chunk of chunks) expect(tap.push(chunk)).toBe(chunk);
  });

  it('hides exactly the usage chunk from a caller who did not ask', () => {
    const tap = openaiChat.tapStream({ hidesUsage: true });

    const out = tap.push(Buffer.from(`${delta('a') + finish + usageFrame}: note\n\ndata: [DONE]\n\n`));

    expect(out.toString()).toBe(`${delta('a') + finish}: note\n\ndata: [DONE]\n\n`);
    expect(tap.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
  });

  it('shows the usage chunk to a caller who asked', () => {
    const tap = openaiChat.tapStream({ hidesUsage: false });
    const chunk = Buffer.from(finish + usageFrame);

    expect(tap.push(chunk)).toBe(chunk);
  });

  it('does not count comments as events', () => {
    const tap = openaiChat.tapStream({ hidesUsage: false });

    expect(tap.push(Buffer.from(': keep-alive\n\n')).toString()).toBe(': keep-alive\n\n');
    expect(tap.events).toBe(0);
  });

  it('takes lone carriage returns for line ends', () => {
    const tap = openaiChat.tapStream({ hidesUsage: true });
    const text = (delta('a') + finish + usageFrame + delta('z')).replaceAll('\n', '\r');

    const out =
      [...text].map((letter) => tap.push(Buffer.from(letter)).toString()).join('') + tap.end().toString();

    expect(out.replaceAll('\r', '\n').trimEnd()).toBe((delta('a') + finish + delta('z')).trimEnd());
  });

  it('completes a last event that lacks its blank line, and lets half an event fall', () => {
    const ended = openaiChat.tapStream({ hidesUsage: false });
    const whole = ended.push(Buffer.from(`${finish}data: [DONE]`)).toString() + ended.end().toString();
    const cut = openaiChat.tapStream({ hidesUsage: false });
    const half = cut.push(Buffer.from(`${delta('a')}data: {"id":"c","cho`)).toString() + cut.end().toString();

    expect(whole).toBe(`${finish}data: [DONE]\n\n`);
    expect(ended.hasEnded).toBe(true);
    expect(half).toBe(delta('a'));
    expect(cut.hasEnded).toBe(false);
  });

  it('does not take the first of several answers for the end', () => {
    const tap = openaiChat.tapStream({ hidesUsage: false });
    tap.push(Buffer.from(frame([{ index: 1, delta: { content: 'b' }, finish_reason: null }])));
    tap.push(Buffer.from(finish));

    expect(tap.hasEnded).toBe(false);
    tap.push(Buffer.from('data: [DONE]\n\n'));
    expect(tap.hasEnded).toBe(true);
  });

  it('knows the end of parallel tool calls from a server without [DONE]', () => {
    const tap = openaiChat.tapStream({ hidesUsage: false });
    const call = { index: 1, id: 'c', function: { name: 'f', arguments: '{}' } };
    tap.push(Buffer.from(frame([{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }])));
    tap.push(Buffer.from(finish));

    expect(tap.hasEnded).toBe(true);
    expect(tap.endReason).toBe('tool-calls');
  });

  it('gives up on an event of over 8 MB', () => {
    const tap = openaiChat.tapStream({ hidesUsage: false });
    tap.push(Buffer.from('data: {"choices":[{"delta":{"content":"'));
    const piece = Buffer.alloc(1024 * 1024, 'x');

    for (let at = 0; at < 9; at++) expect(tap.push(piece)).toHaveLength(0);

    expect(tap.error?.class).toBe('upstream-bad');
    expect(tap.push(Buffer.from(delta('a')))).toHaveLength(0);
  });
});

describe('a passed request', () => {
  const pass = (body: string, model = sampleModel(), quirks = {}) => {
    const bytes = Buffer.from(body);
    return { bytes, scan: scanJson(bytes), request: openaiChat.readRequest(JSON.parse(body)), model, quirks };
  };

  it('is the very bytes where nothing has to change', () => {
    const passed = pass('{"model":"gpt-test","messages":[{"role":"user","content":"x"}]}');

    expect(openaiChat.passRequest(passed).body).toBe(passed.bytes);
  });

  it('names what it leaves out', () => {
    const body = '{"model":"a","messages":[{"role":"user","content":"x"}],"temperature":1,"store":true}';
    const model = sampleModel({ sampling: 'no' });

    expect(openaiChat.passRequest(pass(body, model, { refusedFields: ['store', 'user'] })).dropped).toEqual([
      'temperature',
      'store',
    ]);
  });

  it('renames developers in long conversations', () => {
    const turns = Array.from({ length: 500 }, (_, at) => ({
      role: at % 2 ? 'developer' : 'user',
      content: `say "developer" ${'x'.repeat(200)} \\`,
    }));
    const body = JSON.stringify({ model: 'a', messages: turns });

    const out = openaiChat.passRequest(pass(body, sampleModel(), { systemRole: 'system' })).body.toString();

    expect(JSON.parse(out).messages).toEqual(
      turns.map((turn) => ({ ...turn, role: turn.role === 'developer' ? 'system' : turn.role })),
    );
  });
});

describe('short names', () => {
  it('leaves names alone that fit, and finds the way back for others', () => {
    const long = 'x'.repeat(70);
    const names = longNames([
      { type: 'function', name: 'fits' },
      { type: 'function', name: long },
    ]);

    expect(shortName('fits')).toBe('fits');
    expect(shortName(long)).toMatch(/^x{55}_[0-9a-f]{8}$/);
    expect([...names]).toEqual([[shortName(long), long]]);
    expect(shortName('a.b')).not.toBe(shortName('a:b'));
  });
});

describe('a written error', () => {
  it('has the words and headers that the SDK acts on', () => {
    const error = new GatewayError('rate-limited', 'Wait.', { retryAfterMs: 1_500 });

    expect(openaiChat.writeError(error, 'request-1')).toEqual({
      status: 429,
      body: {
        error: { message: 'Wait.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' },
      },
      headers: {
        'x-request-id': 'request-1',
        'x-should-retry': 'true',
        'retry-after': '2',
        'retry-after-ms': '1500',
      },
    });
  });

  it('tells nobody to wait for more than a minute', () => {
    const error = new GatewayError('rate-limited', 'Wait.', { retryAfterMs: 3_600_000 });

    expect(openaiChat.writeError(error, 'request-1').headers).toEqual({
      'x-request-id': 'request-1',
      'x-should-retry': 'false',
    });
  });

  it('names the field to blame', () => {
    const error = new GatewayError('invalid-request', 'No.', { param: 'messages.2.content' });

    expect(openaiChat.writeError(error, 'r').body).toMatchObject({
      error: { type: 'invalid_request_error', param: 'messages.2.content', code: 'invalid_request' },
    });
  });
});
