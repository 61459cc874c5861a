import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../src/core/exchange.ts';
import { usdText } from '../src/core/money.ts';
import type { LedgerReader } from '../src/ledger/ledger.ts';
import type { BookEntry } from '../src/simulator/book.ts';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { anthropicClient, anthropicConversation } from './support/anthropic-conversation.ts';
import type { Conversation, ConversationOptions } from './support/conversation.ts';
import { failureOf } from './support/failure.ts';
import { type GatewayProcess, runTierwise, startGateway } from './support/gateway-process.ts';
import { ledgerIn, settledExchange } from './support/ledger.ts';
import { openaiClient, openaiConversation } from './support/openai-conversation.ts';
import { postJson } from './support/raw-call.ts';
import { responsesConversation } from './support/responses-conversation.ts';
import { modelsOf, simulatedProvider } from './support/simulated-providers.ts';

type Converse = (options: ConversationOptions) => Conversation;

// the Responses SDK's streams keep their headers to themselves
const callers: readonly { readonly sdk: string; readonly converse: Converse; readonly isStream: boolean }[] =
  [
    { sdk: 'OpenAI Chat', converse: openaiConversation, isStream: true },
    { sdk: 'OpenAI Chat', converse: openaiConversation, isStream: false },
    { sdk: 'OpenAI Responses', converse: responsesConversation, isStream: false },
    { sdk: 'Anthropic', converse: anthropicConversation, isStream: true },
    { sdk: 'Anthropic', converse: anthropicConversation, isStream: false },
  ];

/** Marks in words of the script: a simulated model that knows schemas makes up whatever fits. */
const judges = Object.fromEntries(
  modelsOf('openai-compatible')
    .filter(({ tier }) => tier === 'mid')
    .map(({ name, tier, prices, contextTokens, maxOutputTokens, capabilities }) => [
      name,
      {
        ...{ tier, prices, contextTokens, maxOutputTokens },
        capabilities: { ...capabilities, structuredOutput: 'none' },
      },
    ]),
);

const question = 'What is six times seven?';
const asked = [{ role: 'user' as const, content: question }];

