import { crc32 } from 'node:zlib';

/**
 * How a journal segment is laid out: batches, each as long as its first word says, each with a
 * checksum over its records. A batch is whole or it never was: nobody was told of it before it was
 * synced. The checksum starts from the segment's number, so what an earlier life of a recycled file
 * left behind never counts. Zeros end the segment.
 *
 *     batch:  u32 bytes of the records | u32 crc32 | records
 *     record: u32 bytes of the text | u8 kind | text, UTF-8
 */
export const recordKinds = { opened: 1, intent: 2, exchange: 3, signal: 4 } as const;
export type RecordKind = (typeof recordKinds)[keyof typeof recordKinds];

export const batchHeadBytes = 8;
const recordHeadBytes = 5;
const usualBytes = 256 * 1024;
const mostKeptBytes = 4 * 1024 * 1024;

/** Gathers records into one batch, in a buffer that is used again and again. */
export class BatchWriter {
  #bytes = Buffer.allocUnsafeSlow(usualBytes);
  #end = batchHeadBytes;

  get isEmpty(): boolean {
    return this.#end === batchHeadBytes;
  }

  get length(): number {
    return this.#end;
  }

  add(kind: RecordKind, text: string): void {
    const start = this.#end + recordHeadBytes;
    // a UTF-16 unit is at most three bytes of UTF-8
    if (start + text.length * 3 > this.#bytes.length) this.#grow(start + text.length * 3);
    const length = this.#bytes.write(text, start);
    this.#bytes.writeUInt32LE(length, this.#end);
    this.#bytes[this.#end + 4] = kind;
    this.#end = start + length;
  }

  /** The batch as it goes to this segment. Valid until `reset`. */
  seal(segment: number): Buffer {
    const records = this.#bytes.subarray(batchHeadBytes, this.#end);
    this.#bytes.writeUInt32LE(records.length, 0);
    this.#bytes.writeUInt32LE(crc32(records, segment), 4);
    return this.#bytes.subarray(0, this.#end);
  }

  reset(): void {
    this.#end = batchHeadBytes;
    if (this.#bytes.length > mostKeptBytes) this.#bytes = Buffer.allocUnsafeSlow(usualBytes);
  }

  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

/** What the head of a batch says: 0 where the segment ends. */
export const recordsLength = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at);

export const isWhole = (bytes: Buffer, at: number, length: number, segment: number): boolean =>
  crc32(bytes.subarray(at + batchHeadBytes, at + batchHeadBytes + length), segment) ===
  bytes.readUInt32LE(at + 4);

/** Reads the records of a whole batch. */
export const eachRecord = (records: Buffer, visit: (kind: number, text: string) => void): void => {
  let at = 0;
  while (at < records.length) {
    const start = at + recordHeadBytes;
    const end = start + records.readUInt32LE(at);
    visit(records[at + 4] as number, records.toString('utf8', start, end));
    at = end;
  }
};
