import { describe, expect, it } from 'vitest';
import { type Pool, poolOf } from '../../src/learning/evaluate-pool.ts';
import { knownRows } from '../../src/learning/known-rows.cases.ts';
import { lengthRouter, oracleRouter, tagMeansRouter } from './learners.ts';
import { pairFigures } from './pair-figures.ts';
import { textReport } from './report.ts';
import { tables } from './tables/index.ts';
import { bestConstant, chooseCascade } from './task-policies.ts';

const pair = { weak: 'small', strong: 'large' };
const chances = { easy: { small: 0.95, large: 0.95 }, hard: { small: 0.1, large: 0.9 } };
const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

describe('the figures of a pair', () => {
  const training = knownRows(200, chances, { seed: 2 });
  const test = knownRows(400, chances);

  it('show that tag means know what is hard, and a coin does not', () => {
    const scores = {
      tags: tagMeansRouter(training, pair)(test),
      coin: new Float64Array(400),
      oracle: oracleRouter(pair)(test),
    };

    const { routers, gain } = pairFigures([{ test, scores }], pair, { seed: 1, resamples: 100 });

    expect(routers.coin?.apgr.value).toBeCloseTo(0.5, 9);
    expect(routers.tags?.apgr.low).toBeGreaterThan(0.65);
    expect(gain('tags', 'coin').low).toBeGreaterThan(0.1);
    expect(gain('oracle', 'tags').low).toBeGreaterThan(0);
  });

  it('count a row that two fits have told once', () => {
    const scores = { tags: tagMeansRouter(training, pair)(test) };

    const once = pairFigures([{ test, scores }], pair, { seed: 1, resamples: 100 });
    const twice = pairFigures(
      [
        { test, scores },
        { test, scores },
      ],
      pair,
      { seed: 1, resamples: 100 },
    );

    expect(twice.rows).toBe(400);
    expect(twice.routers.tags?.apgr.high).toBeCloseTo(once.routers.tags?.apgr.high ?? 0, 9);
  });

  it('let length learn its sign on training rows', () => {
    const shortIsHard = training.map((row, at) => ({
      ...row,
      subject: { ...row.subject, ask: row.subject.tags.task === 'hard' ? 'x' : 'word '.repeat(10 + at) },
    }));

    const scores = lengthRouter(shortIsHard, pair)(shortIsHard);

    expect(scores[shortIsHard.findIndex(({ subject }) => subject.ask === 'x')]).toBe(Math.max(...scores));
  });
});

describe('policies for whole tasks', () => {
  const world = { one: { small: 0.5, middle: 0.7, large: 0.71 } };
  const costs = { small: 0.1, middle: 1, large: 10 };
  const poolFrom = (seed: number): Pool =>
    poolOf(knownRows(400, world, { seed, costs }), [], { tierOf: () => 'mid' });
  const [training, test] = [poolFrom(1), poolFrom(2)];

  it('take the cheapest constant that cannot be told from the best', () => {
    const { cost } = bestConstant(training, test);

    expect(total(cost)).toBeCloseTo(400, 6);
  });

  it('pay for every call of a cascade, and resolve what tests let through', () => {
    const { cost, score } = chooseCascade(
      { caught: 1, falseAlarms: 0 },
      'twice the best constant',
      1,
    )(training, test);

    expect(total(cost)).toBeLessThan(800);
    expect(total(score)).toBeGreaterThan(total(bestConstant(training, test).score) + 20);
  });

  it('win less by a cascade whose evidence is rough', () => {
    const strict = chooseCascade({ caught: 1, falseAlarms: 0 }, 'dearest', 1)(training, test);
    const rough = chooseCascade({ caught: 0.5, falseAlarms: 0.3 }, 'dearest', 1)(training, test);

    expect(total(rough.score)).toBeLessThan(total(strict.score));
  });
});

describe('the report', () => {
  it('says which tables were skipped, and why', () => {
    const [table] = tables;
    if (!table) throw new Error('there is no table');

    const text = textReport([{ type: 'skipped', table, missing: table.sources }]);

    expect(text).toContain('skipped');
    expect(text).toContain(table.sources[0]);
    expect(new Set(tables.map(({ name }) => name)).size).toBe(tables.length);
  });
});
