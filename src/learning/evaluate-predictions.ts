import type { Model } from '../core/model.ts';
import type { Prediction, Predictor } from '../core/prediction.ts';
import { mean } from '../kit/statistics.ts';
import type { Pool } from './evaluate-pool.ts';
import type { TrainingRow } from './trainer.ts';

/** A predictor's word on every row of a pool, by model and then by row. */
export interface PoolPredictions {
  readonly success: readonly Float64Array[];
  /** Against the reference, paired: the lower bound. */
  readonly gapLow: readonly Float64Array[];
  readonly costs: readonly Float64Array[];
}

/** Throws RangeError on a predictor that answers with something that is no chance. */
export const predictPool = (
  pool: Pool,
  predictor: Predictor,
  models: readonly Model[],
  reference: Model,
  costRows: readonly TrainingRow[] | undefined,
): PoolPredictions => {
  const columns = () => models.map(() => new Float64Array(pool.rows.length));
  const success = columns();
  const gapLow = columns();
  for (const [row, { subject }] of pool.rows.entries())
    for (const [at, prediction] of predictor.predict(subject, models, reference).entries()) {
      (success[at] as Float64Array)[row] = chanceIn(prediction, predictor.policy);
      (gapLow[at] as Float64Array)[row] = prediction.gap.low;
    }
  return { success, gapLow, costs: costsByTask(pool, costRows) };
};

/** Rows of a task count as so many of the whole until there are more. */
const wholeCountsAs = 20;

/** What a model is expected to cost: its mean where the caller's tag says the same, shrunk toward its mean in all. */
const costsByTask = (pool: Pool, costRows: readonly TrainingRow[] | undefined): readonly Float64Array[] => {
  const tasks = pool.rows.map(({ subject }) => subject.tags.task ?? '');
  return pool.models.map((model, at) => {
    const known = costRows
      ? costRows.flatMap(({ subject, outcomes }) => {
          const costUsd = outcomes[model]?.costUsd;
          return costUsd === undefined ? [] : [{ task: subject.tags.task ?? '', cost: costUsd }];
        })
      : [];
    const isPriced = pool.costUnit === 'usd' && known.length > 0;
    const all = isPriced ? mean(known.map(({ cost }) => cost)) : mean(pool.costs[at] ?? []);
    const sums = new Map<string, { count: number; sum: number }>();
    if (isPriced)
      for (const { task, cost } of known) {
        const sum = sums.get(task) ?? { count: 0, sum: 0 };
        sums.set(task, { count: sum.count + 1, sum: sum.sum + cost });
      }
    return Float64Array.from(tasks, (task) => {
      const { count, sum } = sums.get(task) ?? { count: 0, sum: 0 };
      return (sum + wholeCountsAs * all) / (count + wholeCountsAs);
    });
  });
};

const chanceIn = ({ success: { value }, model }: Prediction, policy: string): number => {
  if (!(value >= 0 && value <= 1))
    throw new RangeError(`${policy} gives ${model} a chance of ${value}, which is none`);
  return value;
};
