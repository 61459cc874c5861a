import { deliveredIn } from '../delivered-bytes.ts';

/**
 * UTF-8 bytes that a piece of an answer brings, counted in place: an event named "response.….delta" with
 * its data on one line. -1 where the event is anything else: then it is read the slow way.
 */
export const deltaBytes = (bytes: Buffer, start: number, end: number): number => {
  if (!isAt(bytes, start, eventHead)) return -1;
  let at = start + eventHead.length;
  while (at < end && bytes[at] !== lineFeed) at += 1;
  if (!isAt(bytes, at - deltaTail.length, deltaTail)) return -1;
  at += 1;
  if (!isAt(bytes, at, dataHead)) return -1;
  at += dataHead.length;
  while (bytes[at] === space) at += 1;
  // the line is whole JSON as far as its two ends tell
  if (bytes[at] !== openBrace || bytes[end - 3] !== closeBrace || bytes[end - 2] !== lineFeed) return -1;
  at = bytes.indexOf(deltaKey, at);
  if (at < 0 || at >= end) return -1;
  at += deltaKey.length;
  while (bytes[at] === space) at += 1;
  return bytes[at] === quote ? deliveredIn(bytes, at + 1, end) : -1;
};

const isAt = (bytes: Buffer, at: number, word: Buffer): boolean =>
  at + word.length <= bytes.length && bytes.compare(word, 0, word.length, at, at + word.length) === 0;

const eventHead = Buffer.from('event: response.');
const deltaTail = Buffer.from('.delta');
const dataHead = Buffer.from('data:');
/** A quote within a string is escaped, so this is a key wherever it stands. */
const deltaKey = Buffer.from('"delta":');
const lineFeed = 0x0a;
const space = 0x20;
const quote = 0x22;
const openBrace = 0x7b;
const closeBrace = 0x7d;
