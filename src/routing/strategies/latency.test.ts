import { describe, expect, it } from 'vitest';
import { subjectOf } from '../conditions/subject-of.cases.ts';
import type { Speed } from '../speed.ts';
import { compileStrategy, strategySchema } from './index.ts';
import { questionOf, strategyParts } from './parts-of.cases.ts';
import type { StrategyQuestion, TierModels } from './strategy.ts';

const tiers = { light: ['p/a', 'p/b', 'p/c'], mid: ['p/middle'], frontier: [] } as unknown as TierModels;

const wish = (
  speeds: Record<string, Partial<Speed>>,
  question: Partial<StrategyQuestion> = {},
  config: object = {},
) =>
  compileStrategy(
    strategySchema.parse({ type: 'latency', use: 'light', ...config }),
    strategyParts({
      tiers,
      speed: (id) => {
        const told = speeds[id];
        return told && { firstByteMs: 500, msPerToken: 10, samples: 20, ...told };
      },
    }),
  )(questionOf(subjectOf(), question));

describe('latency', () => {
  it('asks the fastest first, and tells how long it takes', () => {
    const { models, reasons, tier, mayRise } = wish({
      'p/a': { msPerToken: 20 },
      'p/b': { firstByteMs: 200, msPerToken: 1 },
      'p/c': {},
    });

    expect({ models, tier, mayRise }).toEqual({
      models: ['p/b', 'p/c', 'p/a'],
      tier: 'light',
      mayRise: true,
    });
    expect(reasons).toEqual(['fastest of: light', 'p/b, some 700 ms for such an answer']);
  });

  it('weighs a quick start against quick words by how long the answer will be', () => {
    const speeds = {
      'p/a': { firstByteMs: 100, msPerToken: 20 },
      'p/b': { firstByteMs: 3_000, msPerToken: 2 },
    };

    expect(wish(speeds, { subject: subjectOf({ maxOutputTokens: 10 }) }).models[0]).toBe('p/a');
    expect(wish(speeds, { subject: subjectOf({ answerTokens: 2_000 }) }).models[0]).toBe('p/b');
  });

  it('trusts no figure that rests on too little', () => {
    expect(wish({ 'p/a': {}, 'p/b': { firstByteMs: 1, samples: 3 } }).models).toEqual(['p/a', 'p/b', 'p/c']);
  });

  it('keeps the order of the list while nothing is measured', () => {
    expect(wish({})).toMatchObject({
      models: ['p/a', 'p/b', 'p/c'],
      reasons: ['fastest of: light', 'nothing measured yet: in their order'],
      propensity: 1,
    });
  });

  it('measures the others in a few conversations, and logs with what chance', () => {
    const speeds = { 'p/a': {} };

    expect(wish(speeds, { sessionChance: 0.03 })).toMatchObject({
      models: ['p/c', 'p/a', 'p/b'],
      propensity: 0.025,
      reasons: ['fastest of: light', 'p/c is asked to measure it'],
    });
    expect(wish(speeds, { sessionChance: 0.05 })).toMatchObject({
      models: ['p/a', 'p/b', 'p/c'],
      propensity: 0.95,
    });
    expect(wish(speeds, { sessionChance: 0 }, { probe: 0 })).toMatchObject({ models: ['p/a', 'p/b', 'p/c'] });
  });

  it('leaves conversations and tool loops alone', () => {
    const session = { model: 'p/a', warmTokens: 0 } as unknown as NonNullable<StrategyQuestion['session']>;

    expect(wish({ 'p/a': {} }, { sessionChance: 0, session }).propensity).toBe(1);
    expect(
      wish({ 'p/a': {} }, { sessionChance: 0, subject: subjectOf({ isToolLoop: true }) }).propensity,
    ).toBe(1);
  });

  it('counts only who can serve', () => {
    expect(wish({ 'p/a': {}, 'p/b': {} }, { canServe: (id) => id !== 'p/a' }).models).toEqual(['p/b', 'p/c']);
  });
});
