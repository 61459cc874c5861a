import { defineFeature } from './feature.ts';

export const code = defineFeature({
  name: 'code',
  read: ({ ask }) => {
    const codeShare = shareOfCode(ask);
    return { codeShare, hasCode: codeShare > 0 };
  },
});

const readChars = 16_000;

/** Share of the characters that stand in code: fenced, or lines that look like code. */
export const shareOfCode = (ask: string): number => {
  const text = ask.length > readChars ? ask.slice(0, readChars) : ask;
  if (text.length === 0) return 0;
  let inCode = 0;
  let isFenced = false;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const isFence = startsFence(text, start, end);
    if (isFenced || isFence || looksLikeCode(text, start, end)) inCode += end - start + 1;
    if (isFence) isFenced = !isFenced;
    start = end + 1;
  }
  return Math.min(1, inCode / text.length);
};

const startsFence = (text: string, start: number, end: number): boolean => {
  let at = start;
  while (at < end && text.charCodeAt(at) === 0x20) at++;
  return text.startsWith('```', at) || text.startsWith('~~~', at);
};

/**
 * One line of source, told by its marks alone: how it ends (`{`, `;`, `):`), what it is made of
 * (`=>`, `==`, `()`, `</`), or that it is a line of a patch.
 */
export const looksLikeCode = (text: string, from: number, to: number): boolean => {
  let start = from;
  let end = to;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  const length = end - start;
  if (length < 2 || length > 400) return false;
  const last = text.charCodeAt(end - 1);
  const beforeLast = text.charCodeAt(end - 2);
  if (length <= 3) return last === 0x7d || beforeLast === 0x7d;
  let marks = 0;
  let pairs = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 128 || markWeights[code] === 0) continue;
    marks += markWeights[code] ?? 0;
    const next = text.charCodeAt(at + 1);
    if (isPair(code, next) && at + 1 < end) pairs++;
  }
  if (last === 0x7b || last === 0x3b) return marks >= 1;
  if (last === 0x3a && beforeLast === 0x29) return true;
  if (last === 0x7d && marks >= 2) return true;
  if (pairs >= 2) return true;
  return pairs >= 1 && marks * 12 >= length;
};

/** Marks that prose seldom has. */
const markWeights = Float64Array.from({ length: 128 }, (_, code) =>
  '{}[]=;<>|&_$\\'.includes(String.fromCharCode(code))
    ? 1
    : '().,*/+:"\''.includes(String.fromCharCode(code))
      ? 0.25
      : 0,
);

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
    case 0x2e:
      return false;
    default:
      return false;
  }
};
