import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { usdText } from '../src/core/money.ts';
import type { LedgerReader } from '../src/ledger/ledger.ts';
import type { BookEntry } from '../src/simulator/book.ts';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { anthropicClient } from './support/anthropic-conversation.ts';
import { failureOf } from './support/failure.ts';
import {
  type CommandResult,
  type GatewayProcess,
  runTierwise,
  startGateway,
} from './support/gateway-process.ts';
import { ledgerIn, settledExchange } from './support/ledger.ts';
import { openaiClient } from './support/openai-conversation.ts';
import { postJson } from './support/raw-call.ts';
import { simulatedProvider } from './support/simulated-providers.ts';

const hello = [{ role: 'user' as const, content: 'Hello there, how are you?' }];

describe('a request through the gateway', () => {
  let upstream: Upstream;
  let gateway: GatewayProcess;
  let ledger: LedgerReader;
  /** What goes wrong with one/sim-mid-a. */
  let fault: string | undefined;

  beforeAll(async () => {
    upstream = await startUpstream({
      // no faster than the fastest thoughts there are: a cut answer is charged for those that were not heard
      speed: 8,
      faults: ({ model }) => (model === 'sim-mid-a' ? fault : undefined),
    });
    gateway = await startGateway({
      config: {
        providers: {
          one: simulatedProvider('simulated-openai', upstream.url),
          two: simulatedProvider('simulated-anthropic', upstream.url),
        },
        tiers: { light: ['two/sim-light-b'], mid: ['two/sim-mid-b'], frontier: ['two/sim-frontier-b'] },
        routes: {
          auto: { strategy: { type: 'rules', rules: [], otherwise: 'mid' } },
          watch: {
            mode: 'observe',
            strategy: {
              type: 'rules',
              rules: [{ name: 'small talk', when: { tokens: { max: 500 } }, use: 'light' }],
              otherwise: 'mid',
            },
          },
          sturdy: {
            tiers: { mid: ['one/sim-mid-a', 'two/sim-mid-b'] },
            strategy: { type: 'rules', rules: [], otherwise: 'mid' },
          },
        },
        intercept: [
          { match: 'claude-opus-*', route: 'auto' },
          { match: 'claude-haiku-*', tier: 'light' },
          { match: 'gpt-5.5', route: 'watch' },
        ],
      },
    });
    ledger = await ledgerIn(gateway.folder);
  });
  beforeEach(async () => {
    fault = undefined;
    // good answers, or the failures before would have it asked after the other one
    for (let good = 0; good < 3; good += 1)
      await openaiClient(gateway.url).chat.completions.create({ model: 'one/sim-mid-a', messages: hello });
  });
  afterAll(async () => {
    await ledger?.close();
    await gateway?.remove();
    await upstream?.close();
  });

  const entryOf = (exchange: string | null | undefined): BookEntry | undefined =>
    upstream.book.entries().find((entry) => entry.exchange === exchange);
  const ask = (model: string) =>
    anthropicClient(gateway.url).messages.create({ model, max_tokens: 200, messages: hello }).withResponse();
  const header = ({ headers }: Response, name: string) => headers.get(`x-tierwise-${name}`);

  it('goes to a route or a tier where its model’s name is intercepted', async () => {
    const [opus, haiku] = [await ask('claude-opus-9-9'), await ask('claude-haiku-4-5')];

    expect(header(opus.response, 'model')).toBe('two/sim-mid-b');
    expect(header(haiku.response, 'model')).toBe('two/sim-light-b');
    const exchange = await settledExchange(ledger, header(opus.response, 'exchange'));
    expect(exchange).toMatchObject({
      askedModel: 'claude-opus-9-9',
      decision: { route: 'auto', mode: 'route' },
    });
  });

  it('goes where its caller asked in observe mode, and what would have been is kept', async () => {
    const { data, response } = await openaiClient(gateway.url)
      .chat.completions.create({ model: 'watch', messages: hello })
      .withResponse();

    expect(data.model).toBe('sim-frontier-b');
    expect(header(response, 'model')).toBe('two/sim-frontier-b');
    expect(header(response, 'would-be')).toBe('two/sim-light-b');
    const exchange = await settledExchange(ledger, header(response, 'exchange'));
    expect(exchange).toMatchObject({
      decision: {
        mode: 'observe',
        rule: 'small talk',
        wouldBe: { model: 'two/sim-light-b', tier: 'light', rule: 'small talk' },
      },
      model: 'two/sim-frontier-b',
    });
  });

  const calls = [
    ['/v1/chat/completions', 'one/sim-mid-a'],
    ['/v1/chat/completions', 'two/sim-mid-b'],
    ['/v1/messages', 'one/sim-mid-a'],
    ['/v1/messages', 'two/sim-mid-b'],
  ] as const;

  it.each(calls)('tells what a stream cost in a trailer: %s of %s', async (path, model) => {
    const body = { model, stream: true, max_tokens: 200, messages: hello };

    const { headers, trailers } = await postJson(gateway.url + path, body, {
      headers: { 'anthropic-version': '2023-06-01' },
    });

    const exchange = await settledExchange(ledger, String(headers['x-tierwise-exchange']));
    expect(trailers['x-tierwise-cost']).toBe(usdText(exchange.cost));
    expect(entryOf(exchange.id)).toMatchObject({ outcome: 'complete', costNanoUsd: String(exchange.cost) });
  });

  it('hides the usage of a Chat stream from a caller who did not ask for it, and is charged by it', async () => {
    const body = { model: 'one/sim-mid-a', stream: true, messages: hello };

    const answer = await postJson(`${gateway.url}/v1/chat/completions`, body);

    expect(answer.body).not.toContain('prompt_tokens');
    expect(answer.body).toMatch(/data: \[DONE\]\n\n$/);
    const exchange = await settledExchange(ledger, String(answer.headers['x-tierwise-exchange']));
    expect(exchange).toMatchObject({ isEstimated: false });
    expect(entryOf(exchange.id)?.costNanoUsd).toBe(String(exchange.cost));
  });

  it('says what of it was dropped on the way to another protocol', async () => {
    const body = { model: 'two/sim-mid-b', messages: hello, seed: 7 };
    const chat = openaiClient(gateway.url).chat.completions;

    const { response } = await chat.create(body).withResponse();
    const strict = await failureOf(chat.create(body, { headers: { 'x-tierwise-strict': 'true' } }));

    expect(header(response, 'warnings')).toMatch(/seed/);
    expect(strict).toMatchObject({ status: 400, message: expect.stringContaining('seed') });
  });

  it('is refused where the model it names cannot be told all of it', async () => {
    const body = { model: 'two/sim-mid-b', messages: hello, n: 2 };

    const refused = await failureOf(openaiClient(gateway.url).chat.completions.create(body));

    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('one answer at a time') });
  });

  it.each(['503', 'error-first', 'error-in-200', 'html'])(
    'falls to the next model before the first byte, and both calls are kept: %s',
    async (what) => {
      fault = what;

      const { data, response } = await openaiClient(gateway.url)
        .chat.completions.create({ model: 'sturdy', messages: hello, stream: true })
        .withResponse();
      let text = '';
      for await (const { choices } of data) text += choices[0]?.delta.content ?? '';

      expect(text).toContain('simulated answer of sim-mid-b');
      const exchange = await settledExchange(ledger, header(response, 'exchange'));
      expect(exchange).toMatchObject({
        outcome: 'ok',
        attempts: [
          { model: 'one/sim-mid-a', outcome: 'failed' },
          { model: 'two/sim-mid-b', outcome: 'ok', isEstimated: false },
        ],
      });
    },
  );

  it.each(['truncate:9', 'reset:9', 'error-after:9', 'broken-json:9'])(
    'ends in an error after the first byte, never in another model’s words: %s',
    async (what) => {
      fault = what;
      let text = '';
      const asking = openaiClient(gateway.url)
        .chat.completions.create({ model: 'sturdy', messages: hello, stream: true })
        .withResponse();

      const { data, response } = await asking;
      const hearing = async () => {
        for await (const { choices } of data) text += choices[0]?.delta.content ?? '';
      };
      await failureOf(hearing());

      expect(text).toMatch(/^This is a/);
      expect(text).not.toContain('sim-mid-b');
      const exchange = await settledExchange(ledger, header(response, 'exchange'));
      expect(exchange).toMatchObject({
        outcome: 'partial',
        isEstimated: true,
        attempts: [{ outcome: 'cut' }],
      });
      const entry = await ended(() => entryOf(exchange.id));
      expect(exchange.cost).toBeGreaterThanOrEqual(BigInt(entry.costNanoUsd));
    },
  );

  it.each([true, false])('ends at its upstream when its caller hangs up (streaming: %s)', async (stream) => {
    const leaving = new AbortController();
    const longAnswer = [{ role: 'user' as const, content: 'Tell me more. '.repeat(20) }];
    const before = upstream.book.entries().length;
    const asking = openaiClient(gateway.url).chat.completions.create(
      { model: 'one/sim-frontier-a', messages: longAnswer, reasoning_effort: 'high', stream },
      { signal: leaving.signal },
    );
    const failing = failureOf(
      asking.then(async (answer) => {
        if (Symbol.asyncIterator in answer) for await (const _ of answer) leaving.abort();
        throw new Error('hung up');
      }),
    );
    while (upstream.book.entries().length === before) await pause(5);
    if (!stream) await pause(100).then(() => leaving.abort());
    await failing;

    const entry = await ended(() => upstream.book.entries()[before]);
    expect(entry).toMatchObject({ outcome: 'cut', socketClosedAt: expect.any(Number) });
    const exchange = await settledExchange(ledger, entry.exchange);
    expect(exchange).toMatchObject({ outcome: 'client-gone', status: 499, isEstimated: true });
    expect(exchange.cost).toBeGreaterThanOrEqual(BigInt(entry.costNanoUsd));
  });

  it('is shown by "logs" with its exact cost', async () => {
    const { response } = await ask('mid');
    const id = header(response, 'exchange') ?? '';
    await settledExchange(ledger, id);

    const shown = await runTierwise(['logs', '--json', '--config', gateway.configFile], gateway.folder);
    const one = await runTierwise(['logs', id, '--config', gateway.configFile], gateway.folder);

    const last = exchangesOf(shown).at(-1);
    expect(last).toMatchObject({ id, model: 'two/sim-mid-b' });
    expect(String(last?.cost)).toBe(entryOf(id)?.costNanoUsd);
    expect(one.stdout).toContain('two/sim-mid-b');
  });
});

const exchangesOf = ({ stdout }: CommandResult): readonly { readonly id: string; readonly cost: unknown }[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const ended = async (find: () => BookEntry | undefined): Promise<BookEntry> => {
  for (let tries = 0; tries < 500; tries += 1, await pause(10)) {
    const entry = find();
    if (entry && entry.outcome !== 'open') return entry;
  }
  throw new Error('the upstream’s call did not end');
};
