import { isUtf8 } from 'node:buffer';

/**
 * One pass over the bytes of a JSON object, before anybody parses it: where its top-level keys stand
 * (so that values can be replaced in the original bytes), and whether it is safe to parse at all.
 * JSON.parse of 9 MB of `{}` takes seconds and a gigabyte; this refuses it in milliseconds.
 */
export interface JsonScan {
  /** Top-level keys in the order of the body. */
  readonly keys: ReadonlyMap<string, JsonSpan>;
  /** Offset just behind the opening brace: where a new member can be put in. */
  readonly inside: number;
  readonly isEmpty: boolean;
  /** A number has so many digits that a float may bend it. */
  readonly hasLongNumbers: boolean;
}

/** Byte offsets: [start, end) of the value; the member begins at its key's quote. */
export interface JsonSpan {
  readonly keyStart: number;
  readonly start: number;
  readonly end: number;
}

export interface JsonLimits {
  readonly depth: number;
  /** Objects and arrays. */
  readonly containers: number;
  /** Key-value pairs at all depths. */
  readonly members: number;
  /** Different keys, told apart roughly: each costs a parser as much as a hundred known ones. */
  readonly differentKeys: number;
  /** Commas: list elements and members at all depths. */
  readonly values: number;
  /** Bytes of one key, and of one number. */
  readonly keyBytes: number;
  readonly numberBytes: number;
}

/** Room for 100,000 messages; a body at every limit still parses in about 100 ms. */
export const defaultJsonLimits: JsonLimits = {
  depth: 128,
  containers: 250_000,
  members: 400_000,
  differentKeys: 40_000,
  values: 500_000,
  keyBytes: 16_384,
  numberBytes: 256,
};

/** The bytes are no JSON object, or one that is not safe to parse. The message is a sentence without its subject. */
export class JsonScanError extends Error {}

const quote = 0x22;
const backslash = 0x5c;

/**
 * Throws JsonScanError. Not a validator: what passes may still be refused by JSON.parse; but whatever
 * JSON.parse accepts afterwards has exactly these top-level keys, each once.
 */
export const scanJson = (bytes: Buffer, limits: JsonLimits = defaultJsonLimits): JsonScan => {
  if (!isUtf8(bytes)) throw new JsonScanError('is not valid UTF-8');
  if (bytes[0] === 0xef && bytes[1] === 0xbb)
    throw new JsonScanError('starts with a byte order mark; send plain UTF-8');
  const length = bytes.length;
  const keys = new Map<string, JsonSpan>();
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== 0x7b) throw new JsonScanError(length === 0 ? 'is empty' : 'is not a JSON object');
  const inside = ++at;
  let depth = 1;
  let containers = 1;
  let members = 0;
  let values = 0;
  let keysSeen: KeysSeen | undefined;
  let longest = 0;
  let key: string | undefined;
  let keyStart = 0;
  let valueStart = 0;
  let stringStart = 0;
  let stringEnd = 0;
  let lastByte = at;

  const closeMember = (end: number): void => {
    if (key === undefined) return;
    if (keys.has(key)) throw new JsonScanError(`has the key "${key}" twice`);
    keys.set(key, { keyStart, start: valueStart, end });
    key = undefined;
  };

  while (at < length) {
    const byte = bytes[at] as number;
    if (byte <= 0x20) {
      at += 1;
      continue;
    }
    switch (byte) {
      case quote:
        stringStart = at;
        at = stringEnd = endOfString(bytes, at + 1);
        lastByte = at;
        continue;
      case 0x3a: // :
        if (++members > limits.members) throw new JsonScanError(`has more than ${limits.members} members`);
        if (stringEnd - stringStart > limits.keyBytes)
          throw new JsonScanError(`has a key of over ${limits.keyBytes} bytes`);
        if (members > fewMembers) {
          keysSeen ??= new KeysSeen();
          keysSeen.see(bytes, stringStart, stringEnd);
          if (keysSeen.count > limits.differentKeys - fewMembers)
            throw new JsonScanError(`has more than ${limits.differentKeys} different keys`);
        }
        at += 1;
        if (depth === 1) {
          key = keyText(bytes, stringStart, stringEnd);
          keyStart = stringStart;
          at = valueStart = skipSpace(bytes, at);
        }
        continue;
      case 0x2c: // ,
        if (++values > limits.values) throw new JsonScanError(`has more than ${limits.values} values`);
        if (depth === 1) closeMember(lastByte);
        at += 1;
        continue;
      case 0x7b: // {
      case 0x5b: // [
        if (++containers > limits.containers)
          throw new JsonScanError(`has more than ${limits.containers} objects and arrays`);
        if (++depth > limits.depth) throw new JsonScanError(`is nested deeper than ${limits.depth} levels`);
        at += 1;
        continue;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        if (depth === 0) {
          closeMember(lastByte);
          const rest = skipSpace(bytes, at + 1);
          if (rest < length) throw new JsonScanError(`goes on after its end (byte ${rest})`);
          return { keys, inside, isEmpty: keys.size === 0, hasLongNumbers: longest > floatDigits };
        }
        at += 1;
        lastByte = at;
        continue;
      default: {
        // a number, true, false, null: or rubbish, which JSON.parse will refuse
        const start = at;
        while (at < length && isScalarByte(bytes[at] as number)) at += 1;
        if (at === start) throw new JsonScanError(`has an unexpected character at byte ${at}`);
        if (at - start > limits.numberBytes)
          throw new JsonScanError(`has a number of over ${limits.numberBytes} digits`);
        if (at - start > longest) longest = at - start;
        lastByte = at;
      }
    }
  }
  throw new JsonScanError('ends too early');
};

