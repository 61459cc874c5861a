import type { PredictionSubject } from '../../core/prediction.ts';
import { createCodeUnits } from '../../features/code-units.ts';
import { emptyHash, hashWith } from '../../kit/hash.ts';
import { type Counts, noCounts, structureCount, writeStructure } from './structure.ts';

/** A request as numbers, before anything was learnt. Good until the next one is read. */
export interface Vector {
  /** Buckets of single words (the first `wordCount`), then of pairs of neighbours; each once. */
  readonly buckets: Uint16Array;
  /** How often, by the same place. */
  readonly counts: Uint16Array;
  wordCount: number;
  count: number;
  readonly structure: Float64Array;
}

/** Single words have the lower half of the buckets, pairs the upper. */
export const bucketBits = 14;
export const bucketCount = 1 << bucketBits;
const half = bucketCount >> 1;

/** Of a longer ask its beginning and its end are read. */
const mostHead = 8_192;
const mostTail = 4_096;

const { units, read } = createCodeUnits(mostHead + mostTail + 1);

const vector: Vector = {
  buckets: new Uint16Array(bucketCount),
  counts: new Uint16Array(bucketCount),
  wordCount: 0,
  count: 0,
  structure: new Float64Array(structureCount),
};
const tallies = noCounts();
const fresh = noCounts();
const pairs = new Uint16Array(mostHead + mostTail + 1);
/** Where a bucket stands in the vector that is being read, where `lastSeen` tells that it does. */
const places = new Uint16Array(bucketCount);
const lastSeen = new Uint32Array(bucketCount);
let stamp = 0;

/** All of an ask that is ever read: whoever keeps no more of it gets the same vector. */
export const clippedAsk = (ask: string): string =>
  ask.length <= mostHead + mostTail ? ask : `${ask.slice(0, mostHead)}\n${ask.slice(-mostTail)}`;

/** One function for training and serving. */
export const readVector = ({ ask, features }: PredictionSubject): Vector => {
  stamp += 1;
  if (stamp === 0xffff_ffff) {
    lastSeen.fill(0);
    stamp = 1;
  }
  Object.assign(tallies, fresh);
  vector.count = 0;
  const pairCount = readLines(fill(ask), tallies);
  vector.wordCount = vector.count;
  for (let at = 0; at < pairCount; at += 1) note(half + (pairs[at] ?? 0));
  writeStructure(tallies, features, vector.structure);
  return vector;
};

const fill = (ask: string): number => {
  const clipped = clippedAsk(ask);
  return read(clipped, 0, clipped.length);
};

const note = (bucket: number): boolean => {
  if (lastSeen[bucket] === stamp) {
    const place = places[bucket] ?? 0;
    vector.counts[place] = Math.min(0xffff, (vector.counts[place] ?? 0) + 1);
    return false;
  }
  lastSeen[bucket] = stamp;
  places[bucket] = vector.count;
  vector.buckets[vector.count] = bucket;
  vector.counts[vector.count] = 1;
  vector.count += 1;
  return true;
};

/** Line by line: pairs never reach over a line's end, so the order of options is of no weight. */
const readLines = (length: number, tally: Counts): number => {
  let pairCount = 0;
  let start = 0;
  tally.chars = length;
  while (start < length) {
    let end = start;
    while (end < length && units[end] !== newLine) end += 1;
    const body = afterLetter(start, end);
    const isOption = body > start;
    const chars = end - body;
    if (chars > 0) {
      tally.lines += 1;
      tally.longestLine = Math.max(tally.longestLine, chars);
      if (isOption) {
        tally.options += 1;
        tally.optionChars += chars;
        tally.optionSquares += chars * chars;
      } else tally.questionChars += chars;
      pairCount = readLine(body, end, tally, pairCount, isOption);
    }
    start = end + 1;
  }
  return pairCount;
};

/** Behind the letter of an option ("B. ", "(b) ", "c) "), or the line's start. */
const afterLetter = (start: number, end: number): number => {
  let at = start;
  while (at < end && isSpace(units[at] ?? 0)) at += 1;
  if (units[at] === 0x28) at += 1;
  const letter = (units[at] ?? 0) | 0x20;
  if (letter < 0x61 || letter > 0x70) return start;
  const mark = units[at + 1];
  if (mark !== 0x2e && mark !== 0x29 && mark !== 0x3a) return start;
  if (at + 2 >= end || !isSpace(units[at + 2] ?? 0)) return start;
  return at + 3;
};

