import { quantile } from '../../kit/statistics.ts';
import type { LearntModel } from '../../routing/classifier/heads.ts';
import type { TrainingRow } from '../trainer.ts';
import type { Column } from './columns.ts';
import { fitLevel } from './level.ts';
import type { Design, Lesson } from './ridge.ts';

/** What was learnt of how long answers are. */
export interface Answers {
  readonly coefficients: Float64Array | undefined;
  /** By column. */
  readonly models: readonly LearntModel['answers'][];
}

/** Fewer answers of a model tell nothing of how long they are. */
export const fewestAnswers = 5;
const folds = 5;
/** One endless answer shall not make all of a model's dear. */
const mostTimes = 20;

/** Answers' logs: a length of each model, and what requests add to it for every model alike. */
export const learnAnswers = (
  design: Design,
  rows: readonly TrainingRow[],
  columns: readonly Column[],
  foldOf: Int32Array,
): Answers => {
  const told = columns.map(({ name, rows: places }) =>
    Array.from(places).flatMap((row) => {
      const tokens = rows[row]?.outcomes[name]?.outputTokens ?? 0;
      return tokens > 0 ? [{ row, log: Math.log(tokens) }] : [];
    }),
  );
  const bases = told.map((some) => some.reduce((sum, { log }) => sum + log, 0) / Math.max(1, some.length));
  const sums = new Float64Array(design.rows);
  const counts = new Float64Array(design.rows);
  for (const [at, some] of told.entries())
    for (const { row, log } of some) {
      sums[row] = (sums[row] ?? 0) + log - (bases[at] ?? 0);
      counts[row] = (counts[row] ?? 0) + 1;
    }
  const known = Int32Array.from(Array.from(counts, (_, row) => row).filter((row) => (counts[row] ?? 0) > 0));
  if (known.length === 0) return { coefficients: undefined, models: columns.map(() => undefined) };
  const lesson: Lesson = {
    rows: known,
    targets: Float64Array.from(known, (row) => (sums[row] ?? 0) / (counts[row] ?? 1)),
    weights: Float64Array.from(known, (row) => rows[row]?.weight ?? 0),
  };
  const level = fitLevel(design, [lesson], foldOf, folds);
  const shift = new Float64Array(design.rows);
  for (let at = 0; at < known.length; at += 1) shift[known[at] ?? 0] = level.heldOut[0]?.[at] ?? 0;
  return {
    coefficients: level.coefficients[0],
    models: told.map((some, at) => {
      if (some.length < fewestAnswers) return undefined;
      const base = bases[at] ?? 0;
      const rests = some.map(({ row, log }) => log - base - (shift[row] ?? 0));
      return lengthsOf(base, rests);
    }),
  };
};

/** A usual length, and how far answers go beyond it. `rests` are logs less `base`. */
export const lengthsOf = (base: number, rests: readonly number[]): NonNullable<LearntModel['answers']> => {
  const middle = quantile(rests, 0.5);
  const times = rests.map((rest) => Math.min(mostTimes, Math.exp(rest - middle)));
  return {
    base: base + middle,
    p90: Math.min(mostTimes, Math.exp(quantile(rests, 0.9) - middle)),
    mean: times.reduce((sum, value) => sum + value, 0) / times.length,
  };
};
