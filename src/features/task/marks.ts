/**
 * What the signs of an ask tell without its words: mathematics, formulas, patches, stack traces,
 * unfinished code. One pass over the window.
 */
export interface Marks {
  readonly hasLatex: boolean;
  readonly hasEquation: boolean;
  readonly numbers: number;
  /** Written mathematics: a caret power, a sign of the calculus, an operator between numbers. */
  readonly operators: number;
  readonly hasDiff: boolean;
  readonly hasTrace: boolean;
  /** The text ends in code that is not finished. */
  readonly isOpenEnded: boolean;
  readonly hasSignature: boolean;
  readonly hasBlank: boolean;
  readonly hasHole: boolean;
  readonly formulas: number;
  readonly hasQuote: boolean;
  readonly hasInlineCode: boolean;
}

export const readMarks = (text: string, ask: string): Marks => {
  const counts = countSigns(text);
  return {
    ...counts,
    hasLatex: hasLatex(text),
    hasDiff: hasAny(text, ['```diff', '\n@@ ', 'diff --git', '\n+++ ', '\n--- a/']),
    hasTrace: hasTrace(text),
    isOpenEnded: endsOpen(ask),
    hasSignature: hasAny(text, ['"""', "'''"]) && text.includes('def '),
    hasBlank: text.includes('___'),
    hasHole: hasAny(text, ['<fim_', '<|fim', '<PRE>', '[BLANK]', '<FILL', '<hole', '<CURSOR', '<|cursor']),
    hasInlineCode: hasInlineCode(text),
  };
};

const hasAny = (text: string, signs: readonly string[]): boolean => signs.some((sign) => text.includes(sign));

const hasLatex = (text: string): boolean => {
  if (text.includes('\\(') || text.includes('\\[') || text.includes('\\frac') || text.includes('\\sqrt'))
    return true;
  const open = text.indexOf('$');
  if (open < 0) return false;
  const close = text.indexOf('$', open + 1);
  if (close < 0 || close - open > 120) return false;
  // "$40 and $50" are amounts; between the signs of a formula stands a letter, power or backslash
  const first = text.charCodeAt(open + 1);
  return !(first >= 0x30 && first <= 0x39) || text.slice(open, close).includes('\\');
};

const hasTrace = (text: string): boolean =>
  hasAny(text, [
    'Traceback (most',
    '\n    at ',
    '\n\tat ',
    'Exception in thread',
    'goroutine ',
    'panic: ',
    '  File "',
    'stack backtrace',
    'Segmentation fault',
    'error TS',
    'Uncaught ',
    'npm ERR!',
  ]);

const hasInlineCode = (text: string): boolean => {
  const open = text.indexOf('`');
  if (open < 0 || text.startsWith('```', open)) return false;
  return text.indexOf('`', open + 1) > 0;
};

/** The last line is code that asks to be gone on with. */
const endsOpen = (ask: string): boolean => {
  let end = ask.length;
  while (end > 0 && ask.charCodeAt(end - 1) <= 0x20) end--;
  if (end === 0) return false;
  const last = ask.charAt(end - 1);
  if ('{(=[,'.includes(last)) return true;
  const tail = ask.slice(Math.max(0, end - 12), end);
  return tail.endsWith('=>') || tail.endsWith('return') || tail.endsWith('WHERE') || tail.endsWith('->');
};

const countSigns = (
  text: string,
): Pick<Marks, 'numbers' | 'operators' | 'hasEquation' | 'formulas' | 'hasQuote'> => {
  let numbers = 0;
  let operators = 0;
  let formulas = 0;
  let quotes = 0;
  let hasEquation = false;
  let before = 0x20;
  let capitals = 0;
  let wordDigits = 0;
  let lowers = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0x20;
    const isDigit = code >= 0x30 && code <= 0x39;
    const isUpper = code >= 0x41 && code <= 0x5a;
    const isLower = code >= 0x61 && code <= 0x7a;
    if (isDigit && !(before >= 0x30 && before <= 0x39) && before !== 0x2e) numbers++;
    if (isUpper) capitals++;
    else if (isLower) lowers++;
    else if (isDigit) wordDigits++;
    else {
      // CH3Br, Fe3+, H2SO4: capitals and digits mixed, few small letters
      if (capitals >= 1 && wordDigits >= 1 && lowers <= capitals && capitals + lowers >= 2) formulas++;
      capitals = 0;
      lowers = 0;
      wordDigits = 0;
      if (code === 0x22) quotes++;
      else if (code === 0x5e || isMathSign(code)) operators++;
      else if (isOperator(code) && isBetweenTerms(text, at)) operators++;
      else if (code === 0x3d && isBetweenTerms(text, at)) hasEquation = true;
    }
    before = code;
  }
  return { numbers, operators, hasEquation, formulas, hasQuote: quotes >= 2 };
};

/** ∀ … ⋿, superscripts, × ÷ ± √ ∞ ≤ ≥ π. */
const isMathSign = (code: number): boolean =>
  (code >= 0x2200 && code <= 0x22ff) ||
  code === 0xd7 ||
  code === 0xf7 ||
  code === 0xb1 ||
  code === 0xb2 ||
  code === 0xb3;

const isOperator = (code: number): boolean =>
  code === 0x2b || code === 0x2a || code === 0x2f || code === 0x2d;

/** A digit or single letter on both sides, spaces allowed. */
const isBetweenTerms = (text: string, at: number): boolean => {
  let left = at - 1;
  let right = at + 1;
  const isSpaced = text.charCodeAt(left) === 0x20 && text.charCodeAt(right) === 0x20;
  if (isSpaced) {
    left--;
    right++;
  }
  return isTerm(text, left, -1) && isTerm(text, right, 1);
};

const isTerm = (text: string, at: number, direction: 1 | -1): boolean => {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return true;
  if (code === 0x28 || code === 0x29) return true;
  const isLetter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
  if (!isLetter) return false;
  const next = text.charCodeAt(at + direction);
  return !((next >= 0x61 && next <= 0x7a) || (next >= 0x41 && next <= 0x5a));
};
