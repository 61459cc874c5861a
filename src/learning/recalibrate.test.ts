import { describe, expect, it } from 'vitest';
import { createPredictor } from '../routing/classifier/predictor.ts';
import { recordedModel } from './evaluate-models.ts';
import { recalibratePolicy } from './recalibrate.ts';
import type { TrainingRow } from './trainer.ts';
import { hierarchical } from './trainers/hierarchical.ts';
import { madeUpRows, pair } from './trainers/made-up-rows.cases.ts';

const parts = { name: 'test', seed: 1, sources: [] };
const policy = hierarchical.train(madeUpRows({ rows: 400, models: pair }), parts);
const options = { ...parts, tierOf: () => undefined };

/** Where both models fail far more often than they did where the policy learnt. */
const harder = madeUpRows({
  rows: 500,
  models: { small: { hard: 0.05, easy: 0.4 }, large: { hard: 0.4, easy: 0.5 } },
  seed: 3,
});
const local = harder.slice(0, 200);
const later = harder.slice(200);

const small = recordedModel('small', 'light');
const large = recordedModel('large', 'frontier');

const offBy = (by: typeof policy, rows: readonly TrainingRow[], model: typeof small): number => {
  const predictor = createPredictor(by);
  const sum = rows.reduce((total, { subject, outcomes }) => {
    const [told] = predictor.predict(subject, [model], large);
    return total + (told?.success.value ?? 0) - (outcomes[model.name]?.score ?? 0);
  }, 0);
  return Math.abs(sum / rows.length);
};

describe('recalibratePolicy', () => {
  it('makes chances of every model come true again by 200 labels of another kind of work', () => {
    const { policy: after, isBetter } = recalibratePolicy(policy, local, options);

    expect(isBetter).toBe(true);
    for (const model of [small, large]) {
      expect(offBy(policy, later, model)).toBeGreaterThan(0.25);
      expect(offBy(after, later, model)).toBeLessThan(0.08);
    }
  });

  it('moves models that nobody has tried along with their tier', () => {
    const unheard = recordedModel('unheard-of', 'light');
    const chance = (by: typeof policy): number =>
      createPredictor(by).predict(later[0]?.subject as TrainingRow['subject'], [unheard], large)[0]?.success
        .value ?? 0;

    const { policy: after } = recalibratePolicy(policy, local, options);

    expect(chance(after)).toBeLessThan(chance(policy) - 0.1);
  });

  it('keeps the order in which a model finds requests hard', () => {
    const { policy: after } = recalibratePolicy(policy, local, options);

    const chances = (by: typeof policy): readonly number[] => {
      const predictor = createPredictor(by);
      return later.map(({ subject }) => predictor.predict(subject, [small], large)[0]?.success.value ?? 0);
    };
    const ranks = (values: readonly number[]): readonly number[] =>
      values.map((_, at) => at).sort((left, right) => (values[left] ?? 0) - (values[right] ?? 0));
    expect(ranks(chances(after))).toEqual(ranks(chances(policy)));
  });

  it('bends no curve by a handful of outcomes, and says how many are wanted', () => {
    expect(() => recalibratePolicy(policy, local.slice(0, 5), options)).toThrow(/10 outcomes, and 30/);
  });
});
