import { mean } from '../../kit/statistics.ts';
import { identitiesOf, surestOf } from '../../routing/classifier/identities.ts';
import type { TrainingRow } from '../trainer.ts';
import type { Column } from './columns.ts';
import { tellingTags } from './kinds-of-rows.ts';

/** How far off predictions are, and what they have in common. */
export interface Doubt {
  /** By column: standard deviation of an outcome around its chance. */
  readonly spreads: Float64Array;
  readonly kindSpreads: Float64Array;
  readonly kindGapSpreads: Float64Array;
  /** By column, then by column: correlation on rows both answered (times 127), and how many of theirs those are. */
  readonly luck: Int8Array;
  readonly shared: Float32Array;
  /** How far chances are off in themselves, however many rows there are. */
  readonly misfit: number;
}

/** `chances` are of rows held out. */
export const learnDoubt = (
  rows: readonly TrainingRow[],
  columns: readonly Column[],
  chances: readonly Float64Array[],
): Doubt => {
  const errors = columns.map(({ scores }, at) =>
    scores.map((score, place) => score - (chances[at]?.[place] ?? 0)),
  );
  const spreads = Float64Array.from(columns, ({ weights }, at) =>
    spreadOf(errors[at] as Float64Array, weights),
  );
  const telling = tellingTags(rows);
  const kinds = rows.map(({ subject }) => surestOf(identitiesOf(subject), telling));
  const rowMean = meansByRow(rows.length, columns);
  return {
    spreads,
    kindSpreads: Float64Array.from(columns, ({ rows: places, scores, base }) =>
      kindSpread(
        kinds,
        places,
        scores.map((score) => score - base),
      ),
    ),
    kindGapSpreads: Float64Array.from(columns, ({ rows: places, scores, base }) =>
      kindSpread(
        kinds,
        places,
        scores.map((score, at) => score - base - (rowMean[places[at] ?? 0] ?? 0)),
      ),
    ),
    ...inCommon(rows.length, columns, errors),
    misfit: misfitOf(columns, chances, errors),
  };
};

const leastSpread = 0.1;
/** Before its outcomes say otherwise, a model's luck is a coin's. */
const coin = 0.5;
const coinCountsAs = 4;

const spreadOf = (errors: Float64Array, weights: Float64Array): number => {
  let squares = coinCountsAs * coin * coin;
  let mass = coinCountsAs;
  for (let at = 0; at < errors.length; at += 1) {
    squares += (weights[at] ?? 0) * (errors[at] ?? 0) ** 2;
    mass += weights[at] ?? 0;
  }
  return Math.max(leastSpread, Math.sqrt(squares / mass));
};

/** What differs between kinds where nothing was measured, and how many kinds it stands for. */
const usualKindVariance = 0.02;
const usualKinds = 3;
const fewestOfKind = 5;

/** Standard deviation of kinds' means, sampling taken off. */
const kindSpread = (kinds: readonly string[], places: Int32Array, values: Float64Array): number => {
  const byKind = new Map<string, { count: number; sum: number; squares: number }>();
  let sum = 0;
  for (let at = 0; at < places.length; at += 1) {
    const kind = kinds[places[at] ?? 0] ?? '';
    const value = values[at] ?? 0;
    const so = byKind.get(kind) ?? { count: 0, sum: 0, squares: 0 };
    byKind.set(kind, { count: so.count + 1, sum: so.sum + value, squares: so.squares + value * value });
    sum += value;
  }
  const middle = sum / Math.max(1, places.length);
  const told = [...byKind.values()].filter(({ count }) => count >= fewestOfKind);
  let variance = usualKinds * usualKindVariance;
  // one kind alone tells nothing of how kinds differ
  const measured = told.length < 2 ? [] : told;
  for (const { count, sum: total, squares } of measured) {
    const mean = total / count;
    const sampling = Math.max(0, squares / count - mean * mean) / (count - 1);
    variance += Math.max(0, (mean - middle) ** 2 - sampling);
  }
  return Math.sqrt(variance / (usualKinds + measured.length));
};

