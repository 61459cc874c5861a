import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hashKey } from '../access/keys.ts';
import { type App, compose } from '../app/compose.ts';
import { configFromText } from '../app/config.ts';
import type { Exchange } from '../core/exchange.ts';
import { noMoney, usdText } from '../core/money.ts';
import { askOf, embeddedRows, isHard, kind, vectorOf } from '../learning/embedded-rows.cases.ts';
import { hierarchical } from '../learning/trainers/hierarchical.ts';
import type { PolicyFile } from '../routing/classifier/policy.ts';
import { serveApp } from '../server/serve-app.ts';
import { openLedgerReader } from '../storage/ledger-reader.ts';
import { createLog } from '../telemetry/log.ts';
import {
  chatAnswer,
  type FakeUpstream,
  fakeUpstream,
  type Script,
  sendJson,
} from '../testing/fake-upstream.ts';

const models = ['small', 'large'] as const;
const training = { name: 'own', seed: 1, sources: [{ name: 'made up', rows: 600 }] };
const policy = hierarchical.train(
  embeddedRows(0, 600, () => true, models),
  { ...training, embedding: kind },
);
const withoutEmbeddings = hierarchical.train(
  embeddedRows(0, 600, () => false, models),
  training,
);

const asked = { type: 'classifier', quality: 0.9, confidence: 0.5, evidence: 0 };

const textsIn = (body: string): readonly string[] => JSON.parse(body).input as readonly string[];

/** Answers as an embeddings endpoint does, after a moment where it is told to. */
const embeds =
  ({ dimensions = kind.dimensions, afterMs = 0 } = {}): Script =>
  (response, call) => {
    const data = textsIn(call.body).map((text, index) => ({ index, embedding: vectorOf(text, dimensions) }));
    setTimeout(() => sendJson({ data, usage: { prompt_tokens: 7 } })(response, call), afterMs);
  };

interface Setting {
  readonly file?: PolicyFile;
  readonly embeddings?: object | null;
  readonly strategy?: object;
  /** Names of callers; each one's key is its name behind "tw-". */
  readonly callers?: readonly string[];
}

interface Served {
  readonly app: App;
  readonly embedder: FakeUpstream;
  readonly answerer: FakeUpstream;
  ask(text: string, rest?: object, init?: RequestInit): Promise<Response>;
  exchanges(): Promise<readonly Exchange[]>;
}

/** A gateway with a small model and a large one, a policy, and an embeddings endpoint. */
const serving = async (script: Script, setting: Setting = {}): Promise<Served> => {
  const { file = policy, embeddings = {}, strategy = asked, callers = [] } = setting;
  const embedder = await fakeUpstream(script);
  const answerer = await fakeUpstream(sendJson(chatAnswer('done')));
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-embeddings-'));
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(file));
  const model = (tier: string, price: number) => ({
    tier,
    prices: { input: price, output: price },
    contextTokens: 100_000,
    maxOutputTokens: 1000,
  });
  const { config, findings } = configFromText(
    JSON.stringify({
      providers: {
        local: {
          type: 'openai-compatible',
          baseUrl: answerer.url,
          models: { small: model('light', 0.1), large: model('frontier', 10) },
        },
        vectors: {
          type: 'openai-compatible',
          baseUrl: embedder.url,
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the configuration's own
          key: '${VECTORS_KEY}',
          models: { 'text-embedding-3-small': model('light', 1) },
        },
      },
      tiers: { light: ['local/small'], mid: ['local/large'], frontier: ['local/large'] },
      routes: { auto: { strategy } },
      policy: 'policy.json',
      keys: callers.map((name) => ({ name, hash: hashKey(`tw-${name}`) })),
      ...(embeddings && {
        embeddings: { provider: 'vectors', model: kind.model, price: 0.02, deadline: '2s', ...embeddings },
      }),
    }),
    { environment: { VECTORS_KEY: 'canary-of-the-vectors' }, folder },
  );
  if (!config) throw new Error(JSON.stringify(findings));
  const app = await compose(config, { log: createLog('silent') });
  const server = await serveApp(app, { host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await server.stop(0);
    await app.close();
    await Promise.all([embedder.close(), answerer.close()]);
    rmSync(folder, { recursive: true });
  });
  return {
    app,
    embedder,
    answerer,
    ask: (text, rest = {}, init = {}) =>
      fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: text }], ...rest }),
        ...init,
      }),
    exchanges: async () => {
      await app.ledger.flush();
      const reader = await openLedgerReader({ dir: join(folder, '.tierwise') });
      const list = await reader.list({ limit: 100 });
      await reader.close();
      return list;
    },
  };
};

