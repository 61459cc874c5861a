import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageQuality, costForScore, hullOf } from './curves-hull.ts';

describe('the hull over cost and score', () => {
  it('leaves out what costs more and does no better than a coin between others', () => {
    const points = [
      { cost: 1, score: 0.2 },
      { cost: 2, score: 0.3 },
      { cost: 3, score: 0.8 },
      { cost: 4, score: 0.7 },
    ];

    expect(hullOf(points)).toEqual([points[0], points[2]]);
  });

  it('has the area under two points and what lies behind the dearer', () => {
    const points = [
      { cost: 1, score: 0.4 },
      { cost: 3, score: 0.8 },
    ];

    // nothing below 1, a trapezoid of .6 by 2, then .8 up to 4
    expect(averageQuality(points, 4)).toBeCloseTo((1.2 + 0.8) / 4, 12);
    expect(averageQuality(points, 2)).toBeCloseTo(((0.4 + 0.6) / 2) * (1 / 2), 12);
  });

  it('finds the cost of a score between two points', () => {
    const points = [
      { cost: 1, score: 0.4 },
      { cost: 3, score: 0.8 },
    ];

    expect(costForScore(points, 0.5)).toBeCloseTo(1.5, 12);
    expect(costForScore(points, 0.1)).toBe(1);
    expect(costForScore(points, 0.81)).toBeNaN();
  });

  it('rises and bends down, covers every point, and never loses by one more', () => {
    const point = fc.record({
      cost: fc.double({ min: 0.01, max: 10, noNaN: true }),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 20 }), point, (points, more) => {
        const hull = hullOf(points);

        for (let at = 1; at < hull.length; at += 1) {
          expect(hull[at]?.cost).toBeGreaterThan(hull[at - 1]?.cost ?? 0);
          expect(hull[at]?.score).toBeGreaterThan(hull[at - 1]?.score ?? 0);
        }
        for (const { cost, score } of points)
          expect(costForScore(points, score)).toBeLessThanOrEqual(cost + 1e-9);
        expect(averageQuality([...points, more], 10)).toBeGreaterThanOrEqual(
          averageQuality(points, 10) - 1e-9,
        );
      }),
    );
  });
});
