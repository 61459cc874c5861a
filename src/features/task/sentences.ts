import { looksLikeCode } from '../code.ts';
import { createCodeUnits } from '../code-units.ts';
import { noClass, senseOf, traitBit, type WordSense } from './words.ts';

/** One sentence of the ask, outside code. */
export interface Sentence {
  readonly senses: readonly WordSense[];
  /** What its words stand for, all together. */
  readonly nouns: number;
  readonly traits: number;
  readonly isQuestion: boolean;
}

/** The ask as the recogniser reads it: a window of its head and tail, prose and code told apart. */
export interface Reading {
  /** The window that was read. */
  readonly text: string;
  readonly sentences: readonly Sentence[];
  readonly codeLines: number;
  readonly proseLines: number;
  readonly hasFence: boolean;
  readonly listItems: number;
  readonly options: number;
  /** The first prose line is short and a long body follows it, or stands before the last one. */
  readonly hasBody: boolean;
  readonly wordCount: number;
  readonly functionWordCount: number;
  /** Verbs and nouns of the lexicon. */
  readonly knownWordCount: number;
}

/** The recogniser looks at no more than this of an ask: orders stand at its beginning or end. */
const headChars = 800;
const tailChars = 400;
const bodyLineChars = 240;
const maxWordsPerSentence = 40;
const maxSentences = 24;

export const readingWindow = (ask: string): string =>
  ask.length <= headChars + tailChars ? ask : `${ask.slice(0, headChars)}\n\n${ask.slice(-tailChars)}`;

const { units, read } = createCodeUnits(headChars + tailChars + 2);

export const readSentences = (ask: string): Reading => {
  const text = readingWindow(ask);
  const length = read(text, 0, text.length);
  const sentences: Sentence[] = [];
  let codeLines = 0;
  let proseLines = 0;
  let listItems = 0;
  let isFenced = false;
  let hasFence = false;
  let longest = 0;
  for (let start = 0; start < length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? length : newline;
    const from = skipSpace(start, end);
    if (units[from] === backtick && text.startsWith('```', from)) {
      isFenced = !isFenced;
      hasFence = true;
    } else if (isFenced || looksLikeCode(units, from, end)) codeLines += end > from ? 1 : 0;
    else if (end > from) {
      proseLines++;
      longest = Math.max(longest, end - from);
      const bulleted = skipBullet(from, end);
      if (bulleted > from) listItems++;
      if (sentences.length < maxSentences) readLine(bulleted, end, sentences);
    }
    start = end + 1;
  }
  return {
    text,
    sentences,
    codeLines,
    proseLines,
    hasFence,
    listItems,
    options: countOptions(length),
    hasBody: longest > bodyLineChars || ask.length > headChars + tailChars || proseLines > 8,
    ...countWords(sentences),
  };
};

const backtick = 0x60;
const functional = traitBit('function');

const countWords = (
  sentences: readonly Sentence[],
): Pick<Reading, 'wordCount' | 'functionWordCount' | 'knownWordCount'> => {
  let wordCount = 0;
  let functionWordCount = 0;
  let knownWordCount = 0;
  for (const { senses } of sentences) {
    wordCount += senses.length;
    for (const { verb, nouns, traits } of senses) {
      if ((traits & functional) !== 0) functionWordCount++;
      if (verb !== noClass || nouns !== 0) knownWordCount++;
    }
  }
  return { wordCount, functionWordCount, knownWordCount };
};

const skipSpace = (start: number, end: number): number => {
  let at = start;
  while (at < end && (units[at] ?? 0) <= 0x20) at++;
  return at;
};

/** "- ", "* ", "1. ", "## ". */
const skipBullet = (start: number, end: number): number => {
  let at = start;
  while (at < end && at - start < 4 && isBullet(units[at] ?? 0)) at++;
  return at > start && units[at] === 0x20 ? skipSpace(at, end) : start;
};

const isBullet = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) ||
  code === 0x2d ||
  code === 0x2a ||
  code === 0x23 ||
  code === 0x2e ||
  code === 0x29 ||
  code === 0x2022;

const readLine = (from: number, to: number, sentences: Sentence[]): void => {
  let senses: WordSense[] = [];
  for (let at = from; at < to; ) {
    const code = units[at] ?? 0;
    if (kindOf(code) === inWord) {
      const stop = endOfWord(at + 1, to);
      if (senses.length < maxWordsPerSentence) senses.push(senseOf(units, at, stop));
      at = stop;
      continue;
    }
    at++;
    if (!isEnd(code) || (at < to && (units[at] ?? 0) > 0x22) || senses.length === 0) continue;
    keepSentence(senses, code === questionMark, sentences);
    senses = [];
  }
  if (senses.length > 0) keepSentence(senses, false, sentences);
};

const keepSentence = (senses: readonly WordSense[], isQuestion: boolean, sentences: Sentence[]): void => {
  if (sentences.length >= maxSentences) return;
  let nouns = 0;
  let traits = 0;
  for (const sense of senses) {
    nouns |= sense.nouns;
    traits |= sense.traits;
  }
  sentences.push({ senses, nouns, traits, isQuestion });
};

const questionMark = 0x3f;

const isEnd = (code: number): boolean =>
  code === 0x2e || code === questionMark || code === 0x21 || code === 0x3a || code === 0x3b;

const apart = 0;
const inWord = 1;
/** Not at the beginning of a word: + and #. */
const afterWord = 2;
/** Between two parts of a word: ' - _ ; and the curly apostrophe. */
const betweenParts = 3;

const kinds = new Uint8Array(0x2020)
  .fill(inWord, 0x30, 0x3a)
  .fill(inWord, 0x41, 0x5b)
  .fill(inWord, 0x61, 0x7b)
  .fill(inWord, 0xc0, 0x2000);
kinds[0xd7] = apart;
for (const code of [0x2b, 0x23]) kinds[code] = afterWord;
for (const code of [0x27, 0x2d, 0x5f, 0x3b, 0x2019]) kinds[code] = betweenParts;

const kindOf = (code: number): number => (code < 0x2020 ? (kinds[code] ?? apart) : apart);

const endOfWord = (from: number, to: number): number => {
  let at = from;
  while (at < to) {
    const kind = kindOf(units[at] ?? 0);
    if (kind === apart) break;
    if (kind === betweenParts && !(at + 1 < to && kindOf(units[at + 1] ?? 0) === inWord)) break;
    at++;
  }
  return at;
};

/** Lettered choices, "A." "(B)" "C)", at the start of lines or in a row: how many follow one another from A. */
const countOptions = (length: number): number => {
  let wanted = 0;
  for (let at = 0; at < length && wanted < 12; at++) {
    const code = units[at] ?? 0;
    if ((code | 0x20) !== 0x61 + wanted) continue;
    const before = at > 0 ? (units[at - 1] ?? 0) : 0x0a;
    const after = units[at + 1] ?? 0;
    const isBracketed = before === 0x28 && after === 0x29;
    const isMarked = after === 0x29 || (after === 0x2e && (units[at + 2] ?? 0) <= 0x20) || after === 0x3a;
    if (!isBracketed && !(isMarked && before <= 0x20)) continue;
    if (isBracketed || startsLine(at) || (wanted > 0 && code < 0x61)) wanted++;
  }
  return wanted;
};

const startsLine = (from: number): boolean => {
  for (let at = from - 1; at >= 0; at--) {
    const code = units[at] ?? 0;
    if (code === 0x0a) return true;
    if (code > 0x20) return false;
  }
  return true;
};
