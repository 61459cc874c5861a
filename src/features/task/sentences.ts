import { looksLikeCode } from '../code.ts';
import { createCodeUnits } from '../code-units.ts';
import { senseOf, type WordSense } from './words.ts';

/** One sentence of the ask, outside code. */
export interface Sentence {
  readonly words: readonly string[];
  readonly senses: readonly (WordSense | undefined)[];
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
  read(text, 0, text.length);
  const sentences: Sentence[] = [];
  let codeLines = 0;
  let proseLines = 0;
  let listItems = 0;
  let isFenced = false;
  let hasFence = false;
  let longest = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const from = skipSpace(text, start, end);
    if (text.startsWith('```', from)) {
      isFenced = !isFenced;
      hasFence = true;
    } else if (isFenced || looksLikeCode(units, from, end)) codeLines += end > from ? 1 : 0;
    else if (end > from) {
      proseLines++;
      longest = Math.max(longest, end - from);
      const bulleted = skipBullet(text, from, end);
      if (bulleted > from) listItems++;
      if (sentences.length < maxSentences) readLine(text.slice(bulleted, end), sentences);
    }
    start = end + 1;
  }
  let wordCount = 0;
  let functionWordCount = 0;
  for (const { senses } of sentences) {
    wordCount += senses.length;
    for (const sense of senses) if (sense?.isFunction) functionWordCount++;
  }
  return {
    text,
    sentences,
    codeLines,
    proseLines,
    hasFence,
    listItems,
    options: countOptions(text),
    hasBody: longest > bodyLineChars || ask.length > headChars + tailChars || proseLines > 8,
    wordCount,
    functionWordCount,
  };
};

const skipSpace = (text: string, start: number, end: number): number => {
  let at = start;
  while (at < end && text.charCodeAt(at) <= 0x20) at++;
  return at;
};

/** "- ", "* ", "1. ", "## ". */
const skipBullet = (text: string, start: number, end: number): number => {
  let at = start;
  while (at < end && at - start < 4 && '-*#•0123456789.)'.includes(text.charAt(at))) at++;
  return at > start && text.charCodeAt(at) === 0x20 ? skipSpace(text, at, end) : start;
};

const readLine = (written: string, sentences: Sentence[]): void => {
  const text = written.toLowerCase();
  const end = text.length;
  let words: string[] = [];
  let senses: (WordSense | undefined)[] = [];
  const close = (isQuestion: boolean) => {
    if (words.length > 0 && sentences.length < maxSentences) sentences.push({ words, senses, isQuestion });
    words = [];
    senses = [];
  };
  for (let at = 0; at < end; ) {
    const code = text.charCodeAt(at);
    if (!isWordCharacter(code)) {
      const isQuestion = code === 0x3f;
      const isEnd = isQuestion || code === 0x21 || code === 0x3a || code === 0x2e || code === 0x3b;
      if (isEnd && (at + 1 >= end || text.charCodeAt(at + 1) <= 0x22)) close(isQuestion);
      at++;
      continue;
    }
    let stop = at + 1;
    while (stop < end && isWordInside(text.charCodeAt(stop), text, stop, end)) stop++;
    if (words.length < maxWordsPerSentence) {
      const word = text.slice(at, stop);
      words.push(word);
      senses.push(senseOf(word));
    }
    at = stop;
  }
  close(false);
};

const isWordCharacter = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x30 && code <= 0x39) ||
  (code >= 0xc0 && code !== 0xd7 && code < 0x2000);

/** Inside a word also: ' - _ + # ; and a point or slash between letters. */
const isWordInside = (code: number, text: string, at: number, end: number): boolean => {
  if (isWordCharacter(code)) return true;
  if (code === 0x2b || code === 0x23) return true;
  const joins = code === 0x27 || code === 0x2d || code === 0x5f || code === 0x2019 || code === 0x3b;
  return joins && at + 1 < end && isWordCharacter(text.charCodeAt(at + 1));
};

/** Lettered choices, "A." "(B)" "C)", at the start of lines or in a row: how many follow one another from A. */
const countOptions = (text: string): number => {
  let wanted = 0;
  for (let at = 0; at < text.length && wanted < 12; at++) {
    const code = text.charCodeAt(at);
    const upper = code === 0x41 + wanted;
    if (!upper && code !== 0x61 + wanted) continue;
    const before = at > 0 ? text.charCodeAt(at - 1) : 0x0a;
    const after = text.charCodeAt(at + 1);
    const isBracketed = before === 0x28 && after === 0x29;
    const opensLine = before <= 0x20 && startsLine(text, at);
    const isMarked = after === 0x29 || (after === 0x2e && text.charCodeAt(at + 2) <= 0x20) || after === 0x3a;
    if (isBracketed || (isMarked && (opensLine || (wanted > 0 && upper && before <= 0x20)))) wanted++;
  }
  return wanted;
};

const startsLine = (text: string, from: number): boolean => {
  for (let at = from - 1; at >= 0; at--) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) return true;
    if (code > 0x20) return false;
  }
  return true;
};
