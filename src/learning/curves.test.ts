import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../simulator/chance.ts';
import {
  areaUnder,
  averageGapRecovered,
  callShareFor,
  orderOf,
  routeCurve,
  shareForQuality,
} from './curves.ts';

const ones = (count: number) => new Float64Array(count).fill(1);
const curveOf = (scores: readonly number[], weak: readonly number[], strong: readonly number[]) =>
  routeCurve(orderOf(scores), Float64Array.from(weak), Float64Array.from(strong), ones(scores.length));

describe('the curve of a router', () => {
  it('begins with the weak model alone and ends with the strong one', () => {
    const curve = curveOf([4, 3, 2, 1], [0, 0, 1, 1], [1, 0, 1, 0]);

    expect(curve[0]).toEqual({ share: 0, quality: 0.5 });
    expect(curve.at(-1)).toEqual({ share: 1, quality: 0.5 });
  });

  it('has a point at each of the eleven edges of ten quantile bins', () => {
    const scores = Array.from({ length: 21 }, (_, at) => at);

    const curve = curveOf(
      scores,
      scores.map(() => 0),
      scores.map(() => 1),
    );

    // quantile k of 21 rows lies on row 2k exactly, and that row goes up with all above it
    expect(curve.map(({ share }) => Math.round(share * 21))).toEqual([
      0, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21,
    ]);
  });

  it('sends rows of one score together', () => {
    const curve = curveOf([1, 1, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]);

    expect(curve.map(({ share }) => share)).toEqual([0, 0.75, 1]);
  });

  it('gives a router that says the same of every row what a coin gets', () => {
    const curve = curveOf([2, 2, 2, 2], [0, 0, 1, 0], [1, 0, 1, 1]);

    expect(averageGapRecovered(curve)).toBeCloseTo(0.5, 12);
    expect(callShareFor(curve, 0.8)).toBeCloseTo(0.8, 12);
  });

  it('gives a perfect order what can be had: the gap is closed as soon as the rows that gain are sent', () => {
    // 20 of 100 rows gain: linear up to .2 of calls, closed from there on
    const gains = Array.from({ length: 100 }, (_, at) => (at < 20 ? 1 : 0));

    const curve = curveOf(
      gains.map((gain, at) => gain * 1000 - at),
      gains.map(() => 0),
      gains,
    );

    expect(averageGapRecovered(curve)).toBeCloseTo(0.9, 2);
    expect(callShareFor(curve, 0.5)).toBeCloseTo(0.1, 9);
  });

  it('finds the share of calls between two points by a straight line', () => {
    const points = [
      { share: 0, quality: 0.2 },
      { share: 0.5, quality: 0.4 },
      { share: 1, quality: 1 },
    ];

    expect(callShareFor(points, 0.5)).toBeCloseTo(0.5 + 0.5 * (0.2 / 0.6), 12);
    expect(callShareFor(points, 0.25)).toBeCloseTo(0.5, 12);
    expect(shareForQuality(points, 1.01)).toBeNaN();
    expect(areaUnder(points)).toBeCloseTo(0.5 * 0.3 + 0.5 * 0.7, 12);
  });

  it('tells nothing of a gap that is not there', () => {
    const curve = curveOf([1, 2], [1, 0], [0, 1]);

    expect(averageGapRecovered(curve)).toBeNaN();
    expect(callShareFor(curve, 0.5)).toBeNaN();
  });

  it('leaves a random order at a half, but for noise', () => {
    const random = createRandom('curves', 1);
    const rows = Array.from({ length: 20_000 }, () => random.next());

    const apgr = averageGapRecovered(
      curveOf(
        rows,
        rows.map(() => (random.happens(0.5) ? 1 : 0)),
        rows.map(() => (random.happens(0.7) ? 1 : 0)),
      ),
    );

    expect(Math.abs(apgr - 0.5)).toBeLessThan(0.05);
  });

  it('reads weights as so many copies of a row', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            score: fc.integer({ min: 0, max: 5 }),
            weak: fc.constantFrom(0, 0.5, 1),
            strong: fc.constantFrom(0, 0.5, 1),
            weight: fc.integer({ min: 0, max: 3 }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        (rows) => {
          const total = rows.reduce((sum, { weight }) => sum + weight, 0);
          fc.pre(total > 0);
          const copies = rows.flatMap((row) => Array.from({ length: row.weight }, () => row));

          const weighted = routeCurve(
            orderOf(rows.map(({ score }) => score)),
            Float64Array.from(rows, ({ weak }) => weak),
            Float64Array.from(rows, ({ strong }) => strong),
            Float64Array.from(rows, ({ weight }) => weight),
          );

          const copied = curveOf(
            copies.map(({ score }) => score),
            copies.map(({ weak }) => weak),
            copies.map(({ strong }) => strong),
          );
          expect(weighted).toHaveLength(copied.length);
          for (const [at, { share, quality }] of weighted.entries()) {
            expect(share).toBeCloseTo(copied[at]?.share ?? -1, 12);
            expect(quality).toBeCloseTo(copied[at]?.quality ?? -1, 12);
          }
        },
      ),
    );
  });

  it('never falls in share, and stays between the worst and best of both models', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ noNaN: true }),
            fc.double({ min: 0, max: 1, noNaN: true }),
            fc.double({ min: 0, max: 1, noNaN: true }),
          ),
          {
            minLength: 1,
            maxLength: 40,
          },
        ),
        (rows) => {
          const curve = curveOf(
            rows.map(([score]) => score),
            rows.map(([, weak]) => weak),
            rows.map(([, , strong]) => strong),
          );

          for (const [at, { share, quality }] of curve.entries()) {
            expect(share).toBeGreaterThanOrEqual(curve[at - 1]?.share ?? 0);
            expect(quality).toBeGreaterThanOrEqual(-1e-9);
            expect(quality).toBeLessThanOrEqual(1 + 1e-9);
          }
          expect(curve.at(-1)?.share).toBe(1);
        },
      ),
    );
  });

  it('refuses a score that is no number', () => {
    expect(() => orderOf([1, Number.NaN])).toThrow('no number');
  });
});
