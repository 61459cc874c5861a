import type { Tier } from '../core/model.ts';
import type { Predictor } from '../core/prediction.ts';
import { groupBootstrap } from '../kit/group-bootstrap.ts';
import type { Estimate } from '../kit/statistics.ts';
import { createRandom } from '../simulator/chance.ts';
import { recordedModel } from './evaluate-models.ts';
import type { TrainingRow } from './trainer.ts';

/** How far two predictors are from what came of the same rows: mean squared error (Brier), by weight. */
export interface PairedLoss {
  readonly rows: number;
  readonly groups: number;
  readonly older: number;
  readonly newer: number;
  /** Newer less older, on the same rows: below zero where the newer one is nearer to the truth. */
  readonly difference: Estimate;
}

/** What is expected of a model for a request; a predictor reduced to the one figure that is compared. */
export type Expect = (row: TrainingRow, model: string) => number;

const resamples = 2000;

export const expectationOf =
  (predictor: Predictor, tierOf: (model: string) => Tier): Expect =>
  ({ subject }, name) => {
    const model = recordedModel(name, tierOf(name));
    return predictor.predict(subject, [model], model)[0]?.success.value ?? 0.5;
  };

/** Knows each model's mean of the past and nothing else; what is held against a first policy. */
export const meansOf = (rows: readonly TrainingRow[]): Expect => {
  const sums = new Map<string, { weight: number; score: number }>();
  const all = { weight: 0, score: 0 };
  for (const { outcomes, weight } of rows)
    for (const [model, { score }] of Object.entries(outcomes)) {
      const own = sums.get(model) ?? { weight: 0, score: 0 };
      sums.set(model, own);
      for (const sum of [own, all]) {
        sum.weight += weight;
        sum.score += weight * score;
      }
    }
  const shareOf = ({ weight, score }: { readonly weight: number; readonly score: number }): number =>
    // one success and one failure that nobody saw keep it off the edges
    (score + 1) / (weight + 2);
  return (_, model) => shareOf(sums.get(model) ?? all);
};

/** Compares two expectations on rows that neither has learnt from. */
export const pairedLoss = (
  rows: readonly TrainingRow[],
  older: Expect,
  newer: Expect,
  seed: number,
): PairedLoss => {
  const groups: string[] = [];
  const losses: { weight: number; older: number; newer: number }[] = [];
  for (const row of rows)
    for (const [model, { score }] of Object.entries(row.outcomes)) {
      groups.push(row.group);
      losses.push({
        weight: row.weight,
        older: (older(row, model) - score) ** 2,
        newer: (newer(row, model) - score) ** 2,
      });
    }
  const random = createRandom('paired-loss', seed);
  const told = groupBootstrap(
    groups,
    (drawn) => {
      let [weight, before, after] = [0, 0, 0];
      for (const [at, loss] of losses.entries()) {
        const counts = loss.weight * (drawn[at] ?? 0);
        weight += counts;
        before += counts * loss.older;
        after += counts * loss.newer;
      }
      return { older: before / weight, newer: after / weight, difference: (after - before) / weight };
    },
    { random: () => random.next(), resamples },
  );
  return {
    rows: losses.length,
    groups: new Set(groups).size,
    older: told.older.value,
    newer: told.newer.value,
    difference: told.difference,
  };
};
