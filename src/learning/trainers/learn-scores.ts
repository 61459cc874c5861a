import { type Tier, tiers } from '../../core/model.ts';
import { foldsOf } from '../folds.ts';
import type { TrainingRow } from '../trainer.ts';
import type { Column } from './columns.ts';
import { fitLevel } from './level.ts';
import type { Design, Lesson } from './ridge.ts';

/** What was learnt of scores, from what is common to all models down to what is one model's own. */
export interface Scores {
  readonly penalties: { readonly all: number; readonly model: number };
  /** Weights of columns; undefined where none is worth saying. */
  readonly all: Float64Array | undefined;
  /** In the order of tiers: what models that nobody has tried start from. */
  readonly byTier: readonly (Float64Array | undefined)[];
  /** In the order of the columns, the tier's part in them. */
  readonly byModel: readonly (Float64Array | undefined)[];
  /** By column: what rows would have been given by folds that had not seen them. */
  readonly heldOut: readonly Float64Array[];
}

const folds = 5;

/** Which fold each row is held out in; rows of a group are held out together. */
export const dealFolds = (rows: readonly TrainingRow[], seed: number): Int32Array => {
  const foldOf = new Int32Array(rows.length);
  const dealt = foldsOf(
    rows.map(({ group }, at) => ({ group, at })),
    folds,
    { seed },
  );
  for (const [fold, members] of dealt.entries()) for (const { at } of members) foldOf[at] = fold;
  return foldOf;
};

/**
 * What is common to all models first, then what each model does beside the others. A tier's part is what its
 * models agree in: few outcomes of a model lean on it, and a model without any starts from it. `speaksForAll`
 * leaves out models whose outcomes are their own affair.
 */
export const learnScores = (
  design: Design,
  columns: readonly Column[],
  rowWeights: Float64Array,
  foldOf: Int32Array,
  speaksForAll: (column: Column) => boolean = () => true,
): Scores => {
  const rests = columns.map(({ scores, base }) => scores.map((score) => score - base));
  const speaking = columns.flatMap((column, at) => (speaksForAll(column) ? [at] : []));
  const common = rowMeans(
    design.rows,
    speaking.map((at) => columns[at] as Column),
    speaking.map((at) => rests[at] as Float64Array),
  );
  const allLesson = lessonOf(common, rowWeights);
  const all = fitLevel(design, [allLesson], foldOf, folds);
  const allHeldOut = spread(design.rows, allLesson, all.heldOut[0]);
  const luck = rowLuck(common, allHeldOut);
  const own = columns.map(({ rows }, at) =>
    (rests[at] as Float64Array).map((rest, place) => rest - luckAt(luck, rows, place)),
  );

  const modelLessons = columns.map(
    ({ rows, weights }, at): Lesson => ({ rows, weights, targets: own[at] as Float64Array }),
  );
  const byModel = fitLevel(design, modelLessons, foldOf, folds);
  const heldOut = columns.map(({ rows, base }, at) => {
    const ofModel = byModel.heldOut[at] as Float64Array;
    return Float64Array.from(rows, (row, place) => base + (allHeldOut[row] ?? 0) + (ofModel[place] ?? 0));
  });
  const byTier = tiers.map((tier) => tierMean(tier, columns, byModel.coefficients, design.columns));
  return {
    penalties: { all: all.penalty, model: byModel.penalty },
    all: all.coefficients[0],
    byTier,
    byModel: columns.map((column, at) =>
      leaning(column, byModel.coefficients[at], byTier[tiers.indexOf(column.tier)]),
    ),
    heldOut,
  };
};

/** Outcomes of a model's own at which it leans on its tier as much as on them. */
const tierCountsAs = 50;

/** What the models of a tier have in common beyond what all have. */
const tierMean = (
  tier: Tier,
  columns: readonly Column[],
  coefficients: readonly (Float64Array | undefined)[],
  size: number,
): Float64Array | undefined => {
  const mean = new Float64Array(size);
  let total = 0;
  for (const [at, column] of columns.entries()) {
    const own = coefficients[at];
    if (column.tier !== tier || !own) continue;
    const mass = column.mass / (column.mass + tierCountsAs);
    total += mass;
    for (let place = 0; place < size; place += 1) mean[place] = (mean[place] ?? 0) + mass * (own[place] ?? 0);
  }
  return total > 0 ? mean.map((sum) => sum / total) : undefined;
};

const leaning = (
  { mass }: Column,
  own: Float64Array | undefined,
  ofTier: Float64Array | undefined,
): Float64Array | undefined => {
  if (!ofTier) return own;
  const share = mass / (mass + tierCountsAs);
  return ofTier.map((value, place) => share * (own?.[place] ?? 0) + (1 - share) * value);
};

interface RowMeans {
  readonly means: Float64Array;
  readonly counts: Int32Array;
}

const rowMeans = (
  rowCount: number,
  columns: readonly Column[],
  values: readonly Float64Array[],
): RowMeans => {
  const means = new Float64Array(rowCount);
  const counts = new Int32Array(rowCount);
  for (const [at, { rows }] of columns.entries())
    for (let place = 0; place < rows.length; place += 1) {
      const row = rows[place] ?? 0;
      means[row] = (means[row] ?? 0) + (values[at]?.[place] ?? 0);
      counts[row] = (counts[row] ?? 0) + 1;
    }
  for (let row = 0; row < rowCount; row += 1) means[row] = (means[row] ?? 0) / Math.max(1, counts[row] ?? 0);
  return { means, counts };
};

/** Rows that more models answered tell more, but no more than twice as much: the request itself stays one. */
const lessonOf = ({ means, counts }: RowMeans, rowWeights: Float64Array): Lesson => {
  const rows = Int32Array.from(
    Array.from(counts, (_, row) => row).filter((row) => (counts[row] ?? 0) > 0 && (rowWeights[row] ?? 0) > 0),
  );
  return {
    rows,
    targets: Float64Array.from(rows, (row) => means[row] ?? 0),
    weights: Float64Array.from(rows, (row) => {
      const count = counts[row] ?? 0;
      return ((rowWeights[row] ?? 0) * 2 * count) / (count + 1);
    }),
  };
};

const spread = (rowCount: number, { rows }: Lesson, values: Float64Array | undefined): Float64Array => {
  const out = new Float64Array(rowCount);
  for (let at = 0; at < rows.length; at += 1) out[rows[at] ?? 0] = values?.[at] ?? 0;
  return out;
};

/** With one outcome a row, the row's luck and the model's own part cannot be told apart: a guess. */
const trustInOne = 0.3;

/**
 * What is common to all models on each row. Where several answered, that is their mean, and what is left of
 * each is how it did beside the others: the row's luck is no part of it.
 */
const rowLuck = ({ means, counts }: RowMeans, foretold: Float64Array): Float64Array =>
  means.map((mean, row) => {
    const count = counts[row] ?? 0;
    if (count > 1) return mean;
    if (count === 0) return foretold[row] ?? 0;
    return (foretold[row] ?? 0) + trustInOne * (mean - (foretold[row] ?? 0));
  });

const luckAt = (luck: Float64Array, rows: Int32Array, place: number): number => luck[rows[place] ?? 0] ?? 0;
