import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf as gatewayCostOf } from '../catalog/cost.ts';
import { Book, type BookCall, costOf, noTokens, readBook } from './book.ts';
import { simulatedCatalogue } from './catalogue.ts';
import { plus, readDecimal, times, toNano, zero } from './rational.ts';
import type { SimulatedPrices } from './simulated-model.ts';
import { worldModels } from './world-models.ts';

const prices: SimulatedPrices = {
  input: '0.25',
  output: '1.25',
  cacheRead: '0.025',
  cacheWrite5m: '0.3125',
  cacheWrite30m: '0.25',
  cacheWrite1h: '0.5',
};
const call = (id: string): BookCall => ({
  id,
  exchange: null,
  wire: 'openai-chat',
  model: 'm',
  key: 'none',
  isStream: false,
  receivedAt: 1,
  fault: null,
});
const end = { status: 200, endedAt: 2, socketClosedAt: null, task: null };

describe('the book', () => {
  it('charges each class at its price, exactly', () => {
    const cost = costOf(
      {
        uncached: 1000,
        cacheRead: 3,
        cacheWrite5m: 8,
        cacheWrite30m: 0,
        cacheWrite1h: 2,
        visible: 100,
        reasoning: 60,
      },
      prices,
    );

    // 250 + 0.075 + 2.5 + 1 + 200 millionths of a dollar
    expect(cost).toEqual({ numerator: 18143n, denominator: 40_000_000n });
    expect(toNano(cost)).toBe(453_575n);
  });

  it('adds up what it ended, once each, and knows what is still open', () => {
    const book = new Book();
    for (const id of ['a', 'b', 'c']) book.open(call(id));
    book.end('a', { ...end, outcome: 'complete', tokens: { ...noTokens, uncached: 10, visible: 4 } }, prices);
    book.end('a', { ...end, outcome: 'cut', tokens: { ...noTokens, visible: 400 } }, prices);
    book.end('b', { ...end, outcome: 'cut', tokens: { ...noTokens, uncached: 1 } }, prices);

    expect(book.totals()).toMatchObject({
      calls: 3,
      open: 1,
      complete: 1,
      cut: 1,
      refused: 0,
      tokens: { uncached: 11, visible: 4 },
      costNanoUsd: '7750',
    });
    expect(book.totalsByModel()).toEqual({ m: book.totals() });
    expect(book.entries().map(({ id, outcome }) => [id, outcome])).toEqual([
      ['a', 'complete'],
      ['b', 'cut'],
      ['c', 'open'],
    ]);
  });

  it('forgets old entries one by one but none of the sums', () => {
    const book = new Book({ keeps: 10 });
    for (let at = 0; at < 50; at += 1) {
      book.open(call(`${at}`));
      book.end(`${at}`, { ...end, outcome: 'complete', tokens: { ...noTokens, uncached: 4 } }, prices);
    }

    expect(book.entries().length).toBeLessThanOrEqual(10);
    expect(book.entries().at(-1)?.id).toBe('49');
    expect(book.totals()).toMatchObject({ calls: 50, complete: 50, costNanoUsd: '50000' });
  });

  it('can be read from its file, also when the last line was torn', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tierwise-book-'));
    const path = join(folder, 'book.jsonl');
    const book = new Book({ path });
    book.open(call('a'));
    book.open(call('b'));
    book.end('a', { ...end, outcome: 'complete', tokens: { ...noTokens, visible: 1 } }, prices);
    book.close();
    appendFileSync(path, '{"id":"c","exch');

    expect(readBook(path)).toEqual(book.entries());
    rmSync(folder, { recursive: true });
  });
});

describe('two hands that count', () => {
  const count = fc.integer({ min: 0, max: 400_000 });
  const tokens = fc.record({
    uncached: count,
    cacheRead: count,
    cacheWrite5m: count,
    cacheWrite30m: count,
    cacheWrite1h: count,
    visible: count,
    reasoning: count,
  });

  it('agree to the nano-dollar: the book’s fractions and the gateway’s pico-dollars', () => {
    const models = worldModels.map((simulated, at) => ({
      simulated,
      model: simulatedCatalogue(worldModels)[at],
    }));

    fc.assert(
      fc.property(tokens, fc.constantFrom(...models), (used, { simulated, model }) => {
        const usage = {
          inputTokens: used.uncached,
          cacheReadTokens: used.cacheRead,
          cacheWrite5mTokens: used.cacheWrite5m,
          cacheWrite30mTokens: used.cacheWrite30m,
          cacheWrite1hTokens: used.cacheWrite1h,
          cacheWrite12hTokens: 0,
          outputTokens: used.visible,
          reasoningTokens: used.reasoning,
        };
        if (!model) throw new Error('no model');
        expect(toNano(costOf(used, simulated.prices))).toBe(gatewayCostOf(usage, model.prices));
      }),
    );
  });
});

describe('exact fractions', () => {
  it('round half to even, once', () => {
    const nano = (numerator: bigint) => toNano(times(readDecimal('0.000000001'), numerator, 2n));

    expect([1n, 2n, 3n, 5n, 7n].map(nano)).toEqual([0n, 1n, 2n, 2n, 4n]);
  });

  it('sum in any order to the same', () => {
    const decimal = fc.tuple(fc.nat(10_000), fc.nat(999)).map(([whole, part]) => `${whole}.${part}`);
    fc.assert(
      fc.property(fc.array(decimal), (texts) => {
        const all = texts.map(readDecimal);
        expect(all.reduce(plus, zero)).toEqual(all.toReversed().reduce(plus, zero));
      }),
    );
  });

  it('takes plain decimals only', () => {
    for (const text of ['', '-1', '1e3', '.5', 'x']) expect(() => readDecimal(text)).toThrow(RangeError);
  });
});
