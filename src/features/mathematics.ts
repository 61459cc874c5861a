import { looksLikeCode } from './code.ts';
import { createCodeUnits } from './code-units.ts';
import { defineFeature } from './feature.ts';

/** How much of the ask is mathematics, told by its signs: in every language they are the same. */
export const mathematics = defineFeature({
  name: 'mathematics',
  read: ({ ask }) => ({ mathShare: shareOfMathematics(ask) }),
});

const readChars = 4_096;
const { units, read } = createCodeUnits(readChars);

/** Share of the characters that stand in formulas: between dollar signs, or in terms with signs of mathematics. Code is none. */
export const shareOfMathematics = (ask: string): number => {
  const length = read(ask, 0, ask.length);
  if (length === 0) return 0;
  let inMathematics = 0;
  let isFenced = false;
  for (let start = 0; start < length; ) {
    let end = start;
    let seen = 0;
    while (end < length && units[end] !== newline) seen |= kinds[units[end++] ?? 0] ?? 0;
    if (units[start] === backtick && units[start + 1] === backtick && units[start + 2] === backtick)
      isFenced = !isFenced;
    else if (!isFenced && (seen & (sign | mark)) !== 0) {
      const own = (seen & mark) !== 0 ? countDelimited(start, end) : 0;
      if (own > 0) inMathematics += own;
      else if ((seen & sign) !== 0 && !looksLikeCode(units, start, end))
        inMathematics += countTerms(start, end);
    }
    start = end + 1;
  }
  return Math.min(1, inMathematics / length);
};

const newline = 0x0a;
const backtick = 0x60;
const dollar = 0x24;
const backslash = 0x5c;
const colon = 0x3a;
const slash = 0x2f;
const hyphen = 0x2d;

const sign = 1;
const digit = 2;
const letter = 4;
const mark = 8;
const strong = 16;

/** Signs that prose may have too are `sign`; those that only formulas have are also `strong`. */
const kinds = new Uint8Array(0x1_0000)
  .fill(digit, 0x30, 0x3a)
  .fill(letter, 0x41, 0x5b)
  .fill(letter, 0x61, 0x7b)
  .fill(letter, 0xc0, 0x2000)
  .fill(sign | strong, 0x2200, 0x2300)
  .fill(sign | strong, 0x2070, 0x20a0);
for (const char of '+-*/=<>') kinds[char.charCodeAt(0)] = sign;
for (const char of '^×÷±²³·√≤≥≠≈') kinds[char.charCodeAt(0)] = sign | strong;
kinds[dollar] = mark;
kinds[backslash] = mark;

/** Signs between `$ … $`, `\( … \)`, `\[ … \]`, and commands beginning with a backslash; 0 where there is no formula. */
const countDelimited = (from: number, to: number): number => {
  let counted = 0;
  for (let at = from; at < to; at++) {
    const code = units[at];
    const width = code === dollar && units[at + 1] === dollar ? 2 : 1;
    if (code === dollar) {
      const close = nextDollar(at + width, to);
      if (close < 0 || !isFormula(at + width, close)) {
        at += width - 1;
        continue;
      }
      counted += close + width - at;
      at = close + width - 1;
    } else if (code === backslash) {
      let end = at + 1;
      const opening = units[end];
      if (units[at - 1] === colon) {
        // the path of a file
        while (end < to && (units[end] ?? 0) > 0x20) end++;
        at = end - 1;
        continue;
      }
      if (opening === 0x28 || opening === 0x5b) {
        end++;
        while (
          end < to &&
          !(units[end] === backslash && (units[end + 1] === 0x29 || units[end + 1] === 0x5d))
        )
          end++;
        end = Math.min(to, end + 2);
      } else {
        while (end < to && (kinds[units[end] ?? 0] ?? 0) === letter) end++;
        // "\n" written out and the parts of a path are no commands
        if (end - at < 4) continue;
        while (end < to && (units[end] ?? 0) > 0x20) end++;
      }
      counted += end - at;
      at = end - 1;
    }
  }
  return counted;
};

const nextDollar = (from: number, to: number): number => {
  for (let at = from; at < to; at++) if (units[at] === dollar) return at;
  return -1;
};

/** "$40 and $50" are amounts. */
const isFormula = (from: number, to: number): boolean => {
  if (to <= from || to - from > 400) return false;
  const first = kinds[units[from] ?? 0] ?? 0;
  let seen = 0;
  for (let at = from; at < to; at++) seen |= kinds[units[at] ?? 0] ?? 0;
  return first === digit ? (seen & (sign | mark)) !== 0 : (units[from] ?? 0) > 0x20;
};

/** Terms between spaces that hold a sign beside a digit or a lone letter, and the numbers and letters between such. */
const countTerms = (from: number, to: number): number => {
  let counted = 0;
  let pending = 0;
  let hasOperator = false;
  for (let start = from; start < to; ) {
    let end = start;
    let seen = 0;
    let letters = 0;
    let digits = 0;
    let signs = 0;
    let hasClear = false;
    while (end < to && isInTerm(units[end] ?? 0)) {
      const kind = kinds[units[end] ?? 0] ?? 0;
      seen |= kind;
      if (kind === letter) letters++;
      else if (kind === digit) digits++;
      else if ((kind & sign) !== 0) {
        signs++;
        // "A/B" and "e-mail" are words
        hasClear ||= units[end] !== slash && units[end] !== hyphen;
      }
      end++;
    }
    if (end === start) {
      start++;
      if (hasOperator) counted += pending;
      pending = 0;
      hasOperator = false;
      continue;
    }
    const isTerm = letters <= 2 && (digits > 0 || letters > 0) && signs === 0;
    const isFormulaTerm =
      signs > 0 &&
      digits + letters > 0 &&
      letters <= 2 * (digits + signs) &&
      (digits > 0 || (hasClear && ((seen & strong) !== 0 || letters <= 2 * signs))) &&
      !isDate(digits, letters, signs, end - start);
    const isOperator = signs > 0 && signs === end - start && signs <= 2;
    if (isFormulaTerm || isOperator || isTerm) {
      const isFirst = pending === 0;
      pending += end - start + 1;
      hasOperator ||= isFormulaTerm || (isOperator && !isFirst);
    } else {
      if (hasOperator) counted += pending;
      pending = 0;
      hasOperator = false;
    }
    start = end < to && units[end] === 0x20 ? end + 1 : end;
  }
  return hasOperator ? counted + pending : counted;
};

/** Scripts that set no spaces between words are a boundary to formulas. */
const isInTerm = (code: number): boolean => code > 0x20 && (code < 0x2e80 || code >= 0xff00);

/** "2024-01-05". */
const isDate = (digits: number, letters: number, signs: number, length: number): boolean =>
  letters === 0 && signs === 2 && digits + signs === length && length >= 8;
