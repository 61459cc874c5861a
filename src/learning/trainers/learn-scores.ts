import { tiers } from '../../core/model.ts';
import { foldsOf } from '../folds.ts';
import type { TrainingRow } from '../trainer.ts';
import type { Column } from './columns.ts';
import { fitLevel, type Level } from './level.ts';
import type { Design, Lesson } from './ridge.ts';

/** What was learnt of scores, from what is common to all models down to what is one model's own. */
export interface Scores {
  readonly all: Level;
  /** In the order of tiers. */
  readonly byTier: Level;
  /** In the order of the columns. */
  readonly byModel: Level;
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
 * Global difficulty, then the tier's part, then the model's: each learns what the one before has left, from
 * what rows held out say of it, so that nothing is credited twice.
 */
export const learnScores = (
  design: Design,
  columns: readonly Column[],
  rowWeights: Float64Array,
  foldOf: Int32Array,
): Scores => {
  const rests = columns.map(({ scores, base }) => scores.map((score) => score - base));
  const common = rowMeans(design.rows, columns, rests);
  const allLesson = lessonOf(common, rowWeights);
  const all = fitLevel(design, [allLesson], foldOf, folds);
  const allHeldOut = spread(design.rows, allLesson, all.heldOut[0]);
  const luck = rowLuck(common, allHeldOut);
  const own = columns.map(({ rows }, at) =>
    (rests[at] as Float64Array).map((rest, place) => rest - luckAt(luck, rows, place)),
  );

  const tierLessons = tiers.map((tier) => {
    const members = columns.flatMap((column, at) => (column.tier === tier ? [at] : []));
    if (members.length < 2) return emptyLesson;
    return lessonOf(
      rowMeans(
        design.rows,
        members.map((at) => columns[at] as Column),
        members.map((at) => own[at] as Float64Array),
      ),
      rowWeights,
    );
  });
  const byTier = fitLevel(design, tierLessons, foldOf, folds);
  const tierHeldOut = tierLessons.map((lesson, at) => spread(design.rows, lesson, byTier.heldOut[at]));

  const modelLessons = columns.map(({ rows, weights, tier }, at): Lesson => {
    const ofTier = tierHeldOut[tiers.indexOf(tier)] as Float64Array;
    return {
      rows,
      weights,
      targets: (own[at] as Float64Array).map((rest, place) => rest - (ofTier[rows[place] ?? 0] ?? 0)),
    };
  });
  const byModel = fitLevel(design, modelLessons, foldOf, folds);
  const heldOut = columns.map(({ rows, base, tier }, at) => {
    const ofTier = tierHeldOut[tiers.indexOf(tier)] as Float64Array;
    const ofModel = byModel.heldOut[at] as Float64Array;
    return Float64Array.from(
      rows,
      (row, place) => base + (allHeldOut[row] ?? 0) + (ofTier[row] ?? 0) + (ofModel[place] ?? 0),
    );
  });
  return { all, byTier, byModel, heldOut };
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

const emptyLesson: Lesson = {
  rows: new Int32Array(0),
  targets: new Float64Array(0),
  weights: new Float64Array(0),
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
    if (count !== 1) return mean;
    return (foretold[row] ?? 0) + trustInOne * (mean - (foretold[row] ?? 0));
  });

const luckAt = (luck: Float64Array, rows: Int32Array, place: number): number => luck[rows[place] ?? 0] ?? 0;
