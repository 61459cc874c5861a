import type { Model } from '../../src/core/model.ts';
import type { Predictor } from '../../src/core/prediction.ts';
import { averageGapRecovered, orderOf, routeCurve } from '../../src/learning/curves.ts';
import { recordedModel } from '../../src/learning/evaluate-models.ts';
import type { TrainingRow } from '../../src/learning/trainer.ts';
import type { Pair } from './pair-figures.ts';

/** How much a router wants the strong model for each of some rows. */
export type Router = (rows: readonly TrainingRow[]) => Float64Array;

/** The predicted gap of a pair. */
export const gapRouter =
  (predictor: Predictor, { weak, strong }: Pair): Router =>
  (rows) => {
    const models: readonly Model[] = [recordedModel(weak, 'light'), recordedModel(strong, 'frontier')];
    const [, reference] = models as readonly [Model, Model];
    return Float64Array.from(rows, ({ subject }) => {
      const [low, high] = predictor.predict(subject, models, reference);
      return (high?.success.value ?? 0) - (low?.success.value ?? 0);
    });
  };

/** The length of the prompt, long to strong or short to strong: whichever does better on the training rows. */
export const lengthRouter = (training: readonly TrainingRow[], pair: Pair): Router => {
  const lengths: Router = (rows) => Float64Array.from(rows, lengthOf);
  const curve = routeCurve(
    orderOf(lengths(training)),
    scoresOf(training, pair.weak),
    scoresOf(training, pair.strong),
    new Float64Array(training.length).fill(1),
  );
  const sign = averageGapRecovered(curve) < 0.5 ? -1 : 1;
  return (rows) => lengths(rows).map((length) => sign * length);
};

/** Long prompts to the strong model, whatever training rows say. */
export const plainLength: Router = (rows) => Float64Array.from(rows, lengthOf);

/** Rows of a task count as so many of the whole until there are more. */
const wholeCountsAs = 20;

/** The mean gap of the caller's tag, shrunk toward the whole: task identity and nothing else. */
export const tagMeansRouter = (training: readonly TrainingRow[], { weak, strong }: Pair): Router => {
  const sums = new Map<string, { count: number; sum: number }>();
  let [count, sum] = [0, 0];
  for (const { subject, outcomes } of training) {
    const gap = (outcomes[strong]?.score ?? Number.NaN) - (outcomes[weak]?.score ?? Number.NaN);
    if (Number.isNaN(gap)) continue;
    const known = sums.get(subject.tags.task ?? '') ?? { count: 0, sum: 0 };
    sums.set(subject.tags.task ?? '', { count: known.count + 1, sum: known.sum + gap });
    count += 1;
    sum += gap;
  }
  return (rows) =>
    Float64Array.from(rows, ({ subject }) => {
      const known = sums.get(subject.tags.task ?? '') ?? { count: 0, sum: 0 };
      return (known.sum + (wholeCountsAs * sum) / count) / (known.count + wholeCountsAs);
    });
};

/** Says the same of every row: its curve is the straight line of a coin. */
export const coinRouter: Router = (rows) => new Float64Array(rows.length);

/** What really happened. */
export const oracleRouter =
  ({ weak, strong }: Pair): Router =>
  (rows) => {
    const high = scoresOf(rows, strong);
    return scoresOf(rows, weak).map((score, row) => (high[row] ?? 0) - score);
  };

export const scoresOf = (rows: readonly TrainingRow[], model: string): Float64Array =>
  Float64Array.from(rows, ({ outcomes }) => outcomes[model]?.score ?? Number.NaN);

const lengthOf = ({ subject }: TrainingRow): number => subject.ask.length;