const meansByRow = (rowCount: number, columns: readonly Column[]): Float64Array => {
  const sums = new Float64Array(rowCount);
  const counts = new Float64Array(rowCount);
  for (const { rows, scores, base } of columns)
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] ?? 0;
      sums[row] = (sums[row] ?? 0) + (scores[at] ?? 0) - base;
      counts[row] = (counts[row] ?? 0) + 1;
    }
  return sums.map((sum, row) => sum / Math.max(1, counts[row] ?? 0));
};

const fewestShared = 10;

const inCommon = (
  rowCount: number,
  columns: readonly Column[],
  errors: readonly Float64Array[],
): Pick<Doubt, 'luck' | 'shared'> => {
  const size = columns.length;
  const luck = new Int8Array(size * size);
  const shared = new Float32Array(size * size);
  const errorAt = new Float64Array(rowCount);
  for (let left = 0; left < size; left += 1) {
    errorAt.fill(Number.NaN);
    const mine = columns[left] as Column;
    for (let at = 0; at < mine.rows.length; at += 1) errorAt[mine.rows[at] ?? 0] = errors[left]?.[at] ?? 0;
    for (let right = left + 1; right < size; right += 1) {
      const other = columns[right] as Column;
      let both = 0;
      let leftSquares = 0;
      let rightSquares = 0;
      let products = 0;
      for (let at = 0; at < other.rows.length; at += 1) {
        const one = errorAt[other.rows[at] ?? 0] ?? Number.NaN;
        if (Number.isNaN(one)) continue;
        const two = errors[right]?.[at] ?? 0;
        both += 1;
        leftSquares += one * one;
        rightSquares += two * two;
        products += one * two;
      }
      if (both === 0) continue;
      // few shared rows say little of how alike luck is, so the correlation leans toward none
      const alike =
        (products / Math.sqrt(leftSquares * rightSquares + 1e-12)) * (both / (both + fewestShared));
      const share = both / Math.sqrt(Math.max(1, mine.rows.length * other.rows.length));
      luck[left * size + right] = luck[right * size + left] = Math.round(
        127 * Math.max(-1, Math.min(1, alike)),
      );
      shared[left * size + right] = shared[right * size + left] = share;
    }
  }
  return { luck, shared };
};

const bins = 10;
const fewestForBins = 100;

/**
 * How far chances are off beyond what sampling explains, measured in bins of equal mass: a bent curve stays
 * bent however many rows there are. What could be chance is not counted.
 */
const misfitOf = (
  columns: readonly Column[],
  chances: readonly Float64Array[],
  errors: readonly Float64Array[],
): number => {
  const excesses: number[] = [];
  for (const [at, { rows }] of columns.entries()) {
    const count = rows.length;
    if (count < fewestForBins) continue;
    const order = Int32Array.from(rows, (_, place) => place).sort(
      (left, right) => (chances[at]?.[left] ?? 0) - (chances[at]?.[right] ?? 0) || left - right,
    );
    for (let bin = 0; bin < bins; bin += 1) {
      const members = order.subarray(
        Math.floor((bin * count) / bins),
        Math.floor(((bin + 1) * count) / bins),
      );
      let sum = 0;
      let squares = 0;
      for (const place of members) {
        sum += errors[at]?.[place] ?? 0;
        squares += (errors[at]?.[place] ?? 0) ** 2;
      }
      excesses.push((sum / members.length) ** 2 - squares / members.length ** 2);
    }
  }
  if (excesses.length === 0) return 0;
  const middle = mean(excesses);
  const spread = Math.sqrt(mean(excesses.map((excess) => (excess - middle) ** 2)));
  return Math.sqrt(Math.max(0, middle - spread / Math.sqrt(excesses.length)));
};