/** Whole numbers of so many digits are safe in a float. */
const floatDigits = 15;

/** So many members need no counting of different ones. */
const fewMembers = 10_000;

/** Counts different keys by a hash of 17 bits. */
class KeysSeen {
  readonly #bits = new Uint32Array(4096);
  count = 0;

  see(bytes: Buffer, start: number, end: number): void {
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    const slot = (hash >>> 10) & 0xfff;
    const bit = 1 << (hash >>> 27);
    if ((this.#bits[slot] as number) & bit) return;
    this.#bits[slot] = (this.#bits[slot] as number) | bit;
    this.count += 1;
  }
}

export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A copy with some byte ranges replaced. Splices must not overlap; their order does not matter. */
export const spliceBytes = (bytes: Buffer, splices: readonly Splice[]): Buffer => {
  if (splices.length === 0) return bytes;
  const sorted =
    splices.length === 1 ? splices : [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  let length = bytes.length;
  for (const { start, end, text } of sorted) length += Buffer.byteLength(text) - (end - start);
  const spliced = Buffer.allocUnsafe(length);
  let from = 0;
  let at = 0;
  for (const { start, end, text } of sorted) {
    at += bytes.copy(spliced, at, from, start);
    at += spliced.write(text, at);
    from = end;
  }
  bytes.copy(spliced, at, from);
  return spliced;
};

/** Takes a top-level member out, together with one of the commas beside it. */
export const removeMember = (bytes: Buffer, scan: JsonScan, name: string): Splice | undefined => {
  const span = scan.keys.get(name);
  if (!span) return undefined;
  const after = skipSpace(bytes, span.end);
  if (bytes[after] === 0x2c) return { start: span.keyStart, end: skipSpace(bytes, after + 1), text: '' };
  let before = span.keyStart - 1;
  while (before > scan.inside && (bytes[before] as number) <= 0x20) before -= 1;
  return { start: bytes[before] === 0x2c ? before : span.keyStart, end: span.end, text: '' };
};

/** Puts a new member first. `value` is JSON text. */
export const addMember = (scan: JsonScan, name: string, value: string): Splice => ({
  start: scan.inside,
  end: scan.inside,
  text: `${JSON.stringify(name)}:${value}${scan.isEmpty ? '' : ','}`,
});

const skipSpace = (bytes: Buffer, from: number): number => {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at] as number)) at += 1;
  return at;
};

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const isScalarByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  byte === 0x2d ||
  byte === 0x2b ||
  byte === 0x2e ||
  byte === 0x45;

/** Offset behind the closing quote. Long strings are jumped through by the engine's own search. */
const endOfString = (bytes: Buffer, from: number): number => {
  const nearEnd = Math.min(from + 24, bytes.length);
  let at = from;
  while (at < nearEnd) {
    const byte = bytes[at] as number;
    if (byte === quote) return at + 1;
    at += byte === backslash ? 2 : 1;
  }
  for (;;) {
    const found = bytes.indexOf(quote, at);
    if (found < 0) throw new JsonScanError('ends inside a string');
    let escapes = 0;
    while (found - 1 - escapes >= at && bytes[found - 1 - escapes] === backslash) escapes += 1;
    if (escapes % 2 === 0) return found + 1;
    at = found + 1;
  }
};

const keyText = (bytes: Buffer, start: number, end: number): string => {
  const text = bytes.toString('latin1', start + 1, end - 1);
  if (/^[\w.-]*$/.test(text)) return text;
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as string;
  } catch {
    throw new JsonScanError(`has a broken key at byte ${start}`);
  }
};
