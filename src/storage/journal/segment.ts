import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { batchHeadBytes, eachRecord, isWhole, recordKinds, recordsLength } from './frame.ts';

/** A place in the journal. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

/** What every segment begins with. `ends`: where the segments before it end, since the last one that opened. */
export interface Opened {
  readonly format: 1;
  readonly ends: readonly (readonly [segment: number, offset: number])[];
}

export const segmentPath = (directory: string, segment: number): string =>
  join(directory, `${String(segment).padStart(8, '0')}.journal`);

/** Numbers of the segments there are, ascending. */
export const listSegments = (directory: string): readonly number[] =>
  readdirSync(directory)
    .map((name) => /^(\d{8,})\.journal$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);

/** Where the segments before the first opened one after `segment` end; undefined where none was opened. */
export const endsBehind = (directory: string, segment: number): ReadonlyMap<number, number> | undefined => {
  for (const later of listSegments(directory)) {
    if (later <= segment) continue;
    const opened = readOpened(directory, later);
    if (opened) return new Map(opened.ends);
  }
  return undefined;
};

const readOpened = (directory: string, segment: number): Opened | undefined => {
  const reader = new SegmentReader(directory, segment, 0, 4096);
  try {
    let opened: Opened | undefined;
    const batch = reader.next();
    if (batch)
      eachRecord(batch, (kind, text) => {
        if (kind === recordKinds.opened) opened = JSON.parse(text) as Opened;
      });
    return opened;
  } finally {
    reader.close();
  }
};

/** Reads one segment, batch by batch, on the caller's thread. */
export class SegmentReader {
  readonly segment: number;
  #file: number;
  #bytes: Buffer;
  /** Offset in the file of the first byte held, and how many are held. */
  #from: number;
  #held = 0;
  #offset: number;

  constructor(directory: string, segment: number, offset: number, windowBytes = 512 * 1024) {
    this.segment = segment;
    this.#file = openSync(segmentPath(directory, segment), 'r');
    this.#bytes = Buffer.allocUnsafeSlow(windowBytes);
    this.#from = offset;
    this.#offset = offset;
  }

  /** Just behind the last batch read. */
  get offset(): number {
    return this.#offset;
  }

  get fileBytes(): number {
    return fstatSync(this.#file).size;
  }

  /**
   * The records of the next batch that ends by `until`; undefined where there is none, or none that is
   * whole. The bytes are valid until the next call. Nothing past `until` is looked at, because it may
   * be being written.
   */
  next(until = Number.MAX_SAFE_INTEGER): Buffer | undefined {
    if (this.#offset + batchHeadBytes > until || !this.#hold(batchHeadBytes, until)) return undefined;
    const length = recordsLength(this.#bytes, this.#offset - this.#from);
    const end = this.#offset + batchHeadBytes + length;
    if (length === 0 || end > until || end > this.#largestEnd(end)) return undefined;
    if (!this.#hold(batchHeadBytes + length, until)) return undefined;
    const at = this.#offset - this.#from;
    if (!isWhole(this.#bytes, at, length, this.segment)) return undefined;
    this.#offset = end;
    return this.#bytes.subarray(at + batchHeadBytes, at + batchHeadBytes + length);
  }

  close(): void {
    closeSync(this.#file);
  }

  // a torn length must not make us take memory for it
  #largestEnd(end: number): number {
    return end <= this.#from + this.#held ? end : this.fileBytes;
  }

  /** Makes sure that `length` bytes from the offset on are held. */
  #hold(length: number, until: number): boolean {
    const have = this.#from + this.#held - this.#offset;
    if (have >= length) return true;
    const rest = this.#bytes.subarray(this.#offset - this.#from, this.#held);
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(length);
      rest.copy(larger);
      this.#bytes = larger;
    } else this.#bytes.copyWithin(0, this.#offset - this.#from, this.#held);
    this.#from = this.#offset;
    this.#held = have;
    while (this.#held < length) {
      const room = Math.min(this.#bytes.length, until - this.#from) - this.#held;
      const read =
        room > 0 ? readSync(this.#file, this.#bytes, this.#held, room, this.#from + this.#held) : 0;
      if (read === 0) return false;
      this.#held += read;
    }
    return true;
  }
}
