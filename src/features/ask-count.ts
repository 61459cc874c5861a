import { defineFeature } from './feature.ts';

export const askCount = defineFeature({
  name: 'ask-count',
  read: ({ ask }) => ({ askCount: countAsks(ask) }),
});

const readChars = 8_000;
const most = 99;

/** Question marks at the end of words and items of a numbered list, outside code fences; at least 1 where anything is said. */
export const countAsks = (ask: string): number => {
  const text = ask.length > readChars ? ask.slice(0, readChars) : ask;
  if (!text) return 0;
  let questions = 0;
  let items = 0;
  let isFenced = false;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (text.startsWith('```', start)) isFenced = !isFenced;
    else if (!isFenced) {
      if (startsItem(text, start, end)) items++;
      questions += countQuestions(text, start, end);
    }
    start = end + 1;
  }
  return Math.min(most, Math.max(1, questions, items));
};

/** "1. ", "2) ": the items of a list of jobs. Lettered ones are the options of a choice, not asks. */
const startsItem = (text: string, start: number, end: number): boolean => {
  let at = start;
  while (at < end && text.charCodeAt(at) === 0x20) at++;
  const digits = at;
  while (at < end && at - digits < 3 && isDigit(text.charCodeAt(at))) at++;
  const mark = text.charCodeAt(at);
  return at > digits && (mark === 0x2e || mark === 0x29) && text.charCodeAt(at + 1) === 0x20;
};

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

const countQuestions = (text: string, start: number, end: number): number => {
  let count = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    // "?" of every script: Latin, full-width, Arabic, Greek
    if (code !== 0x3f && code !== 0xff1f && code !== 0x61f && code !== 0x37e) continue;
    const next = at + 1 < end ? text.charCodeAt(at + 1) : 0x20;
    if (next <= 0x20 || next > 0x7f || next === 0x22 || next === 0x29) count++;
  }
  return count;
};
