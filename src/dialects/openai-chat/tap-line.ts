/**
 * Reads one `data:` line of a Chat stream in place: no decoding, no parsing, one look at each byte.
 * It finds keys by their quotes, so it does not mind their order, spaces or what else is in the frame.
 * One object a stream, its fields are the findings of the last line.
 */
export class TapLine {
  /** UTF-8 bytes of text, reasoning and arguments. */
  deliveredBytes = 0;
  /** Something is in it that has to be parsed: an end, usage, an error, or bytes that are no JSON object. */
  isNotable = false;
  hasCalls = false;
  hasRefused = false;
  hasOtherChoice = false;
  /**
   * How the stream's frames begin, up to what their delta says: read once, then compared, which is
   * several times as fast as looking at each byte. Nothing in it is a finding.
   */
  #head: Buffer = Buffer.alloc(0);
  #headsToLearn = 8;

  /** Offset of the line's end (its CR or LF); -1 where `data` ends before. */
  read(data: Buffer, from: number): number {
    const length = data.length;
    let at = from;
    let delivered = 0;
    let hasReasoning = false;
    let hasCalls = false;
    let hasRefused = false;
    let hasOtherIndex = false;
    let isNotable = false;
    let headEnd = 0;
    const head = this.#head;
    if (head.length > 0 && startsWith(data, from, head)) at += head.length;
    else {
      while (at < length && data[at] === space) at += 1;
      if (at === length) return -1;
      isNotable = data[at] !== openBrace;
    }
    while (at < length) {
      const byte = data[at] as number;
      if (byte !== quote) {
        if (byte === lineFeed || byte === carriageReturn) {
          this.deliveredBytes = delivered;
          this.isNotable = isNotable;
          this.hasCalls = hasCalls;
          this.hasRefused = hasRefused;
          this.hasOtherChoice = hasOtherIndex && !hasCalls;
          if (headEnd > 0) this.#learn(data, from, headEnd);
          return at;
        }
        at += 1;
        continue;
      }
      const start = ++at;
      at = endOfString(data, at, length);
      if (at >= length) return -1;
      if (data[at] !== quote) {
        // a line cannot end inside a string
        isNotable = true;
        continue;
      }
      const end = at++;
      if (data[at] !== colon) {
        while (data[at] === space) at += 1;
        if (data[at] !== colon) continue;
      }
      at += 1;
      while (data[at] === space) at += 1;
      const value = data[at] as number;
      switch (keyOf(data, start, end)) {
        case 'text-part':
          // in a content list; beside OpenRouter's `reasoning` the same text stands a second time
          if (value === quote && delivered === 0) delivered += textBytes(data, at + 1, length);
          break;
        case 'text':
          if (value === quote) delivered += textBytes(data, at + 1, length);
          break;
        case 'refusal':
          if (value === quote) {
            const bytes = textBytes(data, at + 1, length);
            hasRefused ||= bytes > 0;
            delivered += bytes;
          }
          break;
        case 'reasoning':
          if (value === quote && !hasReasoning) {
            delivered += textBytes(data, at + 1, length);
            hasReasoning = true;
          }
          break;
        case 'arguments':
          hasCalls = true;
          if (value === quote) delivered += textBytes(data, at + 1, length);
          break;
        case 'finish':
          if (value !== letterN && !(value === quote && data[at + 1] === quote)) isNotable = true;
          break;
        case 'notable':
          if (value !== letterN) isNotable = true;
          break;
        case 'delta':
          if (value === openBrace && !isNotable && !hasOtherIndex && !hasCalls && delivered === 0)
            headEnd = at + 1;
          break;
        case 'index':
          if (value !== zero) hasOtherIndex = true;
          break;
        default:
      }
    }
    return -1;
  }

  #learn(data: Buffer, from: number, end: number): void {
    // a stream whose frames begin differently each time is not worth the copies
    if (this.#headsToLearn === 0) return;
    this.#headsToLearn -= 1;
    this.#head = Buffer.from(data.subarray(from, end));
  }
}

const startsWith = (data: Buffer, from: number, head: Buffer): boolean =>
  from + head.length <= data.length && data.compare(head, 0, head.length, from, from + head.length) === 0;

type Key =
  | 'delta'
  | 'text'
  | 'text-part'
  | 'refusal'
  | 'reasoning'
  | 'arguments'
  | 'finish'
  | 'notable'
  | 'index'
  | 'other';

/** By length and first letter, and by all letters only where those fit. */
const keyOf = (data: Buffer, start: number, end: number): Key => {
  const first = data[start];
  switch (end - start) {
    case 4:
      return first === 0x74 && is(data, start, 'text') ? 'text-part' : 'other';
    case 5:
      if (first === 0x64) return is(data, start, 'delta') ? 'delta' : 'other';
      if (first === 0x69) {
        if (is(data, start, 'index')) return 'index';
        return is(data, start, 'input') ? 'arguments' : 'other';
      }
      return (first === 0x75 && is(data, start, 'usage')) || (first === 0x65 && is(data, start, 'error'))
        ? 'notable'
        : 'other';
    case 6:
      return first === 0x78 && is(data, start, 'x_groq') ? 'notable' : 'other';
    case 7:
      if (first === 0x63) return is(data, start, 'content') ? 'text' : 'other';
      return first === 0x72 && is(data, start, 'refusal') ? 'refusal' : 'other';
    case 9:
      if (first === 0x61) return is(data, start, 'arguments') ? 'arguments' : 'other';
      return first === 0x72 && is(data, start, 'reasoning') ? 'reasoning' : 'other';
    case 13:
      return first === 0x66 && is(data, start, 'finish_reason') ? 'finish' : 'other';
    case 17:
      return first === 0x72 && is(data, start, 'reasoning_content') ? 'reasoning' : 'other';
    default:
      return 'other';
  }
};

const is = (data: Buffer, start: number, word: string): boolean => {
  for (let at = 0; at < word.length; at++) if (data[start + at] !== word.charCodeAt(at)) return false;
  return true;
};

/** Offset of the closing quote, or of a line's end before it; at or over `length` where neither comes. */
const endOfString = (data: Buffer, from: number, length: number): number => {
  let at = from;
  while (at < length) {
    const byte = data[at] as number;
    if (byte === quote || byte === lineFeed || byte === carriageReturn) return at;
    at += byte === backslash ? 2 : 1;
  }
  return at;
};

/** UTF-8 bytes of a JSON string once its escapes are undone. The string may be cut: then the line is read again. */
const textBytes = (data: Buffer, from: number, length: number): number => {
  let bytes = 0;
  let at = from;
  while (at < length) {
    const byte = data[at] as number;
    if (byte === quote || byte === lineFeed) break;
    if (byte !== backslash) {
      bytes += 1;
      at += 1;
    } else if (data[at + 1] !== letterU) {
      bytes += 1;
      at += 2;
    } else {
      bytes += escapedBytes(data, at + 2);
      at += 6;
    }
  }
  return bytes;
};

/** Bytes of the character that four hex digits name; half of four for each half of a pair. */
const escapedBytes = (data: Buffer, at: number): number => {
  const first = data[at] as number;
  const second = data[at + 1] as number;
  if (first !== zero) return (first | 0x20) === 0x64 && second >= 0x38 ? 2 : 3;
  if (second >= 0x38) return 3;
  if (second !== zero) return 2;
  return (data[at + 2] as number) >= 0x38 ? 2 : 1;
};

const space = 0x20;
const quote = 0x22;
const colon = 0x3a;
const zero = 0x30;
const backslash = 0x5c;
const openBrace = 0x7b;
const letterN = 0x6e;
const letterU = 0x75;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
