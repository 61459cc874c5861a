import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tasks } from '../../core/features.ts';
import { type ModelId, tiers } from '../../core/model.ts';
import type { Predictor } from '../../core/prediction.ts';
import { fixedPredictor, type Opinions } from '../../testing/fixed-predictor.ts';
import { sampleModel, samplePrices } from '../../testing/sample-model.ts';
import type { Subject } from '../conditions/condition.ts';
import { subjectOf } from '../conditions/subject-of.cases.ts';
import { Pace } from '../pace.ts';
import { compileStrategy, strategySchema } from './index.ts';
import { questionOf, strategyParts } from './parts-of.cases.ts';
import type { StrategyParts, StrategyQuestion, TierModels, Wish } from './strategy.ts';

const pool = {
  light: ['small', 'tiny'].map((name) => sampleModel(name, { tier: 'light', prices: samplePrices(1) })),
  mid: ['middle', 'center'].map((name) => sampleModel(name, { tier: 'mid', prices: samplePrices(5) })),
  frontier: ['large', 'huge'].map((name) =>
    sampleModel(name, { tier: 'frontier', prices: samplePrices(20) }),
  ),
};
const elsewhere = sampleModel('elsewhere', { prices: samplePrices(2) });
const models = new Map([...Object.values(pool).flat(), elsewhere].map((model) => [model.id, model]));
const idsOf = (tier: keyof typeof pool) => pool[tier].map(({ id }) => id);
const tierModels: TierModels = { light: idsOf('light'), mid: idsOf('mid'), frontier: idsOf('frontier') };
const [small, middle, large] = [pool.light[0], pool.mid[0], pool.frontier[0]].map((model) => model?.id) as [
  ModelId,
  ModelId,
  ModelId,
];

/** Of the cheapest it thinks highest: whoever believes it goes down wherever that is allowed. */
const flatterer: Opinions = Object.fromEntries(
  [...models.keys()].map((id) => [id, { success: id === small ? 0.99 : 0.9 }]),
);

const compile = (config: object, rest: Partial<StrategyParts> = {}) =>
  compileStrategy(
    strategySchema.parse({ type: 'hybrid', ...config }),
    strategyParts({
      tiers: tierModels,
      model: (id) => models.get(id),
      reference: models.get(large),
      predictor: () => fixedPredictor(flatterer),
      ...rest,
    }),
  );

const wish = (
  config: object,
  subject: Partial<Subject> = {},
  rest: Partial<StrategyParts> = {},
  question: Partial<StrategyQuestion> = {},
): Wish => compile(config, rest)(questionOf(subjectOf(subject), question));

describe('a hybrid', () => {
  it('lets the policy choose where no rule holds', () => {
    const { models: asked, rule, within, policy } = wish({ rules: [] });

    expect(asked[0]).toBe(small);
    expect({ rule, within, policy }).toEqual({
      rule: undefined,
      within: undefined,
      policy: 'fixed@00000000',
    });
  });

  it('does not ask the policy where a rule decides', () => {
    const decided = wish({ rules: [{ name: 'ours', use: 'mid' }] });

    expect(decided).toMatchObject({ models: tierModels.mid, rule: 'ours', mayRise: true });
    expect(decided.policy).toBeUndefined();
  });

  it.each([
    ['atLeast', 'mid', middle, ['mid', 'frontier']],
    ['atLeast', 'frontier', large, ['frontier']],
    ['atMost', 'light', small, ['light']],
    ['among', [middle, 'frontier'], middle, undefined],
  ] as const)('chooses inside "%s: %s" only', (bound, to, first, inTiers) => {
    const { models: asked, rule, within, reasons } = wish({ rules: [{ name: 'bounds', [bound]: to }] });

    expect(asked[0]).toBe(first);
    expect(rule).toBe('bounds');
    expect(within).toEqual(
      inTiers ? inTiers.flatMap((tier) => tierModels[tier]) : [middle, ...tierModels.frontier],
    );
    expect(reasons.at(-1)).toMatch(/^rule "bounds": /);
    for (const id of asked) expect(within).toContain(id);
  });

  it('lets the earlier of two rules hold that contradict each other, and says so', () => {
    const {
      models: asked,
      reasons,
      rule,
    } = wish({
      rules: [
        { name: 'high', atLeast: 'frontier' },
        { name: 'cheap', atMost: 'mid' },
        { name: 'small', use: 'light' },
      ],
    });

    expect(asked).toEqual(tierModels.frontier);
    expect(rule).toBe('high');
    expect(reasons.slice(-3)).toEqual([
      'rule "high": at least frontier',
      'rule "cheap" gives way',
      'rule "small" gives way',
    ]);
  });

  it('keeps a deciding rule inside what earlier rules left', () => {
    const decided = wish({
      rules: [
        { name: 'not the best', atMost: 'mid' },
        { name: 'two', use: ['frontier', middle, 'light'] },
      ],
    });

    expect(decided).toMatchObject({
      models: [middle, ...tierModels.light, 'provider/center'],
      mayRise: false,
      rule: 'two',
      tier: 'mid',
    });
    expect(decided.reasons).toEqual([
      'rule "not the best": at most mid',
      `rule "two": frontier, ${middle}, light`,
    ]);
  });

  it('may be bounded to models that are not of the route', () => {
    expect(wish({ rules: [{ name: 'abroad', among: [elsewhere.id] }] }).models).toEqual([elsewhere.id]);
    expect(
      wish({ rules: [{ name: 'abroad', when: { caller: 'x' }, among: [elsewhere.id] }] }).models,
    ).not.toContain(elsewhere.id);
  });
});

