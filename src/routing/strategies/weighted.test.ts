import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../kit/chance.ts';
import { subjectOf } from '../conditions/subject-of.cases.ts';
import { compileStrategy, strategySchema } from './index.ts';
import { questionOf, strategyParts } from './parts-of.cases.ts';
import type { TierModels } from './strategy.ts';

const tiers = {
  light: ['p/small', 'q/small'],
  mid: ['p/middle'],
  frontier: ['p/large'],
} as unknown as TierModels;

const compile = (weights: Record<string, number>, sick: readonly string[] = []) => {
  const choose = compileStrategy(
    strategySchema.parse({ type: 'weighted', weights }),
    strategyParts({ tiers }),
  );
  return (sessionChance: number) =>
    choose(questionOf(subjectOf(), { sessionChance, canServe: (id) => !sick.includes(id) }));
};

/** The shares of those who are asked first, over evenly spread chances. */
const shares = (weights: Record<string, number>, sick: readonly string[] = [], rounds = 1_000) => {
  const choose = compile(weights, sick);
  const counts: Record<string, number> = {};
  for (let round = 0; round < rounds; round += 1) {
    const first = choose((round + 0.5) / rounds).models.find((id) => !sick.includes(id)) as string;
    counts[first] = (counts[first] ?? 0) + 1 / rounds;
  }
  return counts;
};

describe('weights', () => {
  it('are the shares of conversations', () => {
    const { 'p/small': light, 'p/large': large } = shares({ light: 3, 'p/large': 1 });

    expect(light).toBeCloseTo(0.75);
    expect(large).toBeCloseTo(0.25);
  });

  it('keep a conversation where it began', () => {
    const choose = compile({ light: 1, mid: 1, frontier: 1 });
    const chance = chanceOf('conversation-7');

    expect(choose(chance)).toEqual(choose(chance));
  });

  it('log the chance with which one was drawn', () => {
    expect(compile({ light: 3, 'p/large': 1 })(0.1)).toMatchObject({
      models: ['p/small', 'q/small', 'p/large'],
      propensity: 0.75,
      reasons: ['drawn for this conversation: light, as for 75 % of them'],
    });
  });

  it('of nothing draw nobody', () => {
    expect(compile({ light: 0, mid: 1 })(0)).toMatchObject({
      models: ['p/middle'],
      propensity: 1,
      mayRise: true,
    });
    expect(strategySchema.safeParse({ type: 'weighted', weights: { light: 0 } }).success).toBe(false);
    expect(strategySchema.safeParse({ type: 'weighted', weights: { light: -1, mid: 2 } }).success).toBe(
      false,
    );
  });

  it('are those of who is left where one cannot serve, and nobody else is moved', () => {
    const weights = { 'p/a': 5, 'p/b': 3, 'p/c': 2 };
    const { 'p/b': b, 'p/c': c } = shares(weights, ['p/a']);

    expect(b).toBeCloseTo(0.6, 2);
    expect(c).toBeCloseTo(0.4, 2);
    for (let at = 0.5005; at < 1; at += 0.001)
      expect(compile(weights, ['p/a'])(at).models[0]).toBe(compile(weights)(at).models[0]);
    expect(compile(weights, ['p/a'])(0.1).propensity).toBeCloseTo(0.6);
  });

  it('leave it to the gates to say why nobody can serve', () => {
    expect(compile({ 'p/a': 1, 'p/b': 1 }, ['p/a', 'p/b'])(0.9).models).toEqual(['p/b', 'p/a']);
  });

  it('draw each with the chance they log, for any weights and whoever is sick', () => {
    const names = ['p/a', 'p/b', 'p/c', 'p/d'];
    fc.assert(
      fc.property(
        fc.tuple(...names.map(() => fc.integer({ min: 1, max: 9 }))),
        fc.subarray(names, { maxLength: 3 }),
        (list, sick) => {
          const weights = Object.fromEntries(names.map((name, index) => [name, list[index] as number]));
          const choose = compile(weights, sick);
          const rounds = 400;
          const [counts, told] = [new Map<string, number>(), new Map<string, number>()];
          for (let round = 0; round < rounds; round += 1) {
            const { models, propensity } = choose((round + 0.5) / rounds);
            counts.set(models[0] as string, (counts.get(models[0] as string) ?? 0) + 1);
            told.set(models[0] as string, propensity);
          }
          for (const [name, count] of counts) {
            expect(sick).not.toContain(name);
            expect(Math.abs(count / rounds - (told.get(name) ?? 0))).toBeLessThan(0.03);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
