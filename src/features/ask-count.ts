import { createCodeUnits } from './code-units.ts';
import { defineFeature } from './feature.ts';

export const askCount = defineFeature({
  name: 'ask-count',
  read: ({ ask }) => ({ askCount: countAsks(ask) }),
});

const readChars = 8_000;
const most = 99;

const { units, read } = createCodeUnits(readChars);

/** Question marks at the end of words and items of a numbered list, outside code fences; at least 1 where anything is said. */
export const countAsks = (ask: string): number => {
  const length = read(ask, 0, ask.length);
  if (length === 0) return 0;
  let questions = 0;
  let items = 0;
  for (let start = 0; start < length; ) {
    if (startsFence(start)) {
      start = endOfFence(ask, start);
      continue;
    }
    const end = endOfLine(ask, start, length);
    if (startsItem(start)) items++;
    for (let at = start; at < end; at++)
      if (isQuestionMark(units[at] ?? 0) && endsWord(units[at + 1] ?? 0)) questions++;
    start = end + 1;
  }
  return Math.min(most, Math.max(1, questions, items));
};

const endOfLine = (ask: string, from: number, length: number): number => {
  const newline = ask.indexOf('\n', from);
  return newline < 0 ? length : Math.min(newline, length);
};

const startsFence = (start: number): boolean =>
  units[start] === 0x60 && units[start + 1] === 0x60 && units[start + 2] === 0x60;

/** Behind the closing marks, or behind the ask. */
const endOfFence = (ask: string, start: number): number => {
  const close = ask.indexOf('\n```', start);
  return close < 0 ? ask.length : close + 4;
};

/** "1. ", "2) ": the items of a list of jobs. Lettered ones are the options of a choice, not asks. */
const startsItem = (start: number): boolean => {
  let at = start;
  while (units[at] === 0x20) at++;
  const digits = at;
  while (at - digits < 3 && isDigit(units[at] ?? 0)) at++;
  const mark = units[at];
  return at > digits && (mark === 0x2e || mark === 0x29) && units[at + 1] === 0x20;
};

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** "?" of every script: Latin, full-width, Arabic, Greek. */
const isQuestionMark = (code: number): boolean =>
  code === 0x3f || (code >= 0x37e && (code === 0xff1f || code === 0x61f || code === 0x37e));

const endsWord = (next: number): boolean => next <= 0x20 || next > 0x7f || next === 0x22 || next === 0x29;
