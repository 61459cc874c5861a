import { emptyHash, hashWith } from '../../kit/hash.ts';
import { createCodeUnits } from '../code-units.ts';

/**
 * A text as the numbers of its short stretches: how the recogniser reads languages it has no words of. Every
 * script is read alike: letters in small, digits as one, whatever stands between them as one space.
 */
export interface Grams {
  /** The numbers; only the first `count` are of this text. Good until the next text is read. */
  readonly buckets: Uint16Array;
  readonly count: number;
}

export const bucketBits = 12;

const mostChars = 904;
const { units, read } = createCodeUnits(mostChars);

/** Each number once. */
export const readGrams = (text: string): Grams => {
  const length = fold(read(text, 0, text.length));
  stamp = (stamp + 1) & 0xff;
  if (stamp === 0) {
    lastSeen.fill(0);
    stamp = 1;
  }
  found.count = 0;
  let word = emptyHash;
  for (let at = 0; at < length; at++) {
    const unit = units[at] ?? 0;
    if (unit === space) {
      if (word !== emptyHash) keep(word ^ wordMark);
      word = emptyHash;
      continue;
    }
    word = hashWith(word, unit);
    const next = units[at + 1] ?? space;
    const two = hashWith(hashWith(emptyHash, unit), next);
    // a sign of these scripts is as much as a syllable or a word
    if (unit >= firstSign) {
      keep(hashWith(signMark, unit));
      keep(two);
    }
    const three = hashWith(two, units[at + 2] ?? space);
    keep(three);
    if (unit < firstSign) keep(hashWith(three, units[at + 3] ?? space));
  }
  return found;
};

const space = 0x20;
const digitZero = 0x30;
const firstSign = 0x2e80;
const wordMark = 0x5bd1e995;
const signMark = 0x27d4eb2f;

const found: { readonly buckets: Uint16Array; count: number } = {
  buckets: new Uint16Array(1 << bucketBits),
  count: 0,
};
const lastSeen = new Uint8Array(1 << bucketBits);
let stamp = 0;

const keep = (hash: number): void => {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const bucket = (mixed ^ (mixed >>> 13)) >>> (32 - bucketBits);
  if (lastSeen[bucket] === stamp) return;
  lastSeen[bucket] = stamp;
  found.buckets[found.count++] = bucket;
};

/** In place; a space ends the text. Returns the new length. */
const fold = (length: number): number => {
  let kept = 0;
  for (let at = 0; at < length; at++) {
    const unit = folded[units[at] ?? 0] ?? space;
    if (unit !== space || (kept > 0 && units[kept - 1] !== space)) units[kept++] = unit;
  }
  if (kept > 0 && units[kept - 1] !== space && kept < length) units[kept++] = space;
  units[kept] = space;
  units[kept + 1] = space;
  units[kept + 2] = space;
  return kept;
};

/** For every code unit what it counts as: a small letter, the digit 0, or a space. */
const folded = new Uint16Array(0x1_0000).fill(space);
for (let code = 0; code < folded.length; code++) {
  if (code >= 0xd800 && code < 0xf900) continue;
  const sign = String.fromCharCode(code);
  if (/\p{N}/u.test(sign)) folded[code] = digitZero;
  else if (/[\p{L}\p{M}]/u.test(sign)) folded[code] = sign.toLowerCase().charCodeAt(0);
}
