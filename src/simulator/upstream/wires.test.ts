import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { faultMeanings } from './faults.ts';
import { startUpstream, type Upstream } from './upstream.ts';

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
});
afterAll(() => upstream.close());

interface Wire {
  readonly model: string;
  readonly path: (model: string) => string;
  readonly body: JsonObject;
  /** What a stream that is whole ends with. */
  readonly end: RegExp;
  readonly error: RegExp;
}

const messages = [{ role: 'user', content: 'Hi' }];
const wires: Readonly<Record<string, Wire>> = {
  Chat: {
    model: 'gpt-4.1',
    path: () => '/v1/chat/completions',
    body: { messages, stream: true },
    end: /data: \[DONE\]\n\n$/,
    error: /data: \{"error":\{.*\}\}\n\n$/,
  },
  Responses: {
    model: 'gpt-4.1',
    path: () => '/v1/responses',
    body: { input: messages, stream: true },
    end: /event: response\.completed\ndata: .*\n\n$/,
    error: /event: (?:error|response\.failed)\ndata: .*\n\n$/,
  },
  Messages: {
    model: 'claude-haiku-4-5',
    path: () => '/v1/messages',
    body: { messages, max_tokens: 500, stream: true },
    end: /event: message_stop\ndata: .*\n\n$/,
    error: /event: error\ndata: .*\n\n$/,
  },
  Gemini: {
    model: 'gemini-2.5-flash-lite',
    path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
    end: /data: .*"finishReason":"STOP".*\n\n$/,
    error: /data: \{"error":\{.*\}\}\n\n$/,
  },
};

const lastEntry = () => upstream.book.entries().at(-1);

describe.each(Object.entries(wires))('a stream on %s', (_, wire) => {
  const send = (fault = '', change: JsonObject = {}): Promise<Response> => {
    const model = fault ? `${wire.model}~${fault}` : wire.model;
    return fetch(upstream.url + wire.path(model), {
      method: 'POST',
      headers: { 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({
        ...(wire.model.startsWith('gemini') ? {} : { model }),
        ...wire.body,
        ...change,
      }),
    });
  };
  const textOf = async (fault?: string): Promise<string> => (await send(fault)).text();

  it('has an end of its own, which no other stream has', async () => {
    expect(await textOf()).toMatch(wire.end);
    expect(lastEntry()).toMatchObject({ outcome: 'complete' });
    for (const fault of ['truncate:3', 'error-after:3', 'error-first', 'broken-json:3'])
      expect(await textOf(fault)).not.toMatch(wire.end);
  });

  it('says an error as its vendor says it, at first and later', async () => {
    expect(await textOf('error-first')).toMatch(wire.error);
    expect(lastEntry()).toMatchObject({ outcome: 'refused', costNanoUsd: '0' });
    expect(await textOf('error-after:3')).toMatch(wire.error);
    expect(lastEntry()).toMatchObject({ outcome: 'cut', tokens: { visible: 3 } });
  });

  it('is the same byte by byte, but for what is told of the one call', async () => {
    const anonymous = (text: string): string =>
      text.replace(/sim\w{17}/g, 'id').replace(/"created\w*":\d+/g, '');

    expect(anonymous(await textOf('drip:0'))).toBe(anonymous(await textOf()));
  });

  it('takes what its maker may add tomorrow, and nothing else that is not there', async () => {
    expect((await send('', { future_field: 1 })).status).toBe(200);
    expect((await send('', { banana: 1 })).status).toBe(400);
    expect(upstream.refusals().at(-1)?.reason).toContain('banana');
  });

  it('is not begun where the model is unknown or the method is another', async () => {
    const unknown = await fetch(upstream.url + wire.path('nobody-1'), {
      method: 'POST',
      headers: { 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ ...wire.body, model: 'nobody-1' }),
    });
    const looked = await fetch(upstream.url + wire.path(wire.model));

    expect(unknown.status).toBe(404);
    expect(upstream.refusals().at(-2)).toMatchObject({ model: 'nobody-1', status: 404 });
    expect(looked.status).toBe(405);
  });
});

it('tells of every fault in its README', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');

  expect(Object.keys(faultMeanings).filter((name) => !readme.includes(`\`${name}`))).toEqual([]);
});
