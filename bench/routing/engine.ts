import type { Predictor } from '../../src/core/prediction.ts';
import { mean } from '../../src/kit/statistics.ts';
import type { TrainingRow } from '../../src/learning/trainer.ts';

/** What is measured: the policy that is made of some rows. */
export const engine = (training: readonly TrainingRow[], _seed: number): Predictor => {
  const names = [...new Set(training.flatMap(({ outcomes }) => Object.keys(outcomes)))];
  const whole = new Map(
    names.map((n) => [n, mean(training.flatMap(({ outcomes }) => outcomes[n]?.score ?? []))]),
  );
  const byTask = new Map<string, { n: number; s: number }>();
  for (const { subject, outcomes } of training)
    for (const [n, { score }] of Object.entries(outcomes)) {
      const k = `${subject.tags.task ?? subject.features.task} ${n}`;
      const v = byTask.get(k) ?? { n: 0, s: 0 };
      byTask.set(k, { n: v.n + 1, s: v.s + score });
    }
  return {
    policy: 'stand-in@0',
    predict: (subject, models, reference) => {
      const p = (n: string) => {
        const v = byTask.get(`${subject.tags.task ?? subject.features.task} ${n}`) ?? { n: 0, s: 0 };
        return (v.s + 20 * (whole.get(n) ?? 0.5)) / (v.n + 20);
      };
      return models.map(({ id, name }) => {
        const value = p(name);
        const gap = value - p(reference.name);
        return {
          model: id,
          success: { value, low: value, high: value },
          gap: { value: gap, low: gap, high: gap },
          evidence: 1,
          outputTokens: undefined,
        };
      });
    },
  };
};
