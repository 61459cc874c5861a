import { createCodeUnits } from './code-units.ts';

/** A text as the set of its stretches of four letters, to be held against others. */
export interface Shingles {
  /** Share of the stretches of both that both have, 0 to 1 (Jaccard). */
  likeness(other: string): number;
}

/** Of a longer text the beginning counts. */
const mostChars = 1_000;
const { units, read } = createCodeUnits(mostChars);

/** Works in any script: letters and digits in small, whatever stands between them as one space. */
export const shinglesOf = (text: string): Shingles => {
  const own = new Set(hashes(text));
  return {
    likeness(other) {
      const theirs = new Set(hashes(other));
      let common = 0;
      for (const hash of theirs) if (own.has(hash)) common++;
      const all = own.size + theirs.size - common;
      return all === 0 ? 0 : common / all;
    },
  };
};

const hashes = (text: string): readonly number[] => {
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
  const found: number[] = [];
  for (let at = 0; at + 4 <= kept; at++) {
    let hash = 0x811c9dc5;
    for (let ahead = 0; ahead < 4; ahead++) hash = Math.imul(hash ^ (units[at + ahead] ?? 0), 0x01000193);
    found.push(hash);
  }
  return found;
};

/** Punctuation of other scripts. */
const isMark = (code: number): boolean =>
  (code >= 0x2000 && code < 0x2070) || (code >= 0x3000 && code < 0x3040) || (code >= 0xff00 && code < 0xff10);
