import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Exchange } from '../core/exchange.ts';
import type { ModelId } from '../core/model.ts';
import type { Signal } from '../core/signal.ts';
import { realWorld } from '../kit/world.ts';
import type { OutcomeReader } from '../ledger/signals.ts';
import { readVector } from '../routing/classifier/vector.ts';
import { openLedger } from '../storage/open-ledger.ts';
import { openOutcomeReader } from '../storage/outcome-reader.ts';
import { attemptLike, decisionLike, exchangeLike, intentLike, newId } from '../storage/records.cases.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import {
  type LedgerRow,
  type LedgerRowOptions,
  ledgerRows,
  noImplicit,
  usualImplicit,
} from './ledger-rows.ts';

const dayMs = 86_400_000;
const now = 1_790_000_000_000;
const options: LedgerRowOptions = { now, halfLifeMs: 10 * dayMs, implicit: noImplicit };

const exchangeAt = (receivedAt: number, part: Partial<Exchange> = {}, reasks = 0): Exchange => ({
  ...exchangeLike(
    intentLike({
      id: newId(receivedAt),
      receivedAt,
      decision: decisionLike({ features: sampleFeatures({ task: 'coding', reasks }) }),
    }),
    part,
  ),
});

const signal = ({ id }: Exchange, part: Partial<Signal> = {}): Signal => ({
  exchange: id,
  at: now,
  source: 'user',
  score: 1,
  ...part,
});

/** A real ledger with these in it, read as a learner does. */
const kept = async (
  exchanges: readonly Exchange[],
  signals: readonly Signal[],
  storesTexts = false,
): Promise<OutcomeReader> => {
  const dir = mkdtempSync(join(tmpdir(), 'tierwise-rows-'));
  const ledger = await openLedger({
    dir,
    texts: { store: storesTexts, keepMs: Number.MAX_SAFE_INTEGER },
    world: realWorld,
  });
  for (const exchange of exchanges) ledger.settle(exchange);
  for (const one of signals) await ledger.note(one);
  await ledger.flush();
  const reader = openOutcomeReader({ dir });
  onTestFinished(async () => {
    reader.close();
    await ledger.close();
    rmSync(dir, { recursive: true });
  });
  return reader;
};

/** The same held in memory, for many runs. */
const held = (exchanges: readonly Exchange[], signals: readonly Signal[]): OutcomeReader => ({
  newestFirst: (from) =>
    exchanges
      .toReversed()
      .filter(({ receivedAt }) => receivedAt >= from)
      .map((exchange) => ({
        exchange,
        signals: signals.filter((one) => one.exchange === exchange.id),
        ask: '',
      })),
  labelledSince: () => new Set(signals.map(({ exchange }) => exchange)).size,
  close: () => undefined,
});