const newLine = 0x0a;
const isSpace = (unit: number): boolean => unit === 0x20 || unit === 0x09 || unit === 0x0d || unit === 0xa0;
const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
/** From here up every sign is a word of its own: Chinese, Japanese, Korean. */
const firstSign = 0x2e80;
const isLetter = (unit: number): boolean =>
  (unit >= 0x61 && unit <= 0x7a) ||
  (unit >= 0x41 && unit <= 0x5a) ||
  (unit >= 0xc0 && unit < 0x2000 && unit !== 0xd7 && unit !== 0xf7);

const bucketOf = (hash: number): number => {
  const stirred = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (stirred ^ (stirred >>> 13)) & (half - 1);
};

const stemLetters = 5;
const stemMark = 0x3b9aca07;

/** Counts the tokens of a line and notes their buckets; returns how many pairs there are now. */
const readLine = (
  from: number,
  end: number,
  tally: Counts,
  pairsSoFar: number,
  isOption: boolean,
): number => {
  let pairCount = pairsSoFar;
  let before = 0;
  let at = from;
  let isNumeric = isOption;
  while (at < end) {
    const unit = units[at] ?? 0;
    if (isSpace(unit)) {
      at += 1;
      continue;
    }
    let hash = emptyHash;
    if (isLetter(unit)) {
      const start = at;
      let stem = 0;
      if (unit >= 0x41 && unit <= 0x5a) tally.capitalisedWords += 1;
      for (let letter = unit; isLetter(letter) && at < end; letter = units[at] ?? 0) {
        const isCapital = letter >= 0x41 && letter <= 0x5a;
        if (isCapital) tally.capitals += 1;
        if (letter > 0x7f) tally.foreign += 1;
        hash = hashWith(hash, isCapital ? letter | 0x20 : letter);
        at += 1;
        if (at - start === stemLetters) stem = hash ^ stemMark;
      }
      tally.words += 1;
      tally.wordLetters += at - start;
      if (note(bucketOf(hash))) tally.distinctWords += 1;
      if (at - start > stemLetters) note(bucketOf(stem));
      isNumeric = false;
    } else if (isDigit(unit)) {
      const start = at;
      while (at < end && isDigit(units[at] ?? 0)) at += 1;
      const digits = at - start;
      tally.numbers += 1;
      tally.digits += digits;
      tally.longestNumber = Math.max(tally.longestNumber, digits);
      // the figures of a number say little, how many they are says more
      hash = hashWith(hashWith(hash, 0x23), Math.min(digits, 6));
      note(bucketOf(hash));
    } else {
      hash = hashWith(hash, unit);
      at += 1;
      if (unit >= firstSign) {
        tally.foreign += 1;
        tally.words += 1;
        tally.wordLetters += 1;
        if (note(bucketOf(hash))) tally.distinctWords += 1;
        isNumeric = false;
      } else {
        countSign(unit, tally);
        note(bucketOf(hash));
        if (unit !== 0x2e && unit !== 0x2d && unit !== 0x2c) isNumeric = false;
      }
    }
    tally.tokens += 1;
    if (before !== 0) {
      pairs[pairCount] = bucketOf(hashWith(Math.imul(before, 0x5bd1e995), hash));
      pairCount += 1;
    }
    before = hash;
  }
  if (isNumeric) tally.numericOptions += 1;
  return pairCount;
};

const countSign = (unit: number, tally: Counts): void => {
  switch (unit) {
    case 0x3d: // = + - * / ^ < > and the backslash of formulas
    case 0x2b:
    case 0x2d:
    case 0x2a:
    case 0x2f:
    case 0x5e:
    case 0x3c:
    case 0x3e:
    case 0x5c:
      tally.operators += 1;
      tally.symbols += 1;
      break;
    case 0x7b: // { } [ ]
    case 0x7d:
    case 0x5b:
    case 0x5d:
      tally.symbols += 1;
      break;
    case 0x3f:
      tally.questionMarks += 1;
      break;
    case 0x2c:
      tally.commas += 1;
      break;
    case 0x60:
      tally.backticks += 1;
      break;
    case 0x5f:
      tally.blanks += 1;
      break;
    case 0x24:
      tally.dollars += 1;
      break;
    default:
      if (unit > 0x7f) tally.foreign += 1;
  }
};
