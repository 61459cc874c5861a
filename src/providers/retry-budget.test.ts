import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

const limits = { share: 0.2, perSecond: 10 };
const clock = () => {
  let nowMs = 0;
  return { now: () => nowMs, monotonicMs: () => nowMs, random: () => 0, pass: (ms: number) => (nowMs += ms) };
};
const spendAll = (budget: RetryBudget): number => {
  let spent = 0;
  while (budget.spend()) spent += 1;
  return spent;
};

describe('the retry budget', () => {
  it('begins with what a second allows, and gives it once', () => {
    const budget = new RetryBudget(clock(), () => limits);

    expect(spendAll(budget)).toBe(10);
    expect(budget.spend()).toBe(false);
  });

  it('gives one more for every five requests', () => {
    const budget = new RetryBudget(clock(), () => limits);
    spendAll(budget);

    for (let request = 0; request < 25; request += 1) budget.earn();

    expect(spendAll(budget)).toBe(5);
  });

  it('gives ten a second without any request, and saves up ten seconds of them', () => {
    const time = clock();
    const budget = new RetryBudget(time, () => limits);
    spendAll(budget);

    time.pass(2000);
    expect(spendAll(budget)).toBe(20);
    time.pass(3_600_000);
    expect(spendAll(budget)).toBe(100);
  });

  it('can be switched off', () => {
    const time = clock();
    const budget = new RetryBudget(time, () => ({ share: 0, perSecond: 0 }));

    time.pass(60_000);
    budget.earn();

    expect(budget.spend()).toBe(false);
  });

  it('never lets more through than a fifth of the requests, ten a second and what was saved', () => {
    const step = fc.record({
      passMs: fc.integer({ min: 0, max: 2000 }),
      requests: fc.integer({ min: 0, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const time = clock();
        const budget = new RetryBudget(time, () => limits);
        let [requests, spent] = [0, 0];
        for (const { passMs, requests: more } of steps) {
          time.pass(passMs);
          for (let request = 0; request < more; request += 1) {
            requests += 1;
            budget.earn();
            if (budget.spend()) spent += 1;
          }
        }
        expect(spent).toBeLessThanOrEqual(10 + requests * 0.2 + (time.now() / 1000) * 10 + 1e-6);
      }),
    );
  });
});
