import { type Basis, type BasisFile, rarityStep } from '../../routing/classifier/basis.ts';
import { packFloats, packInt8 } from '../../routing/classifier/packed.ts';
import { shapeNames, structureCount } from '../../routing/classifier/structure.ts';
import { bucketCount, readVector } from '../../routing/classifier/vector.ts';
import type { TrainingRow } from '../trainer.ts';
import { countKinds } from './kinds-of-rows.ts';
import type { Design } from './ridge.ts';

/** What a trainer lets itself see of a request. */
export interface Sight {
  readonly words: boolean;
  /** Places in the structure that are looked at. */
  readonly structure: (at: number) => boolean;
  readonly waves: number;
  readonly identities: boolean;
}

export const fewestOfKind = 3;
export const mostKinds = 2_000;

/** What is usual among rows, whatever became of them. */
export const learnBasis = (rows: readonly TrainingRow[], sight: Sight, seed: number): BasisFile => {
  const documents = new Int32Array(bucketCount);
  const sums = new Float64Array(structureCount);
  const squares = new Float64Array(structureCount);
  const known = new Float64Array(structureCount);
  let rowsWithWords = 0;
  for (const { subject } of rows) {
    const { buckets, count, structure } = readVector(subject);
    if (count > 0) rowsWithWords += 1;
    for (let at = 0; at < count; at += 1) bump(documents, buckets[at] ?? 0);
    for (let at = 0; at < structureCount; at += 1) {
      const value = structure[at] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sums[at] = (sums[at] ?? 0) + value;
      squares[at] = (squares[at] ?? 0) + value * value;
      known[at] = (known[at] ?? 0) + 1;
    }
  }
  const means = sums.map((sum, at) => sum / Math.max(1, known[at] ?? 0));
  const scales = squares.map((square, at) => {
    const variance = square / Math.max(1, known[at] ?? 0) - (means[at] ?? 0) ** 2;
    const least = at < shapeNames.length ? 0 : leastSettingScale;
    return sight.structure(at) && variance > 1e-9 ? Math.max(least, Math.sqrt(variance)) : 0;
  });
  return {
    rarity: sight.words ? packInt8(rarities(documents, rowsWithWords)) : '',
    means: packFloats(means),
    scales: packFloats(scales),
    waves: sight.waves,
    seed,
    identities: [...countKinds(rows)]
      .filter(([name, count]) => name === '' || (sight.identities && count >= fewestOfKind))
      .sort(([left, many], [right, more]) => more - many || (left < right ? -1 : 1))
      .slice(0, mostKinds),
  };
};

/** What hardly ever differed among rows says little when it does: a single token more is no other kind of request. */
const leastSettingScale = 0.25;

const rarities = (documents: Int32Array, rows: number): Int8Array =>
  Int8Array.from(documents, (count) =>
    count === 0 ? 0 : Math.max(1, Math.min(127, Math.round(Math.log((1 + rows) / (1 + count)) / rarityStep))),
  );

const bump = (counts: Int32Array, at: number): void => {
  counts[at] = (counts[at] ?? 0) + 1;
};

/** All rows on a basis. */
export const placeRows = (rows: readonly TrainingRow[], basis: Basis): Design => {
  const starts = new Int32Array(rows.length + 1);
  let index = new Int32Array(rows.length * 400);
  let values = new Float32Array(index.length);
  let filled = 0;
  for (const [row, { subject }] of rows.entries()) {
    const placed = basis.place(subject);
    if (filled + placed.count > index.length) {
      const size = Math.max(2 * index.length, filled + placed.count);
      index = grown(index, new Int32Array(size));
      values = grown(values, new Float32Array(size));
    }
    index.set(placed.columns.subarray(0, placed.count), filled);
    values.set(placed.values.subarray(0, placed.count), filled);
    filled += placed.count;
    starts[row + 1] = filled;
  }
  return { rows: rows.length, columns: basis.columns, starts, index, values };
};

const grown = <Numbers extends Int32Array | Float32Array>(from: Numbers, to: Numbers): Numbers => {
  to.set(from);
  return to;
};