const [hard, easy] = [true, false].map((wanted) =>
  Array.from({ length: 100 }, (_, at) => askOf(at)).find((text) => isHard(text) === wanted),
) as [string, string];

const modelOf = (response: Response): string | null => response.headers.get('x-tierwise-model');

describe('a policy that was trained with embeddings', () => {
  it('sends by them what no word tells apart to different models', async () => {
    const { ask } = await serving(embeds());

    expect([modelOf(await ask(hard)), modelOf(await ask(easy))]).toEqual(['local/large', 'local/small']);
  });

  it('has them paid for, and the call told with the request', async () => {
    const { ask, exchanges, app } = await serving(embeds());

    const response = await ask(easy);
    await response.arrayBuffer();
    const [exchange] = await exchanges();

    expect(exchange?.attempts).toMatchObject([
      {
        model: 'vectors/text-embedding-3-small',
        provider: 'vectors',
        role: 'embedding',
        outcome: 'ok',
        usage: { inputTokens: 7 },
        cost: 140n,
        isEstimated: false,
        priceVersion: 'config',
      },
      { model: 'local/small', outcome: 'ok' },
    ]);
    expect(exchange?.cost).toBe(140n + (exchange?.attempts[1]?.cost ?? 0n));
    expect(exchange?.model).toBe('local/small');
    expect(exchange?.decision.embedding).toMatchObject({
      model: 'vectors/text-embedding-3-small',
      outcome: 'answered',
    });
    expect(response.headers.get('x-tierwise-cost')).toBe(usdText(exchange?.cost ?? noMoney));
    expect(response.headers.get('x-tierwise-attempts')).toBeNull();
    expect(app.ledger.health().openIntents).toBe(0);
  });

  it('remembers asks by their caller: nobody is told what another one has asked', async () => {
    const { ask, embedder } = await serving(embeds(), { callers: ['acme', 'emca'] });

    for (const caller of ['acme', 'emca', 'emca'])
      await (await ask(easy, {}, { headers: { authorization: `Bearer tw-${caller}` } })).arrayBuffer();

    expect(embedder.seen).toHaveLength(2);
  });

  it('asks once for the same ask', async () => {
    const { ask, embedder, exchanges } = await serving(embeds());

    for (let at = 0; at < 3; at += 1) await (await ask(easy)).arrayBuffer();

    expect(embedder.seen).toHaveLength(1);
    const kept = await exchanges();
    expect(kept.map(({ decision }) => decision.embedding?.outcome)).toEqual(['answered', 'cached', 'cached']);
    expect(kept.map(({ attempts }) => attempts.length)).toEqual([2, 1, 1]);
  });

  it('asks again where nothing is remembered', async () => {
    const { ask, embedder } = await serving(embeds(), { embeddings: { cache: 0 } });

    for (let at = 0; at < 2; at += 1) await ask(easy);

    expect(embedder.seen).toHaveLength(2);
  });

  it('sends the ask and nothing else, under the key of the endpoint', async () => {
    const { ask, embedder, answerer } = await serving(embeds(), { embeddings: { dimensions: 128 } });

    await ask(easy, {
      messages: [
        { role: 'system', content: 'You are secretive.' },
        { role: 'user', content: easy },
      ],
    });

    expect(JSON.parse(embedder.seen[0]?.body ?? '')).toEqual({
      model: 'text-embedding-3-small',
      input: [easy],
      dimensions: 128,
    });
    expect(embedder.seen[0]?.headers.authorization).toBe('Bearer canary-of-the-vectors');
    expect(answerer.seen[0]?.headers.authorization).toBeUndefined();
  });
});

