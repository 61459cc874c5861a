import type { RE2JS } from 're2js';
import { z } from 'zod';
import { necessaryWords } from '../../kit/necessary-words.ts';
import { compileRe2 } from '../../kit/re2.ts';
import { defineCondition } from './condition.ts';
import { listOf, oneOrMany } from './one-or-many.ts';

/** No more of an ask is searched: patterns run in linear time, but linear in something. */
export const searchedChars = 65_536;

export const text = defineCondition({
  type: 'text',
  summary: `A pattern found in the newest ask (its first ${searchedChars} characters). RE2 syntax: no look-around, no back-references, and no input makes it slow.`,
  config: oneOrMany(z.string().min(1).max(2_000)).describe(
    'A pattern or a list, any of which may be found: `(?i)\\binvoice\\b`.',
  ),
  compile: (patterns) => {
    const finders = listOf(patterns).map(finderOf);
    return ({ ask }) => {
      const searched = ask.length > searchedChars ? ask.slice(0, searchedChars) : ask;
      return finders.some((finds) => finds(searched));
    };
  },
});

/** Most texts are told apart by a few words, which are found sooner than the whole pattern is. */
const finderOf = (pattern: string): ((text: string) => boolean) => {
  const compiled = compilePattern(pattern);
  const words = necessaryWords(pattern);
  return words
    ? (searched) => words.test(searched) && compiled.test(searched)
    : (searched) => compiled.test(searched);
};

/** Throws RangeError with RE2's own words. */
export const compilePattern = (pattern: string): RE2JS => {
  try {
    return compileRe2(pattern);
  } catch (cause) {
    throw new RangeError(
      `${JSON.stringify(pattern)} is no RE2 pattern: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
};
