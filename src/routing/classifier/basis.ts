import type { PredictionSubject } from '../../core/prediction.ts';
import { chanceOf } from '../../kit/chance.ts';
import { identitiesOf, surestOf, tagKeyOf } from './identities.ts';
import { unpackFloats, unpackInt8 } from './packed.ts';
import { settingNames, shapeNames, structureCount } from './structure.ts';
import { bucketBits, bucketCount, readVector, type Vector } from './vector.ts';

/** What was learnt of requests themselves, whatever became of them: how rare words are, what is usual. */
export interface BasisFile {
  /** Rarity of each bucket, in steps of `rarityStep`; 0 where it was never seen. Base64 of bytes; "" without words. */
  readonly rarity: string;
  /** Of the structure's numbers. A scale of 0: never different, so never looked at. */
  readonly means: string;
  readonly scales: string;
  readonly waves: number;
  readonly seed: number;
  /** Names of what requests belong to, and how many rows did; "" for those that belong to nothing. */
  readonly identities: readonly (readonly [name: string, rows: number])[];
}

/** A request on a basis: the few columns that are not 0. Good until the next one is placed. */
export interface Placed {
  readonly columns: Int32Array;
  readonly values: Float64Array;
  count: number;
  /** How much of its words was seen in training, 0 to 1; 1 where nobody looks at words. */
  familiarity: number;
  /** How many rows were of its own kind, by the surest of its identities; 0 where that is new. */
  identityRows: number;
  /** How far its structure is from what was seen: about 1 for a usual request. */
  strangeness: number;
}

export interface Basis {
  readonly columns: number;
  place(subject: PredictionSubject): Placed;
}

/** Changes with everything that would give a request other numbers. */
export const featureSet = (() => {
  const text = [bucketBits, ...shapeNames, ...settingNames].join();
  const digits = Math.floor(chanceOf(text) * 2 ** 32).toString(16);
  return `ask-words-shape/1-${digits.padStart(8, '0')}`;
})();

export const rarityStep = 1 / 12;
const rarest = 127;

/** An identity weighs as much as all words together; `length` more than any other number. */
const identityValue = 1;
const lengthValue = 0.5;
const straightValue = 0.5;
const widest = 3;

export const createBasis = (file: BasisFile): Basis => {
  const rarity = file.rarity === '' ? undefined : unpackInt8(file.rarity);
  const means = unpackFloats(file.means);
  const scales = unpackFloats(file.scales);
  const live = Int32Array.from(
    Array.from({ length: structureCount }, (_, at) => at).filter((at) => (scales[at] ?? 0) > 0),
  );
  const waves = live.length === 0 ? 0 : file.waves;
  const wave = wavesOf(waves, live.length, file.seed);
  const firstWave = rarity ? bucketCount : 0;
  const firstStraight = firstWave + waves;
  const firstIdentity = firstStraight + live.length;
  const identities = new Map(
    file.identities.map(([name, rows], at) => [name, { column: firstIdentity + at, rows }]),
  );
  const tellingTags = new Set(file.identities.map(([name]) => tagKeyOf(name)));
  const columns = firstIdentity + file.identities.length;
  const standard = new Float64Array(live.length);
  const most = (rarity ? bucketCount : 0) + waves + live.length + 64;
  const placed: Placed = {
    columns: new Int32Array(most),
    values: new Float64Array(most),
    count: 0,
    familiarity: 1,
    identityRows: 0,
    strangeness: 1,
  };
  const put = (column: number, value: number): void => {
    placed.columns[placed.count] = column;
    placed.values[placed.count] = value;
    placed.count += 1;
  };
  const putWords = (vector: Vector, from: number, to: number, rare: Int8Array): number => {
    let squares = 0;
    let seen = 0;
    const first = placed.count;
    for (let at = from; at < to; at += 1) {
      const bucket = vector.buckets[at] ?? 0;
      const known = rare[bucket] ?? 0;
      const value = (known === 0 ? rarest : known) * (damped[vector.counts[at] ?? 0] ?? mostDamped);
      squares += value * value;
      if (known === 0) continue;
      seen += value * value;
      put(bucket, value);
    }
    if (squares === 0) return 1;
    const norm = 1 / Math.sqrt(squares);
    for (let at = first; at < placed.count; at += 1) placed.values[at] = (placed.values[at] ?? 0) * norm;
    return seen / squares;
  };
  return {
    columns,
    place(subject) {
      const vector = readVector(subject);
      placed.count = 0;
      placed.familiarity = 1;
      if (rarity) {
        placed.familiarity = putWords(vector, 0, vector.wordCount, rarity);
        putWords(vector, vector.wordCount, vector.count, rarity);
      }
      let squares = 0;
      for (let at = 0; at < live.length; at += 1) {
        const from = live[at] ?? 0;
        const scaled = ((vector.structure[from] ?? 0) - (means[from] ?? 0)) / (scales[from] ?? 1);
        // what is not known is taken for usual
        const clipped = Number.isNaN(scaled) ? 0 : Math.max(-widest, Math.min(widest, scaled));
        squares += clipped * clipped;
        standard[at] = clipped;
      }
      placed.strangeness = live.length === 0 ? 1 : squares / live.length;
      putWaves(standard, wave, put, firstWave);
      const straight = straightValue / Math.sqrt(Math.max(1, live.length));
      for (let at = 0; at < live.length; at += 1)
        put(firstStraight + at, (standard[at] ?? 0) * (live[at] === 0 ? lengthValue : straight));
      const names = identitiesOf(subject);
      for (const name of names) {
        const identity = identities.get(name);
        if (identity) put(identity.column, identityValue);
      }
      placed.identityRows = identities.get(surestOf(names, tellingTags))?.rows ?? 0;
      return placed;
    },
  };
};

/** Log of how often, as a table: a word that stands ten times is not ten times as telling. */
const damped = Float64Array.from({ length: 64 }, (_, count) => (count === 0 ? 0 : 1 + Math.log(count)));
const mostDamped = 1 + Math.log(64);

interface Waves {
  readonly count: number;
  /** Wave by wave. */
  readonly directions: Float64Array;
  readonly phases: Float64Array;
}

/** Random waves over the structure: sums of them are smooth functions of it, bends and corners included. */
const wavesOf = (count: number, width: number, seed: number): Waves => {
  const spread = Math.sqrt(2 / Math.max(1, width));
  const directions = Float64Array.from({ length: count * width }, (_, at) => spread * normal(seed, at));
  const phases = Float64Array.from({ length: count }, (_, at) => 2 * Math.PI * chanceOf(`phase ${at}`, seed));
  return { count, directions, phases };
};

const normal = (seed: number, at: number): number =>
  Math.sqrt(-2 * Math.log(1 - chanceOf(`radius ${at}`, seed))) *
  Math.cos(2 * Math.PI * chanceOf(`angle ${at}`, seed));

const putWaves = (
  standard: Float64Array,
  { count, directions, phases }: Waves,
  put: (column: number, value: number) => void,
  firstColumn: number,
): void => {
  const height = Math.sqrt(2 / Math.max(1, count));
  const width = standard.length;
  for (let wave = 0; wave < count; wave += 1) {
    let sum = phases[wave] ?? 0;
    const from = wave * width;
    for (let at = 0; at < width; at += 1) sum += (directions[from + at] ?? 0) * (standard[at] ?? 0);
    put(firstColumn + wave, height * Math.cos(sum));
  }
};
