import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Acceptance, PlanStep } from '../core/decision.ts';
import { type ModelId, tiers } from '../core/model.ts';
import { sampleModel } from '../testing/sample-model.ts';
import { createPlanner } from './plan.ts';
import type { RouteParts } from './route-parts.ts';
import type { TierModels, Wish, WishStep } from './strategies/strategy.ts';

const models = tiers.flatMap((tier) => ['a', 'b'].map((name) => sampleModel(`${tier}-${name}`, { tier })));
const id = (name: string) => `provider/${name}` as ModelId;
const tierModels = Object.fromEntries(
  tiers.map((tier) => [tier, [id(`${tier}-a`), id(`${tier}-b`)]]),
) as unknown as TierModels;

const planOf = createPlanner({
  tiers: tierModels,
  model: (wanted: ModelId) => models.find((model) => model.id === wanted),
} as RouteParts);

const wishOf = (steps: readonly WishStep[], rest: Partial<Wish> = {}): Wish => ({
  tier: 'light',
  models: steps.flatMap((step) => step.models),
  steps,
  mayRise: true,
  reasons: [],
  propensity: 1,
  ...rest,
});

const plan = (wish: Wish, sick: readonly ModelId[] = []): readonly PlanStep[] =>
  planOf(wish, { canServe: (model) => model !== undefined && !sick.includes(model.id) });

const whole: Acceptance = { refuse: ['empty'] };
const agreed: Acceptance = { refuse: [], agreement: 0.9 };
const cheapFirst = wishOf([{ models: [id('light-a')], acceptIf: whole }, { models: [id('frontier-a')] }]);

describe('the plan of a cascade', () => {
  it('judges every step but the last, and turns to dearer models where that fails', () => {
    expect(plan(cheapFirst)).toEqual([
      { ask: [id('light-a')], acceptIf: whole },
      { ask: [id('frontier-a')] },
      { ask: [id('frontier-b')] },
    ]);
  });

  it('asks a step side by side, without those who cannot serve', () => {
    const trio = wishOf([
      { models: [id('light-a'), id('light-b'), id('mid-a')], acceptIf: agreed },
      { models: [id('frontier-a')] },
    ]);

    expect(plan(trio, [id('light-b')])[0]).toEqual({ ask: [id('light-a'), id('mid-a')], acceptIf: agreed });
  });

  it('leaves out a step in which nobody is left', () => {
    expect(plan(cheapFirst, [id('light-a')])[0]).toEqual({ ask: [id('frontier-a')] });
  });

  it('leaves out an agreement of one', () => {
    const pair = wishOf([
      { models: [id('light-a'), id('light-b')], acceptIf: agreed },
      { models: [id('frontier-a')] },
    ]);

    expect(plan(pair, [id('light-b')])[0]).toEqual({ ask: [id('frontier-a')] });
  });

  it('judges no step that has become the last', () => {
    expect(plan(cheapFirst, [id('frontier-a'), id('frontier-b')])).toEqual([{ ask: [id('light-a')] }]);
  });

  it('asks one of a pair rather than nobody', () => {
    const pair = wishOf([{ models: [id('light-a'), id('light-b')], acceptIf: agreed }], { mayRise: false });

    expect(plan(pair, [id('light-b')])).toEqual([{ ask: [id('light-a')] }]);
  });

  it('is empty where nobody can serve', () => {
    expect(
      plan(
        cheapFirst,
        models.map((model) => model.id),
      ),
    ).toEqual([]);
  });

  it('asks nobody twice, judges all but the last, and asks only who serves, whatever is wished', () => {
    const anyModel = fc.constantFrom(...models.map((model) => model.id));
    const step = fc.record(
      {
        models: fc.uniqueArray(anyModel, { minLength: 1, maxLength: 3 }),
        acceptIf: fc.constantFrom(whole, agreed),
      },
      { requiredKeys: ['models'] },
    );
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.uniqueArray(anyModel, { maxLength: 5 }),
        (steps, mayRise, sick) => {
          const made = plan(wishOf(steps as WishStep[], { mayRise }), sick);

          const asked = made.flatMap(({ ask }) => ask);
          expect(new Set(asked).size).toBe(asked.length);
          for (const one of asked) expect(sick).not.toContain(one);
          for (const { ask, acceptIf } of made)
            if (acceptIf?.agreement) expect(ask.length).toBeGreaterThan(1);
          expect(made.at(-1)?.acceptIf).toBeUndefined();
          if (steps.some((one) => one.models.some((wanted) => !sick.includes(wanted))))
            expect(made.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
