import type { Turn } from '../core/chat.ts';
import { defineFeature } from './feature.ts';
import { askOfTurn } from './newest-ask.ts';
import { createShingles } from './shingles.ts';

/** Whether the user puts the newest ask again: then the answer before was not good enough. */
export const reasks = defineFeature({
  name: 'reasks',
  read: ({ request: { turns }, ask, askTurn }) => ({ reasks: countReasks(turns, ask, askTurn) }),
});

/** "continue", "yes, please" are said again and again without blame. */
const leastBytes = 16;
/** Words of the user, newest first: who asked the same longer ago has moved on since. */
const mostLookedAt = 12;
const likeness = 0.6;

const shingles = createShingles();

const countReasks = (turns: readonly Turn[], ask: string, askTurn: number): number => {
  if (askTurn < 2 || isShort(ask)) return 0;
  let isRead = false;
  let count = 0;
  let looked = 0;
  let hasAnswered = false;
  for (let at = askTurn - 1; at >= 0 && looked < mostLookedAt; at--) {
    const turn = turns[at];
    if (turn?.role === 'assistant') hasAnswered = true;
    if (turn?.role !== 'user' || !turn.blocks.some(({ type }) => type === 'text')) continue;
    const earlier = askOfTurn(turn);
    if (!earlier) continue;
    looked++;
    // the same twice in a row, without an answer between, is a client's repetition
    if (!hasAnswered) continue;
    hasAnswered = false;
    if (earlier === ask) count++;
    else if (earlier.length * 2 >= ask.length && earlier.length <= ask.length * 2) {
      if (!isRead) shingles.read(ask);
      isRead = true;
      if (shingles.likeness(earlier) >= likeness && !hasOtherWords(ask, earlier)) count++;
    }
  }
  return count;
};

/** Of long asks the beginning, and the end, where what is new mostly stands. */
const mostHead = 4_000;
const mostTail = 1_000;

/** Words in place of others ask for something else: "chapter 13" after "chapter 12". Words more or fewer do not. */
const hasOtherWords = (ask: string, earlier: string): boolean => {
  const [now, before] = [wordsOf(ask), wordsOf(earlier)];
  return !areAmong(now, before) && !areAmong(before, now);
};

const areAmong = (few: ReadonlySet<string>, many: ReadonlySet<string>): boolean => {
  for (const word of few) if (!many.has(word)) return false;
  return true;
};

const wordsOf = (text: string): ReadonlySet<string> => {
  const read =
    text.length > mostHead + mostTail ? `${text.slice(0, mostHead)} ${text.slice(-mostTail)}` : text;
  return new Set(read.toLowerCase().match(words));
};

/** In scripts without spaces each sign. */
const words = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}]+/gu;

/** In UTF-8, so that a sentence of Chinese counts as one of English does. */
const isShort = (ask: string): boolean => {
  let bytes = 0;
  for (let at = 0; at < ask.length && bytes < leastBytes; at++) {
    const code = ask.charCodeAt(at);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
  }
  return bytes < leastBytes;
};