describe('rows from the ledger', () => {
  it('have all that a predictor is asked with, and what the model that answered came to', async () => {
    const exchange = exchangeAt(now, {
      agent: 'claude-cli',
      tags: { team: 'search' },
      session: 's-1',
      texts: { prompt: 'system: Be brief.\n\nuser: Why?', answer: 'Because.', ask: 'Why?' },
    });

    const reader = await kept([exchange], [signal(exchange, { score: 0.75 })], true);

    expect([...ledgerRows(reader, options)]).toEqual([
      {
        receivedAt: now,
        from: 'label',
        labelledAt: now,
        model: 'anthropic/claude-sonnet-5',
        tier: 'mid',
        row: {
          id: exchange.id,
          group: 'research/s-1',
          subject: {
            ask: 'Why?',
            features: exchange.decision.features,
            route: 'auto',
            agent: 'claude-cli',
            tags: { team: 'search' },
          },
          outcomes: {
            'anthropic/claude-sonnet-5': {
              score: 0.75,
              costUsd: 0.00744,
              inputTokens: 1500,
              outputTokens: 250,
            },
          },
          weight: 1,
        },
      },
    ]);
  });

  it('have no words of the ask where texts are not kept', async () => {
    const exchange = exchangeAt(now, { texts: { prompt: 'p', answer: 'a', ask: 'secret' } });

    const rows = [...ledgerRows(await kept([exchange], [signal(exchange)]), options)];

    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('secret');
    expect(rows[0]?.row.subject.ask).toBe('');
  });

  it('keep of a long ask what serving reads of it, its end included', async () => {
    const ask = `Sort these. ${'lorem ipsum '.repeat(10_000)} Prove that the sort is stable.`;
    const exchange = exchangeAt(now - dayMs, { texts: { prompt: ask, answer: 'Done.', ask } });

    const [found] = [...ledgerRows(await kept([exchange], [signal(exchange)], true), options)];

    const subject = { ...(found as LedgerRow).row.subject };
    const vectorOf = (words: string) => structuredClone(readVector({ ...subject, ask: words }));
    expect(subject.ask.length).toBeLessThan(20_000);
    expect(vectorOf(subject.ask).structure).toEqual(vectorOf(ask).structure);
    expect(vectorOf(subject.ask).count).toBe(vectorOf(ask).count);
  });

  it('believe the most trusted source, and of that its newest word', async () => {
    const exchange = exchangeAt(now);
    const said = [
      signal(exchange, { source: 'caller', score: 1 }),
      signal(exchange, { source: 'judge', score: 0.9 }),
      signal(exchange, { source: 'owner', score: 0.5, at: now - 5 }),
      signal(exchange, { source: 'owner', score: 0.25, at: now - 1 }),
      signal(exchange, { source: 'user', score: 0 }),
    ];

    const rows = [...ledgerRows(await kept([exchange], said), options)];

    expect(rows.map(({ row }) => Object.values(row.outcomes)[0]?.score)).toEqual([0.25]);
    expect(rows[0]?.labelledAt).toBe(now - 1);
  });

  it('come newest first, page by page, and end where they would count next to nothing', async () => {
    const exchanges = Array.from({ length: 1203 }, (_, at) => exchangeAt(now - (1203 - at) * 3_600_000));
    const ancient = exchangeAt(now - 80 * dayMs);
    const all = [ancient, ...exchanges];

    const rows = [
      ...ledgerRows(
        await kept(
          all,
          all.map((one) => signal(one)),
        ),
        options,
      ),
    ];

    expect(rows.map(({ row }) => row.id)).toEqual(exchanges.map(({ id }) => id).reverse());
  });

  it('count half after a half-life, and more where the choice was unlikely, ten times at most', async () => {
    const old = exchangeAt(now - 10 * dayMs);
    const explored = { ...exchangeAt(now), decision: decisionLike({ propensity: 0.25 }) };
    const lucky = { ...exchangeAt(now), decision: decisionLike({ propensity: 0.001 }) };
    const all = [old, explored, lucky];

    const rows = [
      ...ledgerRows(
        await kept(
          all,
          all.map((one) => signal(one)),
        ),
        options,
      ),
    ];

    const weights = Object.fromEntries(rows.map(({ row }) => [row.id, row.weight]));
    expect(weights).toEqual({ [old.id]: 0.5, [explored.id]: 4, [lucky.id]: 10 });
  });
});

