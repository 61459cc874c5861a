import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixOf } from './same-cost-mix.ts';

const light = { cost: 1, score: 0.5 };
const mid = { cost: 3, score: 0.8 };
const frontier = { cost: 11, score: 1 };

describe('the random mix of the same cost', () => {
  it('mixes the two constants on either side of the cost', () => {
    expect(mixOf([light, mid, frontier], 2)).toEqual({
      cost: 2,
      score: 0.65,
      lower: 0,
      upper: 1,
      share: 0.5,
    });
    expect(mixOf([light, mid, frontier], 7)).toMatchObject({
      lower: 1,
      upper: 2,
      share: 0.5,
      score: expect.closeTo(0.9),
    });
  });

  it('passes over a constant that a mix of the others beats', () => {
    const poor = { cost: 6, score: 0.6 };

    expect(mixOf([light, poor, frontier], 6)).toMatchObject({
      lower: 0,
      upper: 2,
      score: expect.closeTo(0.75),
    });
  });

  it('buys nothing with money beyond the best, and is the cheapest below it', () => {
    expect(mixOf([light, mid, frontier], 20)).toMatchObject({ score: 1, lower: 2, upper: 2 });
    expect(mixOf([light, mid, { cost: 11, score: 0.7 }], 9)).toMatchObject({ score: 0.8, lower: 1 });
    expect(mixOf([light, mid, frontier], 0.5)).toMatchObject({ score: 0.5, share: 0, lower: 0 });
  });

  it('is never worse than any mix of two constants', () => {
    const corner = fc.record({
      cost: fc.double({ min: 0.01, max: 10, noNaN: true }),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.tuple(corner, corner, corner),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (corners, share) => {
          const [one, two] = corners;
          const cost = one.cost * (1 - share) + two.cost * share;
          const score = one.score * (1 - share) + two.score * share;
          expect(mixOf(corners, cost).score).toBeGreaterThanOrEqual(score - 1e-9);
        },
      ),
    );
  });
});
