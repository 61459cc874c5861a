import { createCodeUnits } from './code-units.ts';
import { defineFeature } from './feature.ts';

export const code = defineFeature({
  name: 'code',
  read: ({ ask }) => {
    const codeShare = shareOfCode(ask);
    return { codeShare, hasCode: codeShare > 0 };
  },
});

const readChars = 16_000;
const { units, read } = createCodeUnits(readChars);

/** Share of the characters that stand in code: fenced, or lines that look like code. */
export const shareOfCode = (ask: string): number => {
  const length = read(ask, 0, ask.length);
  if (length === 0) return 0;
  let inCode = 0;
  let isFenced = false;
  for (let start = 0; start < length; ) {
    const newline = ask.indexOf('\n', start);
    const end = newline < 0 || newline > length ? length : newline;
    const isFence = startsFence(start, end);
    if (isFenced || isFence || looksLikeCode(units, start, end)) inCode += end - start + 1;
    if (isFence) isFenced = !isFenced;
    start = end + 1;
  }
  return Math.min(1, inCode / length);
};

const startsFence = (start: number, end: number): boolean => {
  let at = start;
  while (at < end && units[at] === 0x20) at++;
  const mark = units[at];
  return (mark === 0x60 || mark === 0x7e) && at + 2 < end && units[at + 1] === mark && units[at + 2] === mark;
};

/**
 * One line of source, told by its marks alone: how it ends (`{`, `;`, `):`), what it is made of
 * (`=>`, `==`, `()`, `</`), or that it is a line of a patch.
 */
export const looksLikeCode = (line: Uint16Array, from: number, to: number): boolean => {
  let start = from;
  let end = to;
  while (start < end && (line[start] ?? 0) <= 0x20) start++;
  while (end > start && (line[end - 1] ?? 0) <= 0x20) end--;
  const length = end - start;
  if (length < 2 || length > 400) return false;
  const last = line[end - 1];
  const beforeLast = line[end - 2];
  if (length <= 3) return last === 0x7d || beforeLast === 0x7d;
  let quarters = 0;
  let pairs = 0;
  for (let at = start; at < end; at++) {
    const code = line[at] ?? 0;
    const mark = markQuarters[code] ?? 0;
    if (mark === 0) continue;
    quarters += mark;
    if (at + 1 < end && isPair(code, line[at + 1] ?? 0)) pairs++;
  }
  if (last === 0x7b || last === 0x3b) return quarters >= 4;
  if (last === 0x3a && beforeLast === 0x29) return true;
  if (last === 0x7d && quarters >= 8) return true;
  if (pairs >= 2) return true;
  return pairs >= 1 && quarters * 3 >= length;
};

/** Marks that prose seldom has weigh four quarters, those that it has at times one. */
const markQuarters = new Uint8Array(0x1_0000);
for (const mark of '{}[]=;<>|&_$\\') markQuarters[mark.charCodeAt(0)] = 4;
for (const mark of '().,*/+:"\'') markQuarters[mark.charCodeAt(0)] = 1;

/** Two marks in a row that make an operator, a call or a tag. */
const isPair = (code: number, next: number): boolean => {
  switch (code) {
    case 0x28:
      return next === 0x29; // ()
    case 0x3d:
      return next === 0x3d || next === 0x3e; // == =>
    case 0x2d:
      return next === 0x3e; // ->
    case 0x3a:
      return next === 0x3a || next === 0x3d; // :: :=
    case 0x26:
      return next === 0x26;
    case 0x7c:
      return next === 0x7c;
    case 0x3c:
      return next === 0x2f || (next >= 0x61 && next <= 0x7a); // </ <div
    case 0x5b:
      return next === 0x5d; // []
    default:
      return false;
  }
};
