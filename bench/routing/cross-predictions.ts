import { recordedModel } from '../../src/learning/evaluate-models.ts';
import { type Pool, someRows } from '../../src/learning/evaluate-pool.ts';
import { predictPool } from '../../src/learning/evaluate-predictions.ts';
import { crossFolds, foldsOf } from '../../src/learning/folds.ts';
import { engine } from './engine.ts';

/** By model, then by row: chances of success and expected costs, each from a fit that has not seen the row. */
export interface CrossPredictions {
  readonly chances: readonly Float64Array[];
  readonly costs: readonly Float64Array[];
}

/** Every row of a pool, told by a policy that learnt from the other folds. */
export const crossPredictions = (pool: Pool, folds: number, seed: number): CrossPredictions => {
  const places = new Map(pool.rows.map((row, at) => [row.id, at]));
  const empty = () => pool.models.map(() => new Float64Array(pool.rows.length));
  const chances = empty();
  const costs = empty();
  for (const { training, test } of crossFolds(foldsOf(pool.rows, folds, { seed }))) {
    const at = test.map(({ id }) => places.get(id) ?? 0);
    const told = predictions(someRows(pool, at), training, seed);
    for (const [model, column] of told.chances.entries())
      for (const [row, place] of at.entries()) {
        (chances[model] as Float64Array)[place] = column[row] ?? 0;
        (costs[model] as Float64Array)[place] = told.costs[model]?.[row] ?? 0;
      }
  }
  return { chances, costs };
};

/** What a policy of some rows says of others. */
export const predictions = (test: Pool, training: Pool['rows'], seed: number): CrossPredictions => {
  const models = test.models.map((name) => recordedModel(name, 'mid'));
  const reference = models[0] as (typeof models)[0];
  const { success, costs } = predictPool(test, engine(training, seed), models, reference, training);
  return { chances: success, costs };
};
