import { type Tier, tiers } from '../core/model.ts';
import type { Predictor } from '../core/prediction.ts';
import { groupBootstrap } from '../kit/group-bootstrap.ts';
import type { Estimate } from '../kit/statistics.ts';
import { createRandom } from '../simulator/chance.ts';
import { recordedModel } from './evaluate-models.ts';
import { binnedError, calibrationOf } from './metrics-calibration.ts';
import type { TrainingRow } from './trainer.ts';

/** Calibration of all models of a tier, or of one model. */
export interface CalibrationLine {
  readonly of: string;
  /** Pairs of a row and a model. */
  readonly outcomes: number;
  readonly ece: Estimate;
  readonly floor: number;
  readonly brier: Estimate;
}

export interface CalibrationOptions {
  readonly models: readonly string[];
  readonly tierOf: (model: string) => Tier;
  readonly reference: string;
  readonly seed: number;
  readonly resamples: number;
}

/** Of every outcome that was recorded, in gaps of a pool or not: all of them, then by tier. */
export const calibrationLines = (
  rows: readonly TrainingRow[],
  predictor: Predictor,
  { models, tierOf, reference, seed, resamples }: CalibrationOptions,
): readonly CalibrationLine[] => {
  const known = models.map((name) => recordedModel(name, tierOf(name)));
  const against = recordedModel(reference, tierOf(reference));
  const cells = rows.flatMap(({ subject, outcomes, group }) =>
    predictor.predict(subject, known, against).flatMap(({ success }, at) => {
      const outcome = outcomes[models[at] ?? ''];
      return outcome
        ? [{ group, tier: known[at]?.tier ?? 'mid', predicted: success.value, score: outcome.score }]
        : [];
    }),
  );
  const lines = [
    { of: 'all', mine: cells },
    ...tiers.map((tier) => ({ of: tier as string, mine: cells.filter((cell) => cell.tier === tier) })),
  ];
  return lines.flatMap(({ of, mine }) =>
    mine.length === 0 ? [] : [calibrationLine(of, mine, { seed, resamples })],
  );
};

export interface Cell {
  readonly group: string;
  readonly predicted: number;
  readonly score: number;
}

/** ECE, its floor and the Brier score of some predictions, with intervals that keep groups together. */
export const calibrationLine = (
  of: string,
  cells: readonly Cell[],
  { seed, resamples }: { readonly seed: number; readonly resamples: number },
): CalibrationLine => {
  const predicted = Float64Array.from(cells, (cell) => cell.predicted);
  const scores = Float64Array.from(cells, (cell) => cell.score);
  // so many cells hold the floor still that fewer simulations tell it as well
  const simulations = cells.length > 50_000 ? 20 : 200;
  const { floor } = calibrationOf(predicted, scores, {
    random: createRandom('calibration floor', seed, of).next,
    simulations,
  });
  const error = binnedError(predicted, scores);
  const figures = groupBootstrap(
    cells.map(({ group }) => group),
    (weights) => {
      let squares = 0;
      let count = 0;
      for (let at = 0; at < weights.length; at += 1) {
        const weight = weights[at] ?? 0;
        count += weight;
        squares += weight * ((predicted[at] ?? 0) - (scores[at] ?? 0)) ** 2;
      }
      return { ece: error(weights), brier: squares / count };
    },
    {
      random: createRandom('calibration', seed, of).next,
      resamples: cells.length > 50_000 ? 100 : resamples,
    },
  );
  return { of, outcomes: cells.length, ece: figures.ece, floor, brier: figures.brier };
};