describe('an embeddings endpoint that does not do its part', () => {
  const failing: readonly (readonly [string, readonly Script[], object, string])[] = [
    ['comes late', [embeds({ afterMs: 5000 })], { deadline: '400ms' }, 'late'],
    [
      'fails',
      [
        sendJson({ error: { message: 'canary-of-the-vectors is no key' } }, 401),
        sendJson({}, 500),
        (response) => response.destroy(),
        sendJson({ data: 'none' }),
      ],
      {},
      'failed',
    ],
    [
      'answers with nothing of use: too few, no numbers, another length, no direction',
      [
        sendJson({ data: [] }),
        sendJson({ data: [{ embedding: ['a'] }] }),
        embeds({ dimensions: 96 }),
        sendJson({ data: [{ embedding: Array(128).fill(0) }] }),
      ],
      {},
      'failed',
    ],
  ];

  it.each(failing)(
    'and %s changes nothing of how it is decided without one',
    async (_, scripts, embeddings, outcome) => {
      const { ask, exchanges, embedder } = await serving(embeds(), { embeddings });
      const without = await serving(embeds(), { embeddings: null });
      embedder.script(...scripts);

      for (const [at] of scripts.entries()) {
        expect((await ask(askOf(at))).status).toBe(200);
        await without.ask(askOf(at));
      }

      const kept = await exchanges();
      const decided = kept.map(({ decision: { embedding: _embedding, ...decision } }) => decision);
      expect(kept.map(({ decision }) => decision.embedding?.outcome)).toEqual(scripts.map(() => outcome));
      expect(decided).toEqual((await without.exchanges()).map(({ decision }) => decision));
      expect(kept.map(({ attempts }) => attempts[0]?.role)).toEqual(scripts.map(() => 'embedding'));
      expect(kept.map(({ attempts }) => attempts[0]?.message).join()).not.toContain('canary');
    },
  );

  it('is charged for where it may have worked, and not where it refused', async () => {
    const late = await serving(embeds({ afterMs: 5000 }), { embeddings: { deadline: '400ms' } });
    const refused = await serving(sendJson({}, 429));

    await late.ask(easy);
    await refused.ask(easy);

    const [lateCall] = (await late.exchanges())[0]?.attempts ?? [];
    const [refusedCall] = (await refused.exchanges())[0]?.attempts ?? [];
    expect(lateCall).toMatchObject({ outcome: 'cancelled', isEstimated: true, status: null });
    expect(lateCall?.cost).toBeGreaterThan(0n);
    expect(refusedCall).toMatchObject({ outcome: 'failed', isEstimated: false, cost: 0n, status: 429 });
  });

  it('is left alone after five failures, and requests go on without a wait', async () => {
    const { ask, embedder, exchanges } = await serving(sendJson({}, 500));

    for (let at = 0; at < 8; at += 1) await (await ask(askOf(at))).arrayBuffer();

    expect(embedder.seen).toHaveLength(5);
    expect((await exchanges()).map(({ decision }) => decision.embedding?.outcome)).toEqual([
      ...Array(5).fill('failed'),
      ...Array(3).fill('resting'),
    ]);
  });

  it('does not keep its provider from answering: only embeddings are left alone', async () => {
    const { ask, answerer } = await serving(sendJson({}, 429));

    for (let at = 0; at < 6; at += 1) expect((await ask(askOf(at))).status).toBe(200);

    expect(answerer.seen).toHaveLength(6);
  });

  it('is broken off with the caller, and the request is settled', async () => {
    const { ask, embedder, answerer, exchanges } = await serving(embeds({ afterMs: 5000 }), {
      embeddings: { deadline: '4s' },
    });
    const hangUp = new AbortController();

    const asking = ask(easy, {}, { signal: hangUp.signal }).catch(() => undefined);
    await vi.waitFor(() => expect(embedder.seen).toHaveLength(1));
    hangUp.abort();
    await asking;

    await vi.waitFor(async () => expect(await exchanges()).toHaveLength(1));
    await vi.waitFor(() => expect(embedder.seen[0]?.closedEarlyAfterMs).not.toBeNull());
    expect((await exchanges())[0]).toMatchObject({
      outcome: 'client-gone',
      attempts: [{ role: 'embedding', outcome: 'cancelled', code: 'client-gone' }],
    });
    expect(answerer.seen).toHaveLength(0);
  });
});

describe('nobody is asked for embeddings', () => {
  it.each<[string, Setting]>([
    ['where the configuration has none', { embeddings: null }],
    ['by a policy that was trained without', { file: withoutEmbeddings }],
    ['of another model than the policy was trained with', { embeddings: { model: 'other' } }],
    ['of another length than the policy was trained with', { embeddings: { dimensions: 96 } }],
    ['by a route of rules', { strategy: { type: 'rules' } }],
    [
      'where a rule decides',
      { strategy: { ...asked, type: 'hybrid', rules: [{ name: 'all', use: 'light' }] } },
    ],
  ])('%s', async (_, setting) => {
    const { ask, embedder, exchanges } = await serving(embeds(), setting);

    expect((await ask(easy)).status).toBe(200);

    expect(embedder.seen).toHaveLength(0);
    expect((await exchanges())[0]?.decision.embedding).toBeUndefined();
  });

  it('where nothing could turn out otherwise: a model or tier is named, nothing was said, a tool loop goes on', async () => {
    const { ask, embedder } = await serving(embeds());
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
    const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };
    const inLoop = [
      { role: 'user', content: easy },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'nothing there' },
    ];

    const responses = [
      await ask(easy, { model: 'local/small' }),
      await ask(easy, { model: 'light' }),
      await ask(' '),
      await ask('', { tools, messages: inLoop }),
    ];

    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(embedder.seen).toHaveLength(0);
  });
});
