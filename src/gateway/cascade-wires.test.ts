import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Composed, composed } from './composed.cases.ts';

/** What goes wrong with the cheap models, by their names. */
const faults = new Map<string, string>();
const claude = 'claude-haiku-4-5';
const gpt = 'gpt-4.1';
const gemini = 'gemini-2.5-pro';
const ids: Readonly<Record<string, string>> = {
  [claude]: `anthropic/${claude}`,
  [gpt]: `openai/${gpt}`,
  [gemini]: `google/${gemini}`,
};

let stage: Composed;

beforeAll(async () => {
  const cascade = (models: readonly string[]) => ({
    strategy: { type: 'cascade', steps: models.map((model) => ({ ask: ids[model] })) },
  });
  stage = await composed(
    [],
    {
      routes: {
        'claude-first': cascade([claude, gpt, gemini]),
        'gpt-first': cascade([gpt, gemini, claude]),
        'gemini-first': cascade([gemini, claude, gpt]),
      },
    },
    { faults: ({ model }) => faults.get(model) },
  );
});

beforeEach(() => faults.clear());

afterAll(() => stage.close());

const orders: Readonly<Record<string, readonly string[]>> = {
  'claude-first': [claude, gpt, gemini],
  'gpt-first': [gpt, gemini, claude],
  'gemini-first': [gemini, claude, gpt],
};

/** Whoever thinks first has said nothing after five tokens. */
const thoughtsOnly = 'empty';
const question = 'Please greet our new colleague.';

const requests: Readonly<Record<string, (route: string, stream: boolean) => { path: string; body: object }>> =
  {
    'openai-chat': (model, stream) => ({
      path: '/v1/chat/completions',
      body: { model, stream, messages: [{ role: 'user', content: question }] },
    }),
    'openai-responses': (model, stream) => ({
      path: '/v1/responses',
      body: { model, stream, input: question, store: false },
    }),
    'anthropic-messages': (model, stream) => ({
      path: '/v1/messages',
      body: { model, stream, max_tokens: 2000, messages: [{ role: 'user', content: question }] },
    }),
    gemini: (model, stream) => ({
      path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      body: { contents: [{ role: 'user', parts: [{ text: question }] }] },
    }),
  };

interface Kept {
  readonly costUsd: string;
  readonly model: string;
  readonly attempts: readonly {
    readonly model: string;
    readonly passedOver?: string;
    readonly costUsd: string;
  }[];
}

const ask = async (dialect: string, route: string, stream: boolean) => {
  const before = stage.upstream.book.entries().length;
  const { path, body } = (requests[dialect] as (typeof requests)[string])(route, stream);
  const response = await fetch(`${stage.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const id = response.headers.get('x-tierwise-exchange');
  const kept = (await (await fetch(`${stage.url}/v1/exchanges/${id}`)).json()) as Kept;
  return { response, text, kept, billed: stage.upstream.book.entries().slice(before) };
};

const cases = Object.keys(requests).flatMap((dialect) =>
  [false, true].flatMap((stream) => Object.keys(orders).map((route) => ({ dialect, stream, route }))),
);

describe.each(cases)(
  'a caller of $dialect (stream: $stream) of the cascade $route',
  ({ dialect, stream, route }) => {
    const order = orders[route] as readonly string[];
    const nanoOf = (usd: string): bigint => BigInt(Math.round(Number(usd) * 1e9));

    it('gets the first good answer', async () => {
      const { response, text, kept } = await ask(dialect, route, stream);

      expect(response.status, text).toBe(200);
      expect(text).toContain('greet');
      expect(response.headers.get('content-type')).toContain(stream ? 'event-stream' : 'json');
      expect(kept).toMatchObject({ model: ids[order[0] as string], attempts: [{}] });
    });

    it('gets no byte of what is refused, cut or empty, and is charged for all of it', async () => {
      faults.set(order[0] as string, 'refusal');
      faults.set(order[1] as string, 'length:5');

      const { response, text, kept, billed } = await ask(dialect, route, stream);

      expect(response.status, text).toBe(200);
      expect(response.headers.get('x-tierwise-model')).toBe(ids[order[2] as string]);
      expect(text).toContain('greet');
      expect(kept.attempts.map(({ model, passedOver }) => [model, passedOver])).toEqual([
        [ids[order[0] as string], 'refusal'],
        [ids[order[1] as string], order[1] === gemini ? thoughtsOnly : 'truncated'],
        [ids[order[2] as string], undefined],
      ]);
      expect(kept.attempts.map(({ costUsd }) => nanoOf(costUsd))).toEqual(
        billed.map(({ costNanoUsd }) => BigInt(costNanoUsd)),
      );
      expect(nanoOf(kept.costUsd)).toBe(billed.reduce((sum, entry) => sum + BigInt(entry.costNanoUsd), 0n));
      if (!stream) expect(response.headers.get('x-tierwise-cost')).toBe(kept.costUsd);
    });
  },
);
