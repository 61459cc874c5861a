import { emptyHash, hashWith } from '../kit/hash.ts';
import { createCodeUnits } from './code-units.ts';

/**
 * A text as the set of its stretches of four letters, to be held against others; in memory that is used again
 * and again, so a reader is done with one text before it reads another.
 */
export interface Shingles {
  read(text: string): void;
  /** Share of the stretches of both that both have, 0 to 1 (Jaccard). */
  likeness(other: string): number;
}

/** Of a longer text the beginning counts. */
const mostChars = 1_000;

/** Works in any script: letters and digits in small, whatever stands between them as one space. */
export const createShingles = (): Shingles => {
  const own = new HashSet();
  const theirs = new HashSet();
  return {
    read(text) {
      own.clear();
      const length = readLetters(text);
      for (let at = 0; at + 4 <= length; at++) own.add(hashAt(at));
    },
    likeness(other) {
      theirs.clear();
      const length = readLetters(other);
      let common = 0;
      for (let at = 0; at + 4 <= length; at++) {
        const hash = hashAt(at);
        if (theirs.add(hash) && own.has(hash)) common++;
      }
      const all = own.size + theirs.size - common;
      return all === 0 ? 0 : common / all;
    },
  };
};

const { units, read } = createCodeUnits(mostChars);

/** To the beginning of `units`; how many there are. */
const readLetters = (text: string): number => {
  const small = text.slice(0, mostChars).toLowerCase();
  const length = read(small, 0, small.length);
  let kept = 0;
  for (let at = 0; at < length; at++) {
    const code = units[at] ?? 0;
    const isLetter =
      (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || (code >= 0xaa && !isMark(code));
    if (isLetter) units[kept++] = code;
    else if (kept > 0 && units[kept - 1] !== 0x20) units[kept++] = 0x20;
  }
  return kept;
};

const hashAt = (at: number): number => {
  let hash = emptyHash;
  for (let ahead = 0; ahead < 4; ahead++) hash = hashWith(hash, units[at + ahead] ?? 0);
  return hash;
};

/** Punctuation of other scripts. */
const isMark = (code: number): boolean =>
  (code >= 0x2000 && code < 0x2070) || (code >= 0x3000 && code < 0x3040) || (code >= 0xff00 && code < 0xff10);

/**
 * Whole numbers of 32 bits, up to `mostChars` of them. A `Set` grows table by table, and for every request
 * that was a seventh of all memory the gateway took.
 */
class HashSet {
  readonly #hashes = new Int32Array(slots);
  /** In which round a slot was filled. */
  readonly #rounds = new Uint32Array(slots);
  #round = 0;
  size = 0;

  clear(): void {
    this.size = 0;
    this.#round = (this.#round + 1) >>> 0;
    if (this.#round > 0) return;
    this.#rounds.fill(0);
    this.#round = 1;
  }

  has(hash: number): boolean {
    return this.#rounds[this.#slotOf(hash)] === this.#round;
  }

  /** False where it was there. */
  add(hash: number): boolean {
    const slot = this.#slotOf(hash);
    if (this.#rounds[slot] === this.#round) return false;
    this.#hashes[slot] = hash;
    this.#rounds[slot] = this.#round;
    this.size += 1;
    return true;
  }

  /** Where it is, or would be. */
  #slotOf(hash: number): number {
    let slot = Math.imul(hash, 0x9e3779b1) >>> slotShift;
    while (this.#rounds[slot] === this.#round && this.#hashes[slot] !== hash) slot = (slot + 1) & (slots - 1);
    return slot;
  }
}

/** Four times as many as there can be entries, so that few meet. */
const slots = 4_096;
const slotShift = 20;
