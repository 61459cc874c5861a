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
  for (let at = -1; at < length; at++) {
    const code = at < 0 ? newline : (units[at] ?? 0);
    if (code === newline) {
      if (startsFence(at + 1, length)) at = endOfFence(ask, at + fence.length, length);
      else if (startsItem(at + 1, length)) items++;
    } else if (isQuestionMark(code) && endsWord(at + 1, length)) questions++;
  }
  return Math.min(most, Math.max(1, questions, items));
};

const newline = 0x0a;

const startsFence = (start: number, end: number): boolean =>
  units[start] === 0x60 && units[start + 1] === 0x60 && units[start + 2] === 0x60 && start + 2 < end;

const fence = '\n```';

const endOfFence = (ask: string, from: number, length: number): number => {
  const close = ask.indexOf(fence, from);
  return close < 0 ? length : close + fence.length;
};

/** "1. ", "2) ": the items of a list of jobs. Lettered ones are the options of a choice, not asks. */
const startsItem = (start: number, end: number): boolean => {
  let at = start;
  while (at < end && units[at] === 0x20) at++;
  const digits = at;
  while (at < end && at - digits < 3 && isDigit(units[at] ?? 0)) at++;
  const mark = units[at];
  return at > digits && at + 1 < end && (mark === 0x2e || mark === 0x29) && units[at + 1] === 0x20;
};

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** "?" of every script: Latin, full-width, Arabic, Greek. */
const isQuestionMark = (code: number): boolean =>
  code === 0x3f || (code >= 0x37e && (code === 0xff1f || code === 0x61f || code === 0x37e));

const endsWord = (at: number, end: number): boolean => {
  const next = at < end ? (units[at] ?? 0) : 0x20;
  return next <= 0x20 || next > 0x7f || next === 0x22 || next === 0x29;
};
