import { describe, expect, it } from 'vitest';
import { mean, normalQuantile, pairedBootstrap, quantile, wilson, z95 } from './statistics.ts';

describe('Wilson’s interval', () => {
  it('is as the tables have it', () => {
    expect(wilson(10, 20)).toEqual({ low: expect.closeTo(0.2993, 4), high: expect.closeTo(0.7007, 4) });
    expect(wilson(0, 10)).toEqual({ low: 0, high: expect.closeTo(0.2775, 4) });
    expect(wilson(10, 10)).toEqual({ low: expect.closeTo(0.7225, 4), high: 1 });
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe('quantiles', () => {
  it('lie between values where they have to', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([4, 1, 3, 2], 1)).toBe(4);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('the paired bootstrap', () => {
  // a small generator of its own: kit knows nothing of the simulator
  const chance = () => {
    let state = 1;
    return () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
  };

  it('covers the mean about as widely as its standard error says', () => {
    const column = Float64Array.from({ length: 400 }, (_, at) => at % 2);

    const { whole } = pairedBootstrap([column], (means) => ({ whole: means[0] ?? 0 }), {
      random: chance(),
      resamples: 2000,
    });

    expect(whole.value).toBe(0.5);
    expect(whole.low).toBeCloseTo(0.5 - 1.96 * 0.025, 1);
    expect(whole.high).toBeCloseTo(0.5 + 1.96 * 0.025, 1);
  });

  it('is paired: columns that differ by a constant differ by it in every draw', () => {
    const left = Float64Array.from({ length: 50 }, (_, at) => (at * at) % 17);
    const right = left.map((value) => value + 2);

    const { gap } = pairedBootstrap([left, right], ([one = 0, two = 0]) => ({ gap: two - one }), {
      random: chance(),
      resamples: 200,
    });

    expect(gap.low).toBeCloseTo(2);
    expect(gap.high).toBeCloseTo(2);
  });
});

describe('the mean', () => {
  it('is none of nothing', () => {
    expect(mean([])).toBeNaN();
    expect(mean([1, 2, 6])).toBe(3);
  });
});

describe('quantiles of the normal distribution', () => {
  it.each([
    [0.5, 0],
    [0.8, 0.841621],
    [0.95, 1.644854],
    [0.975, z95],
    [0.1, -1.281552],
  ])('know that %f reaches %f deviations', (share, deviations) => {
    expect(normalQuantile(share)).toBeCloseTo(deviations, 4);
  });
});