describe('signs that nobody spoke', () => {
  const light = 'anthropic/claude-haiku-4-5' as ModelId;
  const failing = attemptLike({ model: light, tier: 'light', outcome: 'failed', code: 'unfit-answer' });
  const labelled = Array.from({ length: 20 }, (_, at) => exchangeAt(now - at, { session: `other-${at}` }));
  const labels = labelled.map((one) => signal(one));

  const signsOf = (exchanges: readonly Exchange[], implicit = usualImplicit) =>
    [...ledgerRows(held([...labelled, ...exchanges], labels), { ...options, implicit })]
      .filter(({ from }) => from !== 'label')
      .map(({ from, model, row }) => [from, model, row.weight, row.outcomes[model]?.score]);

  it('tell of refusals, misfits and failures of a model, not of outages', () => {
    const sonnet = 'anthropic/claude-sonnet-5';
    const ended = (part: Parameters<typeof attemptLike>[0]) =>
      exchangeAt(now, { attempts: [attemptLike(part)], outcome: 'failed', session: newId() });

    expect(signsOf([ended({ endReason: 'refusal' })])).toEqual([['refusal', sonnet, 0.1, 0]]);
    expect(signsOf([ended({ code: 'unfit-answer' })])).toEqual([['misfit', sonnet, 0.1, 0]]);
    expect(signsOf([ended({ code: 'upstream-refused' })])).toEqual([['failed', sonnet, 0.1, 0]]);
    for (const code of ['upstream-overloaded', 'rate-limited', 'upstream-auth', 'no-credit'] as const)
      expect(signsOf([ended({ code })])).toEqual([]);
    expect(signsOf([ended({ code: 'client-gone', outcome: 'cancelled' })])).toEqual([]);
  });

  it('tell of a cheap attempt that a dearer one had to make good, whatever was said of that', () => {
    const rescued = exchangeAt(now, { attempts: [failing, attemptLike()] });

    const rows = [
      ...ledgerRows(held([...labelled, rescued], [...labels, signal(rescued, { score: 1 })]), {
        ...options,
        implicit: usualImplicit,
      }),
    ].filter(({ row }) => row.id.startsWith(rescued.id));

    expect(rows.map(({ from, model, row }) => [from, model, row.outcomes[model]?.score])).toEqual([
      ['misfit', light, 0],
      ['label', 'anthropic/claude-sonnet-5', 1],
    ]);
  });

  it('tell of answers that were passed over for what they were, and nothing of marks on others', () => {
    const judged = (passedOver: string) =>
      exchangeAt(now, {
        attempts: [
          attemptLike({ model: light, tier: 'light', passedOver }),
          attemptLike({ model: 'p/judge' as ModelId, role: 'verifier', endReason: 'refusal' }),
          attemptLike(),
        ],
        session: newId(),
      });

    expect(signsOf([judged('misfit: `$.city` is missing')])).toEqual([['misfit', light, 0.1, 0]]);
    expect(signsOf([judged('bad-call: nobody offered "rm"')])).toEqual([['misfit', light, 0.1, 0]]);
    expect(signsOf([judged('refusal')])).toEqual([['refusal', light, 0.1, 0]]);
    expect(signsOf([judged('not proven: 0.2 of 0.7')])).toEqual([]);
  });

  it('tell by the next turn of the answer that went out, though others were asked after it', () => {
    const turn = (at: number) =>
      exchangeAt(now + at, {
        session: 'judged',
        model: light,
        attempts: [attemptLike({ model: light }), attemptLike({ role: 'verifier' })],
      });

    expect(signsOf([turn(0), turn(1)])).toEqual([['went-on', light, 0.05, 1]]);
  });

  it('tell by the next turn whether the user asked again or went on', () => {
    const talk = [0, 1, 0].map((reasks, at) => exchangeAt(now + at, { session: 'talk' }, reasks));

    expect(signsOf(talk)).toEqual([
      ['went-on', 'anthropic/claude-sonnet-5', 0.05, 1],
      ['re-ask', 'anthropic/claude-sonnet-5', 0.1, 0],
    ]);
  });

  it('can be left out kind by kind', () => {
    const talk = [0, 1, 0].map((reasks, at) => exchangeAt(now + at, { session: 'talk' }, reasks));

    expect(signsOf(talk, { ...usualImplicit, 're-ask': 0 }).map(([kind]) => kind)).toEqual(['went-on']);
    expect(signsOf(talk, noImplicit)).toEqual([]);
  });

  it('never count more, all together, than what was said', () => {
    fc.assert(
      fc.property(fc.nat({ max: 6 }), fc.nat({ max: 300 }), (said, silent) => {
        const some = labelled.slice(0, said);
        const talk = Array.from({ length: silent }, (_, at) => exchangeAt(now + at, { session: 'talk' }));
        const rows = [
          ...ledgerRows(
            held(
              [...some, ...talk],
              some.map((one) => signal(one)),
            ),
            { ...options, halfLifeMs: Number.MAX_SAFE_INTEGER / 100, implicit: usualImplicit },
          ),
        ];
        const weight = (isLabel: boolean) =>
          rows
            .filter(({ from }) => (from === 'label') === isLabel)
            .reduce((sum, { row }) => sum + row.weight, 0);

        expect(weight(false)).toBeLessThanOrEqual(weight(true) + 1e-9);
      }),
      { numRuns: 30 },
    );
  });

  it('are not read from side calls of agents', () => {
    const title = { ...exchangeAt(now, { attempts: [failing] }) };
    const decision = decisionLike({ features: sampleFeatures({ task: 'background' }) });

    expect(signsOf([{ ...title, decision }])).toEqual([]);
  });
});
