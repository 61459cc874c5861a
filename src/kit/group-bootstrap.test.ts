import { describe, expect, it } from 'vitest';
import { chanceOf } from './chance.ts';
import { groupBootstrap } from './group-bootstrap.ts';

const meanOf = (values: readonly number[]) => (weights: Float64Array) => {
  let sum = 0;
  let count = 0;
  for (const [at, value] of values.entries()) {
    sum += (weights[at] ?? 0) * value;
    count += weights[at] ?? 0;
  }
  return { mean: sum / count };
};
const parts = () => {
  let draws = 0;
  const random = () => {
    draws += 1;
    return chanceOf(`draw ${draws}`);
  };
  return { random, resamples: 400 };
};

describe('a bootstrap over groups', () => {
  const values = Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 1 : 0));

  it('tells the figure of the rows as they are, and where it lies', () => {
    const { mean } = groupBootstrap(
      values.map((_, at) => `${at}`),
      meanOf(values),
      parts(),
    );

    expect(mean.value).toBe(0.5);
    expect(mean.high - mean.low).toBeGreaterThan(0.1);
    expect(mean.high - mean.low).toBeLessThan(0.18);
  });

  it('knows less of few large groups than of as many rows by themselves', () => {
    const alike = values.map((_, at) => (at < 100 ? 1 : 0));

    const alone = groupBootstrap(
      alike.map((_, at) => `${at}`),
      meanOf(alike),
      parts(),
    );
    const grouped = groupBootstrap(
      alike.map((_, at) => `${Math.floor(at / 20)}`),
      meanOf(alike),
      parts(),
    );

    expect(grouped.mean.high - grouped.mean.low).toBeGreaterThan(2 * (alone.mean.high - alone.mean.low));
  });

  it('passes over draws that tell nothing', () => {
    const { figure } = groupBootstrap(
      ['a', 'b', 'c', 'd'],
      (weights) => ({ figure: weights[0] === 0 ? Number.NaN : 7 }),
      parts(),
    );

    expect(figure).toEqual({ value: 7, low: 7, high: 7 });
  });

  it('gives the same bounds for the same chance', () => {
    const groups = values.map((_, at) => `${at}`);

    expect(groupBootstrap(groups, meanOf(values), parts())).toEqual(
      groupBootstrap(groups, meanOf(values), parts()),
    );
  });
});
