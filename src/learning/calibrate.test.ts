import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceAt } from '../routing/classifier/heads.ts';
import { createRandom } from '../simulator/chance.ts';
import { fitCurve, straightCurve } from './calibrate.ts';

const tossed = (rows: number, chanceOf: (score: number) => number) => {
  const random = createRandom('calibrate', rows);
  const scores = Array.from({ length: rows }, () => random.next());
  const outcomes = scores.map((score) => (random.next() < chanceOf(score) ? 1 : 0));
  return { scores, outcomes, weights: scores.map(() => 1) };
};

describe('fitCurve', () => {
  it('finds the curve that outcomes were drawn by', () => {
    const { offset, slope } = fitCurve(tossed(20_000, (score) => 1 / (1 + Math.exp(3 - 5 * score))));

    expect(offset).toBeCloseTo(-3, 0);
    expect(slope).toBeCloseTo(5, 0);
  });

  it('finds its way from a belief that is far off and very sure', () => {
    const sure = { offset: 0, slope: 5 };
    const failing = { scores: [0.5, 0.6, 0.7], outcomes: [0.1, 0.2, 0.3], weights: [100, 100, 100] };

    const curve = fitCurve(failing, sure);

    for (const [at, score] of failing.scores.entries())
      expect(Math.abs(chanceAt(curve, score) - (failing.outcomes[at] ?? 0))).toBeLessThan(0.1);
  });

  it('stays as it was believed where there is no outcome', () => {
    expect(fitCurve({ scores: [], outcomes: [], weights: [] })).toEqual(straightCurve);
  });

  it('is bent little by a few rows', () => {
    const curve = fitCurve({ scores: [0.5, 0.5, 0.5], outcomes: [1, 1, 1], weights: [1, 1, 1] });

    expect(chanceAt(curve, 0.5)).toBeGreaterThan(0.5);
    expect(chanceAt(curve, 0.5)).toBeLessThan(0.95);
  });

  it('says the mean where scores say the opposite of what comes', () => {
    const curve = fitCurve(tossed(2000, (score) => 0.9 - 0.8 * score));

    expect(curve.slope).toBe(0);
    expect(chanceAt(curve, 0.1)).toBeCloseTo(0.5, 1);
  });

  it('rises with the score, whatever it was fitted to', () => {
    const row = fc.tuple(
      fc.double({ min: -1, max: 2, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 50 }), (rows) => {
        const curve = fitCurve({
          scores: rows.map(([score]) => score),
          outcomes: rows.map(([, outcome]) => outcome),
          weights: rows.map(() => 1),
        });

        expect(chanceAt(curve, 0.9)).toBeGreaterThanOrEqual(chanceAt(curve, 0.1));
      }),
    );
  });
});