describe('a cascade', () => {
  let upstream: Upstream;
  let gateway: GatewayProcess;
  let ledger: LedgerReader;
  /** What models answer, and what goes wrong with them. */
  const says = new Map<string, string>();
  const faults = new Map<string, string>();

  beforeAll(async () => {
    upstream = await startUpstream({
      // no faster than the fastest thoughts there are: a cut answer is charged for those that were not heard
      speed: 8,
      faults: ({ model }) => faults.get(model),
      source: {
        answer: ({ name }) => ({
          id: name,
          text: says.get(name) ?? `It is 42, says ${name}.`,
          score: null,
          difficulty: 0,
        }),
      },
    });
    gateway = await startGateway({
      config: {
        providers: {
          one: simulatedProvider('simulated-openai', upstream.url),
          two: simulatedProvider('simulated-anthropic', upstream.url),
          judge: { ...simulatedProvider('openai-compatible', upstream.url), models: judges },
        },
        tiers: { light: ['one/sim-light-a'], mid: ['two/sim-mid-b'], frontier: ['two/sim-frontier-b'] },
        routes: {
          usual: { strategy: { type: 'cascade' } },
          proven: {
            strategy: {
              type: 'cascade',
              steps: [
                { ask: 'light', acceptIf: { verifier: { model: 'judge/sim-mid-a', atLeast: 0.5 } } },
                { ask: 'frontier' },
              ],
            },
          },
          agreeing: {
            strategy: {
              type: 'cascade',
              steps: [
                { ask: ['one/sim-light-a', 'two/sim-light-b'], acceptIf: { agreement: 1 } },
                { ask: 'frontier' },
              ],
            },
          },
        },
      },
    });
    ledger = await ledgerIn(gateway.folder);
  });
  beforeEach(() => {
    says.clear();
    faults.clear();
  });
  afterAll(async () => {
    await ledger?.close();
    await gateway?.remove();
    await upstream?.close();
  });

  const callsOf = (exchange: Exchange): readonly BookEntry[] =>
    upstream.book.entries().filter((entry) => entry.exchange === exchange.id);
  const sumOf = (entries: readonly BookEntry[]): string =>
    String(entries.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n));
  const billed = (exchange: Exchange): string => sumOf(callsOf(exchange));
  const settled = (headers: Headers): Promise<Exchange> =>
    settledExchange(ledger, headers.get('x-tierwise-exchange'));

  describe.each(callers)('through the $sdk SDK (streaming: $isStream)', ({ converse, isStream }) => {
    const ask = (model: string) => converse({ baseUrl: gateway.url, model, isStream }).say(question);

    it('answers with the cheap model where its answer will do, and asks nobody else', async () => {
      const told = await ask('usual');

      expect(told).toMatchObject({ text: 'It is 42, says sim-light-a.', ended: 'stop' });
      expect(told.headers.get('x-tierwise-model')).toBe('one/sim-light-a');
      const exchange = await settled(told.headers);
      expect(exchange).toMatchObject({
        outcome: 'ok',
        model: 'one/sim-light-a',
        attempts: [{ model: 'one/sim-light-a', outcome: 'ok' }],
      });
      expect(billed(exchange)).toBe(String(exchange.cost));
    });

    it('answers with the next model where the cheap one declines, and both are billed to the nano-dollar', async () => {
      faults.set('sim-light-a', 'refusal');

      const told = await ask('usual');

      expect(told).toMatchObject({ text: 'It is 42, says sim-mid-b.', ended: 'stop' });
      expect(told.headers.get('x-tierwise-model')).toBe('two/sim-mid-b');
      expect(told.headers.get('x-tierwise-attempts')).toMatch(
        /^one\/sim-light-a: passed over.*two\/sim-mid-b/,
      );
      const exchange = await settled(told.headers);
      expect(exchange).toMatchObject({
        outcome: 'ok',
        isEstimated: false,
        model: 'two/sim-mid-b',
        attempts: [
          { model: 'one/sim-light-a', outcome: 'ok', passedOver: expect.stringMatching(/^refusal/) },
          { model: 'two/sim-mid-b', outcome: 'ok' },
        ],
      });
      expect(exchange.attempts[1]).not.toHaveProperty('passedOver');
      expect(callsOf(exchange)).toHaveLength(2);
      expect(billed(exchange)).toBe(String(exchange.cost));
    });

    it('goes to the frontier where both before it say too little', async () => {
      says.set('sim-light-a', '');
      faults.set('sim-mid-b', '503');

      const told = await ask('usual');

      expect(told.text).toBe('It is 42, says sim-frontier-b.');
      const exchange = await settled(told.headers);
      expect(exchange.attempts).toMatchObject([
        { model: 'one/sim-light-a', passedOver: expect.stringMatching(/^empty/) },
        { model: 'two/sim-mid-b', outcome: 'failed' },
        { model: 'two/sim-frontier-b', outcome: 'ok' },
      ]);
      expect(billed(exchange)).toBe(String(exchange.cost));
    });

    it('takes the word of two cheap models that agree, and of neither where they do not', async () => {
      says.set('sim-light-a', 'Six sevens. The answer is 42.').set('sim-light-b', '42');
      const agreed = await ask('agreeing');
      says.set('sim-light-b', '44');
      const disagreed = await ask('agreeing');

      expect(agreed.text).toBe('Six sevens. The answer is 42.');
      expect(disagreed.text).toBe('It is 42, says sim-frontier-b.');
      const [one, other] = [await settled(agreed.headers), await settled(disagreed.headers)];
      expect(callsOf(one).map(({ model }) => model)).toHaveLength(2);
      expect(callsOf(other)).toHaveLength(3);
      for (const exchange of [one, other]) expect(billed(exchange)).toBe(String(exchange.cost));
      expect(other.attempts.filter(({ passedOver }) => passedOver !== undefined)).toHaveLength(2);
    });
  });

  describe('with a verifier', () => {
    /** What one request came to, and all that was billed for it. */
    const prove = async () => {
      const before = upstream.book.entries().length;
      const { data, response } = await openaiClient(gateway.url)
        .chat.completions.create({ model: 'proven', messages: asked })
        .withResponse();
      const exchange = await settled(response.headers);
      const text = data.choices[0]?.message.content;
      return {
        text,
        headers: response.headers,
        exchange,
        billed: sumOf(upstream.book.entries().slice(before)),
      };
    };

    it('asks it before an answer goes out, bills its mark, and says who gave it', async () => {
      says.set('sim-mid-a', '{"mark": 0.8}');

      const proven = await prove();

      expect(proven.text).toBe('It is 42, says sim-light-a.');
      const { exchange, headers } = proven;
      expect(exchange.model).toBe('one/sim-light-a');
      expect(exchange.attempts.map(({ model, role }) => [model, role])).toEqual([
        ['one/sim-light-a', undefined],
        ['judge/sim-mid-a', 'verifier'],
      ]);
      expect(proven.billed).toBe(String(exchange.cost));
      expect(headers.get('x-tierwise-cost')).toBe(usdText(exchange.cost));
      expect(headers.get('x-tierwise-attempts')).toMatch(/judge\/sim-mid-a: verifier/);
    });

    it('asks the next step where the mark is too low', async () => {
      says.set('sim-mid-a', '{"mark": 0.2}');

      const { text, exchange, billed: all } = await prove();

      expect(text).toBe('It is 42, says sim-frontier-b.');
      expect(exchange.attempts).toMatchObject([
        { model: 'one/sim-light-a', passedOver: expect.stringMatching(/^not proven/) },
        { model: 'judge/sim-mid-a', role: 'verifier', outcome: 'ok' },
        { model: 'two/sim-frontier-b', outcome: 'ok' },
      ]);
      expect(all).toBe(String(exchange.cost));
    });

    it('takes an answer for not proven where it cannot be asked', async () => {
      faults.set('sim-mid-a', '503');

      const { text, exchange, billed: all } = await prove();

      expect(text).toBe('It is 42, says sim-frontier-b.');
      expect(exchange.attempts).toMatchObject([
        { model: 'one/sim-light-a', passedOver: expect.stringMatching(/^not proven/) },
        { model: 'judge/sim-mid-a', role: 'verifier', outcome: 'failed' },
        { model: 'two/sim-frontier-b', outcome: 'ok' },
      ]);
      expect(all).toBe(String(exchange.cost));
    });
  });

  it('tells a caller of a stream what all of it cost, the answers that it never saw included', async () => {
    faults.set('sim-light-a', 'refusal');
    const body = { model: 'usual', stream: true, messages: asked };

    const { headers, trailers, body: text } = await postJson(`${gateway.url}/v1/chat/completions`, body);

    const exchange = await settledExchange(ledger, String(headers['x-tierwise-exchange']));
    expect(trailers['x-tierwise-cost'] ?? headers['x-tierwise-cost']).toBe(usdText(exchange.cost));
    expect(exchange.attempts).toHaveLength(2);
    expect(text).not.toContain('sim-light-a');
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('lets the last answer stream as it comes', async () => {
    faults.set('sim-light-a', 'refusal').set('sim-mid-b', 'refusal');
    says.set('sim-frontier-b', 'word '.repeat(200));
    const pieces: string[] = [];

    await postJson(
      `${gateway.url}/v1/chat/completions`,
      { model: 'usual', stream: true, messages: asked },
      { onChunk: (chunk) => pieces.push(chunk) },
    );

    expect(pieces.length).toBeGreaterThan(5);
  });

  it('holds an answer to the tests that its caller brings', async () => {
    const tests = JSON.stringify([{ type: 'matches', pattern: 'FORTY-?TWO' }]);
    says.set('sim-mid-b', 'It is FORTY-TWO.');

    const { data, response } = await openaiClient(gateway.url)
      .chat.completions.create(
        { model: 'usual', messages: asked },
        { headers: { 'x-tierwise-tests': tests } },
      )
      .withResponse();

    expect(data.choices[0]?.message.content).toBe('It is FORTY-TWO.');
    const { attempts } = await settled(response.headers);
    expect(attempts).toMatchObject([
      { model: 'one/sim-light-a', passedOver: expect.stringContaining('test') },
      { model: 'two/sim-mid-b' },
    ]);
  });

  it.each([
    ['no JSON', 'contains: 42'],
    ['no list', '{"type":"contains","text":"42"}'],
    ['a test of no kind', '[{"type":"compiles"}]'],
    ['a broken pattern', '[{"type":"matches","pattern":"(42"}]'],
  ])('refuses tests that are %s in the words of the caller’s SDK', async (_name, tests) => {
    const options = { headers: { 'x-tierwise-tests': tests } };

    const chat = await failureOf(
      openaiClient(gateway.url).chat.completions.create({ model: 'usual', messages: asked }, options),
    );
    const messages = await failureOf(
      anthropicClient(gateway.url).messages.create(
        { model: 'usual', max_tokens: 50, messages: asked },
        options,
      ),
    );

    expect(chat).toMatchObject({ status: 400, message: expect.stringContaining('x-tierwise-tests') });
    expect(messages).toMatchObject({ status: 400, message: expect.stringContaining('x-tierwise-tests') });
  });

  it.each([true, false])('ends where its caller hangs up (streaming: %s)', async (stream) => {
    const leaving = new AbortController();
    says.set('sim-light-a', 'word '.repeat(2000));
    const before = upstream.book.entries().length;

    const failing = failureOf(
      openaiClient(gateway.url).chat.completions.create(
        { model: 'usual', messages: asked, stream },
        { signal: leaving.signal },
      ),
    );
    while (upstream.book.entries().length === before) await pause(5);
    await pause(100);
    leaving.abort();
    await failing;

    const entry = await ended(() => upstream.book.entries()[before]);
    expect(entry).toMatchObject({ outcome: 'cut', socketClosedAt: expect.any(Number) });
    const exchange = await settledExchange(ledger, entry.exchange);
    expect(exchange).toMatchObject({ outcome: 'client-gone', status: 499, isEstimated: true });
    expect(exchange.attempts).toHaveLength(1);
    expect(exchange.cost).toBeGreaterThanOrEqual(BigInt(entry.costNanoUsd));
    expect(upstream.book.entries()).toHaveLength(before + 1);
  });

  it('is shown by "logs" and "route"', async () => {
    faults.set('sim-light-a', 'refusal');
    const { response } = await openaiClient(gateway.url)
      .chat.completions.create({ model: 'usual', messages: asked })
      .withResponse();
    const { id } = await settled(response.headers);
    const run = (...words: readonly string[]) =>
      runTierwise([...words, '--config', gateway.configFile], gateway.folder);

    const [one, all, route] = [
      await run('logs', id),
      await run('logs'),
      await run('route', question, '--model', 'usual'),
    ];

    expect(one.stdout).toMatch(/one\/sim-light-a {2}passed over 200/);
    expect(all.stdout).toContain('1 passed over');
    expect(route.stdout).toMatch(/1\. one\/sim-light-a, if its answer is accepted/);
    expect(route.stdout).toContain('3. two/sim-frontier-b');
  });
});

const ended = async (find: () => BookEntry | undefined): Promise<BookEntry> => {
  for (let tries = 0; tries < 500; tries += 1, await pause(10)) {
    const entry = find();
    if (entry && entry.outcome !== 'open') return entry;
  }
  throw new Error('the upstream’s call did not end');
};
