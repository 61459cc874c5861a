import { describe, expect, it } from 'vitest';
import type { Tier } from '../core/model.ts';
import { type ScoreRow, scorecard } from './scorecard.ts';
import { scorecardText } from './scorecard-text.ts';

const constants = { light: 'l', mid: 'm', frontier: 'f' };
const modelOf: Readonly<Record<Tier, string>> = constants;
const costs = { l: 1, m: 3, f: 11 };

/** Which of the three models solve it, and where it was routed. */
const row = (id: number, solvedBy: string, tier: Tier, promptTokens = 10): ScoreRow => {
  const models = Object.fromEntries(
    Object.entries(costs).map(([name, costUsd]) => [
      name,
      { costUsd, score: solvedBy.includes(name) ? 1 : 0 },
    ]),
  );
  const model = modelOf[tier];
  return {
    id: `${id}`,
    promptTokens,
    models,
    routed: { model, tier, latencyMs: 100 * (id + 1), ...(models[model] ?? { score: 0, costUsd: 0 }) },
  };
};

// ten requests: six that all solve, two for mid and up, two for the frontier only; routed without a mistake
const perfect = [
  ...Array.from({ length: 6 }, (_, id) => row(id, 'lmf', 'light', 100 + id)),
  row(6, 'mf', 'mid', 20),
  row(7, 'mf', 'mid', 21),
  row(8, 'f', 'frontier', 5),
  row(9, 'f', 'frontier', 6),
];

