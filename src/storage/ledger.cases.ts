import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange, ExchangeId } from '../core/exchange.ts';
import type { ModelId } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import type { Signal } from '../core/signal.ts';
import { type Ledger, type LedgerReader, reportKeys } from '../ledger/ledger.ts';
import type { ExchangeFinder, SignalKeeper } from '../ledger/signals.ts';
import { anyExchange, wholeExchange } from './exchanges.cases.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { attemptLike, decisionLike, exchangeLike, intentLike, newId } from './records.cases.ts';

export interface OpenedLedger {
  readonly ledger: Ledger & SignalKeeper & ExchangeFinder;
  readonly reader: LedgerReader;
  close(): Promise<void>;
}

/** What every store of exchanges promises. */
export const ledgerCases = (name: string, open: () => Promise<OpenedLedger>): void => {
  describe(`${name} keeps the ledger`, () => {
    let opened: OpenedLedger;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const settleAll = async (...exchanges: readonly Exchange[]): Promise<void> => {
      for (const exchange of exchanges) opened.ledger.settle(exchange);
      await opened.ledger.flush();
    };

    it('gives back every field of an exchange', async () => {
      await opened.ledger.intend(intentLike({ id: wholeExchange.id, decision: wholeExchange.decision }));

      await settleAll(wholeExchange);

      expect(await opened.reader.get(wholeExchange.id)).toEqual(wholeExchange);
    });

    it('keeps what was never announced: refused, or answered from a cache', async () => {
      const refused = exchangeLike(intentLike({ id: newId() }), {
        attempts: [],
        outcome: 'failed',
        errorCode: 'invalid-request',
        status: 400,
        baselineModel: null,
        firstByteMs: null,
      });

      await settleAll(refused);

      expect(await opened.reader.get(refused.id)).toEqual(refused);
    });

    it('keeps what was decided after a call to decide by', async () => {
      const beforehand = intentLike({ id: newId(), isBeforehand: true });
      const decision = decisionLike({ rule: 'decided then' });
      const settled = exchangeLike({ ...beforehand, decision }, { decision });
      await opened.ledger.intend(beforehand);
      await opened.ledger.intend({ ...beforehand, decision });

      await settleAll(settled);

      expect(await opened.reader.get(settled.id)).toEqual(settled);
    });

    it('keeps the decision an exchange was settled with, were it another than announced', async () => {
      const intent = intentLike({ id: newId() });
      const changed = exchangeLike(intent, { decision: decisionLike({ rule: 'another' }) });
      await opened.ledger.intend(intent);

      await settleAll(changed);

      expect((await opened.reader.get(intent.id))?.decision.rule).toBe('another');
    });

    it('keeps one exchange where it is settled twice', async () => {
      const exchange = exchangeLike(intentLike({ id: newId() }));

      await settleAll(exchange, { ...exchange, cost: 1n as NanoUsd });

      expect(await opened.reader.list({ limit: 10 })).toEqual([exchange]);
    });

    it('knows nothing of what was only announced', async () => {
      const intent = intentLike({ id: newId() });

      await opened.ledger.intend(intent);
      await opened.ledger.flush();

      expect(await opened.reader.get(intent.id)).toBeUndefined();
    });

    it('keeps what was said of an answer: of each source the newest', async () => {
      const exchange = exchangeLike(intentLike({ id: newId() }));
      const said = signalLike(exchange.id);
      const word = { label: 'wrong-file', comment: 'It edited “b.ts” 😀\n' };
      await settleAll(exchange);

      await opened.ledger.note(said({ at: 2000, source: 'user', score: 1 }));
      await opened.ledger.note(said({ at: 3000, source: 'test', score: 0.25, ...word }));
      await opened.ledger.note(said({ at: 4000, source: 'user', score: 0 }));
      await opened.ledger.note(said({ at: 3500, source: 'user', score: 0.5 }));
      await opened.ledger.note(said({ at: 4000, source: 'user', score: 0 }));
      await opened.ledger.flush();

      const kept = [
        { exchange: exchange.id, at: 3000, source: 'test', score: 0.25, ...word },
        { exchange: exchange.id, at: 4000, source: 'user', score: 0 },
      ];
      expect(await opened.reader.signals(exchange.id)).toEqual(kept);
      expect(await opened.ledger.find(exchange.id, 'research')).toEqual({ exchange, signals: kept });
      expect(await opened.reader.signals(newId())).toEqual([]);
    });

    it('sums up what was said by the word that counts: the most trusted source', async () => {
      const [first, second, silent] = [1, 2, 3].map((age) => exchangeLike(intentLike({ id: newId(age) })));
      if (!first || !second || !silent) throw new Error('three were made');
      await settleAll(first, second, silent);
      const scores = { test: 0.2, owner: 0.4, judge: 0.6, user: 0.8, caller: 1 } as const;
      for (const [source, score] of Object.entries(scores)) {
        const one = { at: 1, source: source as Signal['source'], score };
        await opened.ledger.note(signalLike(first.id)(one));
        if (source !== 'test') await opened.ledger.note(signalLike(second.id)(one));
      }
      await opened.ledger.flush();

      const [row] = await opened.reader.report({ by: 'route' });

      expect(row).toMatchObject({ requests: 3, labelled: 2, meanScore: expect.closeTo(0.3, 12) });
    });

    it('finds an exchange by its own id and by that of the answer, for its caller only', async () => {
      const attempts = [attemptLike({ upstreamId: 'chatcmpl-8.a:b' })];
      const mine = exchangeLike(intentLike({ id: newId(), caller: 'ann' }), { attempts });
      const older = exchangeLike(intentLike({ id: newId(1), caller: 'ben' }), { attempts });
      const newer = exchangeLike(intentLike({ id: newId(), caller: 'ben' }), { attempts });
      for (const exchange of [older, mine, newer]) opened.ledger.settle(exchange);

      const found = async (id: string, caller: string) => (await opened.ledger.find(id, caller))?.exchange.id;

      expect(await found(mine.id, 'ann')).toBe(mine.id);
      expect(await found(`chatcmpl-${mine.id}`, 'ann')).toBe(mine.id);
      expect(await found(`resp_${mine.id}`, 'ann')).toBe(mine.id);
      expect(await found('chatcmpl-8.a:b', 'ann')).toBe(mine.id);
      expect(await found('chatcmpl-8.a:b', 'ben')).toBe(newer.id);
      expect(await found(mine.id, 'ben')).toBeUndefined();
      expect(await found('chatcmpl-8.a:b', 'eve')).toBeUndefined();
      expect(await found("' OR TRUE --", 'ann')).toBeUndefined();
      expect(await found('', 'ann')).toBeUndefined();
    });

    it('lists the newest, newest last', async () => {
      const exchanges = [1, 2, 3, 4].map((age) => exchangeLike(intentLike({ id: newId(age) })));

      await settleAll(...exchanges);

      expect(await opened.reader.list({ limit: 2 })).toEqual(exchanges.slice(2));
    });

    it('lists on from an exchange in the order of settling, so that a slow answer is not missed', async () => {
      const [slow, quick, next] = [1, 2, 3].map((age) => exchangeLike(intentLike({ id: newId(age) })));
      if (!slow || !quick || !next) throw new Error('three were made');

      await settleAll(quick, slow, next);

      expect(await opened.reader.list({ limit: 10, after: quick.id })).toEqual([slow, next]);
      expect(await opened.reader.list({ limit: 1, after: quick.id })).toEqual([slow]);
      expect(await opened.reader.list({ limit: 10, after: next.id })).toEqual([]);
      expect(await opened.reader.list({ limit: 10, after: newId(0) })).toHaveLength(3);
    });

    it('lists by caller, session, model, tier and time', async () => {
      const early = exchangeLike(intentLike({ id: newId(), caller: 'ann', session: 'a', receivedAt: 1000 }));
      const late = exchangeLike(intentLike({ id: newId(), caller: 'ben', session: 'b', receivedAt: 2000 }), {
        model: 'openai/gpt-5.4' as ModelId,
        tier: 'frontier',
      });

      await settleAll(early, late);

      const list = (query: object) => opened.reader.list({ limit: 10, ...query });
      expect(await list({ caller: 'ann' })).toEqual([early]);
      expect(await list({ session: 'b' })).toEqual([late]);
      expect(await list({ model: 'openai/gpt-5.4' })).toEqual([late]);
      expect(await list({ tier: 'frontier' })).toEqual([late]);
      expect(await list({ from: 1000, to: 2000 })).toEqual([early]);
      expect(await list({ caller: "ann' OR TRUE --" })).toEqual([]);
    });

    it('leaves texts to the one who asks for a single exchange', async () => {
      const texts = { prompt: 'Wie geht’s? \ud83d\ude00\n', answer: 'Well.\r\n"quoted"' };
      const exchange = exchangeLike(intentLike({ id: newId() }), { texts });

      await settleAll(exchange);

      expect((await opened.reader.get(exchange.id))?.texts).toEqual(texts);
      expect((await opened.reader.list({ limit: 1 }))[0]).not.toHaveProperty('texts');
    });

    it('adds up the smallest amounts exactly', async () => {
      const each = 100n as NanoUsd;
      const exchanges = Array.from({ length: 2000 }, () =>
        exchangeLike(intentLike({ id: newId() }), { attempts: [attemptLike({ cost: each })] }),
      );

      await settleAll(...exchanges);

      const [row] = await opened.reader.report({ by: 'caller' });
      expect(row).toMatchObject({ requests: 2000, cost: 200_000n });
    });

    it('adds up amounts that no floating-point number holds', async () => {
      const large = 9_007_199_254_740_993n as NanoUsd;
      const exchanges = [1n, 2n, 3n].map((more) =>
        exchangeLike(intentLike({ id: newId() }), {
          attempts: [attemptLike({ cost: (large + more) as NanoUsd })],
          baselineCost: large,
        }),
      );

      await settleAll(...exchanges);

      const [row] = await opened.reader.report({ by: 'model' });
      expect(row).toMatchObject({ cost: 3n * large + 6n, baselineCost: 3n * large });
      expect((await opened.reader.list({ limit: 1 }))[0]?.cost).toBe(large + 3n);
    });

    it('reports the cost of a failed call under the model that was called, the request under the one that answered', async () => {
      const failed = attemptLike({
        model: 'openai/a' as ModelId,
        tier: 'light',
        outcome: 'failed',
        cost: 5n as NanoUsd,
      });
      const answered = attemptLike({ model: 'openai/b' as ModelId, tier: 'mid', cost: 7n as NanoUsd });
      const exchange = exchangeLike(intentLike({ id: newId() }), { attempts: [failed, answered] });

      await settleAll(exchange);

      expect(await opened.reader.report({ by: 'model' })).toMatchObject([
        { key: 'openai/b', requests: 1, cost: 7n },
        { key: 'openai/a', requests: 0, cost: 5n },
      ]);
    });

    it('reports calls whose answers did not go out under the model that gave them', async () => {
      const passedOver = attemptLike({
        model: 'openai/a' as ModelId,
        passedOver: 'empty',
        cost: 5n as NanoUsd,
      });
      const answered = attemptLike({ model: 'openai/b' as ModelId, cost: 7n as NanoUsd });

      await settleAll(
        ...[0, 1].map(() =>
          exchangeLike(intentLike({ id: newId() }), { attempts: [passedOver, passedOver, answered] }),
        ),
      );

      expect(await opened.reader.report({ by: 'model' })).toMatchObject([
        { key: 'openai/a', requests: 0, cost: 20n, passedOver: 4 },
        { key: 'openai/b', requests: 2, cost: 14n, passedOver: 0 },
      ]);
      expect(await opened.reader.report({ by: 'caller' })).toMatchObject([{ requests: 2, passedOver: 4 }]);
    });

    it('reports only what carries the tags asked for', async () => {
      const tagged = exchangeLike(intentLike({ id: newId(), tags: { job: 'nightly', 'odd "key$.x': 'v' } }));
      const other = exchangeLike(intentLike({ id: newId(), tags: { job: 'daily' } }));

      await settleAll(tagged, other);

      const count = async (tags: Record<string, string>) =>
        (await opened.reader.report({ by: 'route', tags }))[0]?.requests ?? 0;
      expect(await count({ job: 'nightly' })).toBe(1);
      expect(await count({ job: 'nightly', 'odd "key$.x': 'v' })).toBe(1);
      expect(await count({ job: 'weekly' })).toBe(0);
    });

    it('reports whatever was settled just as a plain sum over it does', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyExchange, { maxLength: 30 }), async (exchanges) => {
          const own = await open();
          const plain = createMemoryLedger();
          for (const exchange of exchanges) {
            own.ledger.settle(exchange);
            plain.settle(exchange);
          }
          await own.ledger.flush();

          for (const by of reportKeys)
            expect(await own.reader.report({ by })).toEqual(await plain.report({ by }));
          expect(await own.reader.list({ limit: 100 })).toEqual(await plain.list({ limit: 100 }));
          await own.close();
        }),
        { numRuns: 15 },
      );
    });
  });
};

const signalLike =
  (exchange: ExchangeId) =>
  (part: Omit<Signal, 'exchange'>): Signal => ({ exchange, ...part });