describe('where too little is known', () => {
  const ignorant = { predictor: () => fixedPredictor({}) };

  it('a hybrid asks whom the selection matrix would ask', () => {
    expect(wish({ rules: [] }, { task: 'coding' }, ignorant)).toMatchObject({
      tier: 'mid',
      models: tierModels.mid,
      rule: 'everyday work',
    });
    expect(wish({ rules: [] }, { task: 'expert' }, ignorant).tier).toBe('frontier');
  });

  it('a hybrid asks whom it is told to', () => {
    expect(wish({ rules: [], otherwise: 'frontier' }, {}, ignorant).models).toEqual(tierModels.frontier);
  });

  it('a hybrid stays inside its rules', () => {
    const bounded = { rules: [{ name: 'up', atLeast: 'frontier' }], otherwise: 'mid' };

    expect(wish(bounded, {}, ignorant)).toMatchObject({ models: tierModels.frontier, mayRise: false });
    expect(wish(bounded, {}, { predictor: () => undefined }).models).toEqual(tierModels.frontier);
  });

  it('a hybrid goes to the best of what is left below', () => {
    const bounded = { rules: [{ name: 'down', atMost: 'mid' }], otherwise: 'frontier' };

    expect(wish(bounded, {}, ignorant).models).toEqual([...tierModels.mid, ...tierModels.light]);
  });
});

describe('the default guardrails', () => {
  const first = (subject: Partial<Subject>) => wish({}, { tags: {}, ...subject }).models[0];

  it.each(['security', 'architecture', 'reasoning', 'expert'] as const)(
    'keep %s at the frontier, whatever the policy says',
    (task) => {
      expect(first({ task })).toBe(large);
    },
  );

  it('keep up what the caller calls critical, though it be an easy task', () => {
    expect(first({ task: 'formatting', tags: { priority: 'critical' } })).toBe(large);
  });

  it('send side calls down without asking the policy', () => {
    expect(wish({}, { task: 'background', tags: {} })).toMatchObject({
      models: tierModels.light,
      rule: 'background calls',
    });
  });

  it('let nothing go light that the recogniser is unsure of', () => {
    expect(first({ task: 'unsure' })).toBe(middle);
  });

  it('leave everyday work to the policy', () => {
    expect(first({ task: 'coding' })).toBe(small);
  });

  it('keep easy work from the frontier', () => {
    const proud = {
      predictor: () =>
        fixedPredictor({
          ...flatterer,
          [small]: { success: 0.1 },
          'provider/tiny': { success: 0.1 },
          [large]: { success: 1 },
        }),
    };

    expect(wish({}, { task: 'formatting', tags: {}, askTokens: 100 }, proud).tier).toBe('mid');
  });
});

