import { looksLikeCode } from '../code.ts';
import { createCodeUnits } from '../code-units.ts';
import { noClass, opensWord, readWord, traitBit, type WordSense } from './words.ts';

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
const headChars = 600;
const tailChars = 300;
const bodyLineChars = 240;
const maxWordsPerSentence = 40;
const maxSentences = 24;

export const readingWindow = (ask: string): string =>
  ask.length <= headChars + tailChars ? ask : `${ask.slice(0, headChars)}\n\n${ask.slice(-tailChars)}`;

const { units, read } = createCodeUnits(headChars + tailChars + 2);

export const readSentences = (ask: string): Reading => {
  const text = readingWindow(ask);
  const length = read(text, 0, text.length);
  const prose: Draft = { sentences: [], wordCount: 0, functionWordCount: 0, knownWordCount: 0 };
  let codeLines = 0;
  let proseLines = 0;
  let listItems = 0;
  let isFenced = false;
  let hasFence = false;
  let longest = 0;
  let hasOption = false;
  for (let start = 0; start < length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? length : newline;
    const from = skipSpace(start, end);
    hasOption ||= ((units[from] ?? 0) | 0x20) === firstOption && isOption(from);
    if (units[from] === backtick && text.startsWith('```', from)) {
      isFenced = !isFenced;
      hasFence = true;
    } else if (isFenced || looksLikeCode(units, from, end)) codeLines += end > from ? 1 : 0;
    else if (end > from) {
      proseLines++;
      longest = Math.max(longest, end - from);
      const bulleted = skipBullet(from, end);
      if (bulleted > from) listItems++;
      if (prose.sentences.length < maxSentences) readLine(bulleted, end, prose);
    }
    start = end + 1;
  }
  return {
    text,
    sentences: prose.sentences,
    codeLines,
    proseLines,
    hasFence,
    listItems,
    options: hasOption || text.includes('(A)') || text.includes('(a)') ? countOptions(length) : 0,
    hasBody: longest > bodyLineChars || ask.length > headChars + tailChars || proseLines > 8,
    wordCount: prose.wordCount,
    functionWordCount: prose.functionWordCount,
    knownWordCount: prose.knownWordCount,
  };
};

const backtick = 0x60;
const functional = traitBit('function');

/** What grows while lines are read. */
interface Draft {
  readonly sentences: Sentence[];
  wordCount: number;
  functionWordCount: number;
  knownWordCount: number;
}

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

const readLine = (from: number, to: number, reading: Draft): void => {
  const cursor = { at: from };
  let senses: WordSense[] = [];
  while (cursor.at < to) {
    const code = units[cursor.at] ?? 0;
    if (opensWord(code)) {
      const sense = readWord(units, cursor);
      if (senses.length < maxWordsPerSentence) senses.push(sense);
      continue;
    }
    cursor.at++;
    if (!isEnd(code) || (units[cursor.at] ?? 0) > 0x22 || senses.length === 0) continue;
    keepSentence(senses, code === questionMark, reading);
    senses = [];
  }
  if (senses.length > 0) keepSentence(senses, false, reading);
};

const keepSentence = (senses: readonly WordSense[], isQuestion: boolean, reading: Draft): void => {
  if (reading.sentences.length >= maxSentences) return;
  let nouns = 0;
  let traits = 0;
  for (const sense of senses) {
    nouns |= sense.nouns;
    traits |= sense.traits;
    if ((sense.traits & functional) !== 0) reading.functionWordCount++;
    if (sense.verb !== noClass || sense.nouns !== 0) reading.knownWordCount++;
  }
  reading.wordCount += senses.length;
  reading.sentences.push({ senses, nouns, traits, isQuestion });
};

const questionMark = 0x3f;

const isEnd = (code: number): boolean =>
  code === 0x2e || code === questionMark || code === 0x21 || code === 0x3a || code === 0x3b;

/** "A. ", "a) ", "B: ". */
const isOption = (at: number): boolean => {
  const after = units[at + 1] ?? 0;
  return after === 0x29 || after === 0x3a || (after === 0x2e && (units[at + 2] ?? 0) <= 0x20);
};

/**
 * Lettered choices, "A." "(B)" "C)", at the start of lines or in a row: how many follow one another from A.
 * The first one stands at the start of a line or in brackets.
 */
const countOptions = (length: number): number => {
  let wanted = 0;
  for (let at = 0; at < length && wanted < 12; at++) {
    const code = units[at] ?? 0;
    if ((code | 0x20) !== firstOption + wanted) continue;
    const before = at > 0 ? (units[at - 1] ?? 0) : 0x0a;
    const isBracketed = before === 0x28 && units[at + 1] === 0x29;
    if (!isBracketed && !(before <= 0x20 && isOption(at))) continue;
    if (isBracketed || startsLine(at) || (wanted > 0 && code < 0x61)) wanted++;
  }
  return wanted;
};

const firstOption = 0x61;

const startsLine = (from: number): boolean => {
  for (let at = from - 1; at >= 0; at--) {
    const code = units[at] ?? 0;
    if (code === 0x0a) return true;
    if (code > 0x20) return false;
  }
  return true;
};
