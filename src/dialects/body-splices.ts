import { GatewayError } from '../core/errors.ts';
import { type JsonScan, JsonScanError, type JsonSpan, type Splice, scanJson } from '../kit/json-scan.ts';

/**
 * The keys of an object within a body, as offsets from `start`. A body is looked through for keys that come
 * twice at its top only: here is where the others show. Throws `invalid-json`.
 */
export const scanWithin = (bytes: Buffer, start: number, end: number): JsonScan => {
  try {
    return scanJson(bytes.subarray(start, end));
  } catch (cause) {
    if (!(cause instanceof JsonScanError)) throw cause;
    throw new GatewayError(
      'invalid-json',
      `An object in the body, from byte ${start} on, ${cause.message}.`,
      {
        cause,
      },
    );
  }
};

/**
 * Takes members out with the commas that would be left over; neighbours go in one cut. `offset` is where
 * the scanned object begins in the whole.
 */
export const dropMembers = (
  { keys, inside }: JsonScan,
  drops: ReadonlySet<string>,
  splices: Splice[],
  offset = 0,
): void => {
  let keptEnd = inside;
  let from: number | undefined;
  let lastEnd = 0;
  for (const [key, span] of keys) {
    if (drops.has(key)) {
      from ??= span.keyStart;
      lastEnd = span.end;
      continue;
    }
    if (from !== undefined) splices.push({ start: offset + from, end: offset + span.keyStart, text: '' });
    from = undefined;
    keptEnd = span.end;
  }
  if (from !== undefined) splices.push({ start: offset + keptEnd, end: offset + lastEnd, text: '' });
};

/** Takes elements out of a list, each with one of the commas beside it. True where none would be left: then all stay. */
export const dropElements = (
  bytes: Buffer,
  list: JsonSpan,
  splices: Splice[],
  isDropped: (from: number, to: number) => boolean,
): boolean => {
  const drops: Splice[] = [];
  let keptEnd: number | undefined;
  let dropStart: number | undefined;
  let lastEnd = 0;
  for (const [from, to] of listElements(bytes, list)) {
    lastEnd = to;
    if (isDropped(from, to)) {
      dropStart ??= from;
      continue;
    }
    if (dropStart !== undefined) drops.push({ start: dropStart, end: from, text: '' });
    dropStart = undefined;
    keptEnd = to;
  }
  if (dropStart !== undefined && keptEnd !== undefined)
    drops.push({ start: keptEnd, end: lastEnd, text: '' });
  if (dropStart !== undefined && keptEnd === undefined) return true;
  splices.push(...drops);
  return false;
};

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