describe('whatever the policy says, the rules hold', () => {
  const name = fc.constantFrom(...tiers, ...models.keys());
  const target = fc.oneof(
    fc.record({ use: fc.oneof(name, fc.array(name, { minLength: 1, maxLength: 3 })) }),
    fc.record({ atLeast: fc.constantFrom(...tiers) }),
    fc.record({ atMost: fc.constantFrom(...tiers) }),
    fc.record({ among: fc.array(name, { minLength: 1, maxLength: 3 }) }),
  );
  const when = fc.constantFrom<object>(
    {},
    { task: ['coding'] },
    { task: ['expert', 'unsure'] },
    { tokens: { min: 1_000 } },
    { tag: { job: 'nightly' } },
    { not: { task: ['coding'] } },
  );
  const rules = fc
    .array(fc.tuple(when, target), { maxLength: 5 })
    .map((list) => list.map(([condition, to], index) => ({ name: `rule ${index}`, when: condition, ...to })));
  const aim = fc.oneof(
    fc.record({ quality: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
    fc.record({ spend: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
    fc.record({ tradeOff: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );
  const opinion = fc.record({
    success: fc.double({ min: 0, max: 1, noNaN: true }),
    spread: fc.double({ min: 0, max: 1, noNaN: true }),
    evidence: fc.nat(100),
  });
  const opinions = fc.record(Object.fromEntries([...models.keys()].map((id) => [id, opinion])));
  const subject = fc.record({
    task: fc.constantFrom(...tasks),
    promptTokens: fc.nat(100_000),
    isToolLoop: fc.boolean(),
  });

  /** The same told in another way: who may be asked, read off the rules one by one. */
  const mayBeAsked = (list: readonly Record<string, unknown>[], { task, promptTokens }: Partial<Subject>) => {
    const holds = (condition: object): boolean =>
      [
        [{}, true],
        [{ task: ['coding'] }, task === 'coding'],
        [{ task: ['expert', 'unsure'] }, task === 'expert' || task === 'unsure'],
        [{ tokens: { min: 1_000 } }, (promptTokens ?? 0) >= 1_000],
        [{ tag: { job: 'nightly' } }, true],
        [{ not: { task: ['coding'] } }, task !== 'coding'],
      ].find(([one]) => JSON.stringify(one) === JSON.stringify(condition))?.[1] as boolean;
    const named = (names: unknown): ModelId[] =>
      [names].flat().flatMap((one) => tierModels[one as 'mid'] ?? [one as ModelId]);
    let left = [...models.keys()];
    for (const { when: condition, use, atLeast, atMost, among } of list) {
      if (!holds(condition as object)) continue;
      const at = tiers.indexOf((atLeast ?? atMost) as 'mid');
      const wanted = among
        ? named(among)
        : atLeast
          ? named(tiers.slice(at))
          : atMost
            ? named(tiers.slice(0, at + 1))
            : named(use);
      const narrowed = left.filter((id) => wanted.includes(id));
      if (narrowed.length === 0) continue;
      // a deciding rule that names tiers may rise to dearer ones where its own fail, as far as the others let it
      if (use) return { first: narrowed, all: left };
      left = narrowed;
    }
    return { first: left, all: left };
  };

  it('for any rules, requests, policies, aims and lots', () => {
    fc.assert(
      fc.property(
        fc.record({
          rules,
          aim,
          opinions,
          subject,
          chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        }),
        fc.record({
          hasPolicy: fc.boolean(),
          explores: fc.boolean(),
          among: fc.option(fc.array(name, { minLength: 1 })),
        }),
        fc.array(fc.constantFrom(...models.keys()), { maxLength: 3 }),
        (world, { hasPolicy, explores, among }, sick) => {
          const policy: Predictor = fixedPredictor(world.opinions);
          const pace = new Pace();
          pace.note(1e9);
          const chosen = wish(
            {
              rules: world.rules,
              ...world.aim,
              ...(among && { among }),
              ...(explores && { explore: { share: 0.5, extraSpend: 1 } }),
            },
            { ...world.subject, tags: { job: 'nightly' } },
            { pace, predictor: () => (hasPolicy ? policy : undefined) },
            { chance: world.chance, canServe: (id) => !sick.includes(id) },
          );

          const { first, all } = mayBeAsked(world.rules, world.subject);
          expect(all).toEqual(expect.arrayContaining([...chosen.models]));
          if (all.length < models.size) {
            expect(chosen.within?.toSorted()).toEqual(all.toSorted());
            expect(chosen.mayRise).toBe(false);
          }
          expect(first).toContain(chosen.models[0]);
          expect(chosen.propensity).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the configuration of a hybrid', () => {
  it.each([
    { rules: [{ name: 'a' }] },
    { rules: [{ name: 'a', use: 'mid', atLeast: 'mid' }] },
    { rules: [{ name: 'a', atLeast: 'p/large' }] },
    { rules: [{ name: 'a', among: [] }] },
    { quality: 0.9, tradeOff: 0.1 },
  ])('refuses %o', (config) => {
    expect(strategySchema.safeParse({ type: 'hybrid', ...config }).success).toBe(false);
  });
});
