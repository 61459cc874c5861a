import type { JsonSpan } from '../../kit/json-scan.ts';

/** Where the objects and lists of a JSON list stand, as byte offsets of the whole; of JSON that has been scanned. */
export function* listElements(bytes: Buffer, list: JsonSpan): Generator<readonly [number, number]> {
  let depth = 0;
  let start = list.start;
  for (let at = list.start; at < list.end; at++) {
    const byte = bytes[at];
    if (byte === 0x22) at = endOfString(bytes, at);
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth === 2) start = at;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (--depth === 1) yield [start, at + 1];
    }
  }
}

/** Offset of the closing quote. */
const endOfString = (bytes: Buffer, quote: number): number => {
  let at = bytes.indexOf(0x22, quote + 1);
  while (at >= 0) {
    let escapes = 0;
    while (bytes[at - 1 - escapes] === 0x5c) escapes += 1;
    if (escapes % 2 === 0) return at;
    at = bytes.indexOf(0x22, at + 1);
  }
  return bytes.length;
};
