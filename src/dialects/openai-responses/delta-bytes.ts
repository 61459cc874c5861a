import { deliveredIn } from '../delivered-bytes.ts';

/**
 * Counts what the pieces of one stream bring, in place and undecoded. A piece is an event named
 * "response.….delta" with its data on one line; how the last one began up to its number is remembered, for
 * comparing that is faster than looking at every byte.
 */
export class DeltaBytes {
  #head: Buffer = Buffer.alloc(0);
  #headsToLearn = 16;

  /** UTF-8 bytes of the piece; -1 where the event is anything else: then it is read the slow way. */
  in(bytes: Buffer, start: number, end: number): number {
    // the line is whole JSON as far as its two ends tell
    if (bytes[end - 3] !== closeBrace || bytes[end - 2] !== lineFeed) return -1;
    const head = this.#head;
    const isKnown = head.length > 0 && isAt(bytes, start, head);
    const data = isKnown ? start + head.length : dataOf(bytes, start, end);
    if (data < 0) return -1;
    let at = bytes.indexOf(deltaKey, data);
    if (at < 0 || at >= end) return -1;
    if (!isKnown) this.#learn(bytes, start, data, at);
    at += deltaKey.length;
    while (bytes[at] === space) at += 1;
    return bytes[at] === quote ? deliveredIn(bytes, at + 1, end) : -1;
  }

  #learn(bytes: Buffer, start: number, data: number, delta: number): void {
    // a stream whose events begin differently each time is not worth the copies
    if (this.#headsToLearn === 0) return;
    this.#headsToLearn -= 1;
    const number = bytes.indexOf(numberKey, data);
    if (number > 0 && number < delta)
      this.#head = Buffer.from(bytes.subarray(start, number + numberKey.length));
  }
}

/** Where the data of such an event begins; -1 where it is none. */
const dataOf = (bytes: Buffer, start: number, end: number): number => {
  if (!isAt(bytes, start, eventHead)) return -1;
  let at = start + eventHead.length;
  while (at < end && bytes[at] !== lineFeed) at += 1;
  if (!isAt(bytes, at - deltaTail.length, deltaTail) || !isAt(bytes, at + 1, dataHead)) return -1;
  at += 1 + dataHead.length;
  while (bytes[at] === space) at += 1;
  return bytes[at] === openBrace ? at : -1;
};

const isAt = (bytes: Buffer, at: number, word: Buffer): boolean =>
  at + word.length <= bytes.length && bytes.compare(word, 0, word.length, at, at + word.length) === 0;

const eventHead = Buffer.from('event: response.');
const deltaTail = Buffer.from('.delta');
const dataHead = Buffer.from('data:');
const numberKey = Buffer.from('"sequence_number":');
/** A quote within a string is escaped, so this is a key wherever it stands. */
const deltaKey = Buffer.from('"delta":');
const lineFeed = 0x0a;
const space = 0x20;
const quote = 0x22;
const openBrace = 0x7b;
const closeBrace = 0x7d;
