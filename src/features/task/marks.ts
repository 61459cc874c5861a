import { createCodeUnits } from '../code-units.ts';

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
  /** Some sign is not ASCII. */
  readonly isWide: boolean;
}

export const readMarks = (text: string, ask: string): Marks => {
  const counts = countSigns(text);
  const { seen } = counts;
  const hasLines = (seen & lineBit) !== 0;
  return {
    hasEquation: counts.hasEquation,
    numbers: counts.numbers,
    operators: counts.operators,
    formulas: counts.formulas,
    hasQuote: counts.hasQuote,
    isWide: counts.isWide,
    hasLatex: (seen & latexBits) !== 0 && hasLatex(text),
    hasDiff: hasLines && hasAny(text, seen, diffSigns),
    hasTrace:
      ((seen & colonBit) !== 0 && text.includes(': ') && hasAny(text, seen, traceSigns)) ||
      (hasLines && hasAny(text, seen, traceLines)),
    isOpenEnded: endsOpen(ask),
    hasSignature: hasAny(text, seen, docSigns) && text.includes('def '),
    hasBlank: hasAny(text, seen, blankSigns),
    hasHole: hasAny(text, seen, holeSigns),
    hasInlineCode: (seen & tickBit) !== 0 && hasInlineCode(text),
  };
};

interface Sign {
  readonly text: string;
  /** The part that is looked for first, beginning with a rarer letter than the whole. */
  readonly rare: string;
  /** Its marks, as bits: where one of them is missing, the sign need not be looked for. */
  readonly marks: number;
}

const hasAny = (text: string, seen: number, signs: readonly Sign[]): boolean => {
  for (const sign of signs)
    if ((seen & sign.marks) === sign.marks && text.includes(sign.rare) && text.includes(sign.text))
      return true;
  return false;
};

/** A bit for each mark that a sign may have; 0 for letters, digits and the space. */
const markBits = new Int32Array(128);
for (const [index, mark] of [...'\n\t`@+-/(:!"\'<>|_[]\\$'].entries())
  markBits[mark.charCodeAt(0)] = 1 << index;

const bitsOf = (text: string): number => {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits |= markBits[text.charCodeAt(at)] ?? 0;
  return bits;
};

const signOf = (text: string, rare = text.trimStart()): Sign => ({ text, rare, marks: bitsOf(text) });

const signsOf = (...texts: readonly string[]): readonly Sign[] => texts.map((text) => signOf(text));

const lineBit = bitsOf('\n');
const colonBit = bitsOf(':');
const tickBit = bitsOf('`');
const latexBits = bitsOf('\\$');

const diffSigns = signsOf('```diff', '\n@@ ', 'diff --git', '\n+++ ', '\n--- a/');
const traceSigns = [
  ...signsOf('Traceback (most', 'Exception in thread', 'goroutine ', 'panic: ', 'Segmentation fault'),
  ...signsOf('Uncaught ', 'npm ERR!'),
  signOf('error TS', 'TS'),
];
const traceLines = [...signsOf('\n    at ', '\n\tat ', '  File "'), signOf('stack backtrace', 'k backtrace')];
const docSigns = signsOf('"""', "'''");
const blankSigns = signsOf('___');
const holeSigns = signsOf('<fim_', '<|fim', '<PRE>', '[BLANK]', '<FILL', '<hole', '<CURSOR', '<|cursor');

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

/** The windows that are read are shorter; of a longer text the beginning counts. */
const { units, read } = createCodeUnits(2_048);

interface Counts
  extends Pick<Marks, 'numbers' | 'operators' | 'hasEquation' | 'formulas' | 'hasQuote' | 'isWide'> {
  /** The marks that stand in the text, as bits. */
  readonly seen: number;
}

const countSigns = (text: string): Counts => {
  const length = read(text, 0, text.length);
  let numbers = 0;
  let operators = 0;
  let formulas = 0;
  let quotes = 0;
  let hasEquation = false;
  let seen = 0;
  let everyUnit = 0;
  let capitals = 0;
  let digits = 0;
  let lowers = 0;
  for (let at = 0; at <= length; at++) {
    const code = units[at] ?? 0;
    const kind = kinds[code];
    everyUnit |= code;
    if (kind === lower) lowers++;
    else if (kind === upper) capitals++;
    else if (kind === digit) {
      const before = at > 0 ? (units[at - 1] ?? 0) : 0x20;
      if (!(before >= 0x30 && before <= 0x39) && before !== 0x2e) numbers++;
      digits++;
    } else {
      // CH3Br, Fe3+, H2SO4: capitals and digits mixed, few small letters
      if (digits >= 1 && capitals >= 1 && lowers <= capitals && capitals + lowers >= 2) formulas++;
      capitals = 0;
      lowers = 0;
      digits = 0;
      if (code < 128) seen |= markBits[code] ?? 0;
      if (kind === other) continue;
      if (kind === quote) quotes++;
      else if (kind === sign || isBetweenTerms(at)) {
        if (kind === equals) hasEquation = true;
        else operators++;
      }
    }
  }
  return { numbers, operators, hasEquation, formulas, hasQuote: quotes >= 2, isWide: everyUnit >= 128, seen };
};

const other = 0;
const lower = 1;
const upper = 2;
const digit = 3;
const quote = 4;
const sign = 5;
const operator = 6;
const equals = 7;

/** For every code unit. Signs of mathematics: ∀ … ⋿, ^ × ÷ ± ² ³. */
const kinds = new Uint8Array(0x1_0000)
  .fill(lower, 0x61, 0x7b)
  .fill(upper, 0x41, 0x5b)
  .fill(digit, 0x30, 0x3a)
  .fill(sign, 0x2200, 0x2300);
for (const mark of '^×÷±²³') kinds[mark.charCodeAt(0)] = sign;
for (const mark of '+*/-') kinds[mark.charCodeAt(0)] = operator;
kinds[0x22] = quote;
kinds[0x3d] = equals;

/** A digit or single letter on both sides, spaces allowed. */
const isBetweenTerms = (at: number): boolean => {
  let left = at - 1;
  let right = at + 1;
  if (left < 0) return false;
  if (units[left] === 0x20 && units[right] === 0x20) {
    left--;
    right++;
  }
  return isTerm(left, -1) && isTerm(right, 1);
};

const isTerm = (at: number, direction: 1 | -1): boolean => {
  if (at < 0) return false;
  const code = units[at] ?? 0;
  if (code >= 0x30 && code <= 0x39) return true;
  if (code === 0x28 || code === 0x29) return true;
  return isLetter(code) && !(at + direction >= 0 && isLetter(units[at + direction] ?? 0));
};

const isLetter = (code: number): boolean => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
