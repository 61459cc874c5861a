import { crc32 } from 'node:zlib';

/** One message of an "application/vnd.amazon.eventstream". */
export interface AwsMessage {
  /** Those whose value is a text; names begin with ":" where the protocol itself means something by them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/** The stream is broken: its frames cannot be told apart any more. */
export class AwsEventStreamError extends Error {}

/** Total length, length of the headers, checksum of both. */
const preludeBytes = 12;
const checksumBytes = 4;
const leastBytes = preludeBytes + checksumBytes;
/** More than any message may have, per docs. */
const mostBytes = 24 * 1024 * 1024;

/** Reads messages out of bytes that may be cut anywhere. Both checksums are held to. */
export class AwsEventStreamParser {
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  /** Bytes the message under way has in all, as soon as its prelude is there. */
  #wantedBytes = 0;

  /** Throws AwsEventStreamError where a frame is not what it says. */
  push(chunk: Buffer): readonly AwsMessage[] {
    if (chunk.length > 0) this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    const messages: AwsMessage[] = [];
    while (this.#heldBytes >= (this.#wantedBytes || preludeBytes)) {
      // joined when a part is whole, not at every chunk: a long message may come in thousands
      const held = this.#joined();
      if (this.#wantedBytes === 0) {
        this.#wantedBytes = totalBytesOf(held);
        continue;
      }
      messages.push(messageOf(held.subarray(0, this.#wantedBytes)));
      this.#chunks = held.length > this.#wantedBytes ? [held.subarray(this.#wantedBytes)] : [];
      this.#heldBytes -= this.#wantedBytes;
      this.#wantedBytes = 0;
    }
    return messages;
  }

  /** Something of a message is there, and its rest is not. */
  get isInside(): boolean {
    return this.#heldBytes > 0;
  }

  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Buffer;
  }
}

const totalBytesOf = (held: Buffer): number => {
  const total = held.readUInt32BE(0);
  if (crc32(held.subarray(0, 8)) !== held.readUInt32BE(8))
    throw new AwsEventStreamError('the beginning of a message does not fit its checksum');
  if (total < leastBytes || total > mostBytes || held.readUInt32BE(4) > total - leastBytes)
    throw new AwsEventStreamError('a message has lengths that cannot be');
  return total;
};

const messageOf = (frame: Buffer): AwsMessage => {
  const end = frame.length - checksumBytes;
  if (crc32(frame.subarray(0, end)) !== frame.readUInt32BE(end))
    throw new AwsEventStreamError('a message does not fit its checksum');
  const headersEnd = preludeBytes + frame.readUInt32BE(4);
  return {
    headers: headersOf(frame.subarray(preludeBytes, headersEnd)),
    payload: frame.subarray(headersEnd, end),
  };
};

/** Bytes of the values that have a fixed length, by their type: true, false, byte, short, int, long, -, -, time, uuid. */
const valueBytes: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const textType = 7;

const headersOf = (bytes: Buffer): Record<string, string> => {
  const headers: Record<string, string> = {};
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] as number);
    if (nameEnd >= bytes.length) throw brokenHeader();
    const type = bytes[nameEnd] as number;
    let start = nameEnd + 1;
    let length = valueBytes[type];
    if (length === undefined) {
      if (type > 9 || start + 2 > bytes.length) throw brokenHeader();
      length = bytes.readUInt16BE(start);
      start += 2;
    }
    if (start + length > bytes.length) throw brokenHeader();
    if (type === textType)
      headers[bytes.toString('utf8', at + 1, nameEnd)] = bytes.toString('utf8', start, start + length);
    at = start + length;
  }
  return headers;
};

const brokenHeader = (): AwsEventStreamError =>
  new AwsEventStreamError('a message has a header that cannot be read');