describe('a scorecard', () => {
  const card = scorecard(perfect, { constants, resamples: 400 });
  const control = (name: string) => {
    const found = card.controls.find((each) => each.name === name);
    if (!found) throw new Error(name);
    return found;
  };

  it('tells shares, success, cost and latency of each tier', () => {
    expect(card.tiers).toMatchObject([
      { tier: 'light', requests: 6, share: 0.6, success: { value: 1 }, costUsd: 1, p50LatencyMs: 350 },
      { tier: 'mid', requests: 2, share: 0.2, success: { value: 1 }, costUsd: 3, p50LatencyMs: 750 },
      { tier: 'frontier', requests: 2, share: 0.2, success: { value: 1 }, costUsd: 11, p50LatencyMs: 950 },
    ]);
    expect(card.tiers[1]?.success.low).toBeCloseTo(0.342, 3);
  });

  it('sets the routed run beside its controls, as computed by hand', () => {
    // 6 × 1 + 2 × 3 + 2 × 11 = 34
    expect(card.routed).toMatchObject({ costUsd: { value: expect.closeTo(3.4) }, success: { value: 1 } });
    expect(control('always light')).toMatchObject({ costUsd: { value: 1 }, success: { value: 0.6 } });
    expect(control('always mid')).toMatchObject({ costUsd: { value: 3 }, success: { value: 0.8 } });
    expect(control('always frontier')).toMatchObject({ costUsd: { value: 11 }, success: { value: 1 } });
    // from mid at 3 to frontier at 11: 0.4 of 8 dollars buys 5 % of the way
    expect(control('random, same cost')).toMatchObject({
      costUsd: { value: expect.closeTo(3.4) },
      success: { value: expect.closeTo(0.81) },
    });
    expect(control('oracle')).toMatchObject({
      costUsd: { value: expect.closeTo(3.4) },
      success: { value: 1 },
    });
    expect(card.saving.value).toBeCloseTo(1 - 3.4 / 11);
    expect(card.overMix.value).toBeCloseTo(0.19);
  });

  it('gives the length rule the same money and no more', () => {
    // 4 dollars over ten times mid do not pay for one frontier call (8 more), so all go to mid
    expect(control('by length, same cost')).toMatchObject({ costUsd: { value: 3 }, success: { value: 0.8 } });

    const dearer = perfect.map((each, at) => (at === 6 ? row(6, 'mf', 'frontier', 20) : each));
    const twice = scorecard(dearer, { constants, resamples: 50 });
    // 42 − 30 = 12 dollars: the one longest prompt goes up, and it needed none of it
    expect(twice.controls.find(({ name }) => name.startsWith('by length'))).toMatchObject({
      costUsd: { value: expect.closeTo(3.8) },
      success: { value: 0.8 },
    });
  });

  it('says above, below or neither, by the paired interval', () => {
    const many = Array.from({ length: 20 }, () => perfect)
      .flat()
      .map((each, id) => ({ ...each, id: `${id}` }));
    const backwards = many.map((each, id) => {
      const solvedBy = Object.entries(each.models)
        .filter(([, { score }]) => score === 1)
        .map(([name]) => name)
        .join('');
      return row(id, solvedBy, solvedBy === 'lmf' ? 'frontier' : 'light');
    });
    const blind = many.map((each, id) => {
      const solvedBy = Object.entries(each.models)
        .filter(([, { score }]) => score === 1)
        .map(([name]) => name)
        .join('');
      return row(id, solvedBy, id % 2 === 0 ? 'mid' : 'frontier');
    });

    expect(scorecard(many, { constants, resamples: 300 }).verdict).toBe('above');
    expect(scorecard(backwards, { constants, resamples: 300 }).verdict).toBe('below');
    expect(scorecard(blind, { constants, resamples: 300 }).verdict).toBe('indistinguishable');
  });

  it('is the same from the same seed', () => {
    expect(scorecard(perfect, { constants, resamples: 400 })).toEqual(card);
    expect(scorecard(perfect, { constants, resamples: 400, seed: 2 }).overMix.value).toBe(card.overMix.value);
  });

  it('names the best single model where it is none of the constants', () => {
    const cheap = perfect.map((each) => ({
      ...each,
      models: { ...each.models, gem: { score: 1, costUsd: 2 } },
    }));

    expect(
      scorecard(cheap, { constants, resamples: 50 }).controls.find(({ name }) => name === 'best one model'),
    ).toMatchObject({
      detail: 'gem, known in hindsight',
      success: { value: 1 },
    });
  });

  it('refuses rows without the outcome of a constant, and no rows', () => {
    expect(() => scorecard([{ ...(perfect[0] as ScoreRow), models: {} }], { constants })).toThrow(
      'row "0" has no outcome of "l"',
    );
    expect(() => scorecard([], { constants })).toThrow(RangeError);
  });

  it('prints as a table that says how many, and its verdict in plain words', () => {
    const text = scorecardText(
      scorecard(perfect, { constants, resamples: 400, notes: ['costs are made up'] }),
    );

    expect(text).toMatchInlineSnapshot(`
      "10 requests, routed to
        tier      requests   share  success        95 %  $ / 1,000     p50     p95
        light            6  60.0 %  100.0 %  61.0–100.0       1000  350 ms  575 ms
        mid              2  20.0 %  100.0 %  34.2–100.0       3000  750 ms  795 ms
        frontier         2  20.0 %  100.0 %  34.2–100.0      11000  950 ms  995 ms

      beside its controls, on the same requests
                                $ / 1,000         95 %  success        95 %
        > routed                     3400    1200–6200  100.0 %  72.2–100.0
          always light               1000    1000–1000   60.0 %   31.3–83.2  l
          always mid                 3000    3000–3000   80.0 %   49.0–94.3  m
          always frontier           11000  11000–11000  100.0 %  72.2–100.0  f
          random, same cost          3400    1200–6200   81.0 %   71.0–91.0  5 % to f, the others to m
          by length, same cost       3000    3000–3000   80.0 %   49.0–94.3  the longest to f, the others to m
          oracle                     3400    1200–6200  100.0 %  72.2–100.0  the cheapest of the models that do best

      Saved against always frontier: 69.1 % (95 %: 43.6 % to 89.1 %)
      Its success lies above the same-cost random mix: +19.0 points (95 %: +9.0 to +29.0).

      random, same cost: the best that a coin can do for the money, two of the constants mixed blindly. by
      length: the same two, the longer prompts to the dearer one. oracle: needs to know every answer
      beforehand.
      Intervals: of success by Wilson, of costs, savings and the mix by paired bootstrap.
      Note: costs are made up."
    `);
  });
});
