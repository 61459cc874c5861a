const nothing = Buffer.alloc(0);
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Cuts a byte stream behind its last whole event: what has been ended by a blank line goes on, the rest
 * waits. A chunk that ends with an event is handed on as it is. Lines may end in LF, CRLF or CR.
 */
export class EventCutter {
  readonly #maxBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #hasReturns = false;
  /** Of a stream with carriage returns: whether a line is under way, and the byte before. */
  #isInLine = false;
  #last = 0;
  /** Where the events of the bytes handed on last end. */
  ends: readonly number[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Undefined where one event grows over the limit. */
  push(chunk: Buffer): Buffer | undefined {
    if (chunk.length === 0) return nothing;
    if (!this.#hasReturns && chunk.indexOf(carriageReturn) >= 0) this.#startReturns();
    const held = this.#heldBytes;
    const ends = this.#hasReturns ? this.#endsByLine(chunk) : this.#endsByPair(chunk);
    const last = ends.at(-1);
    if (last === undefined) {
      this.#hold(chunk);
      this.ends = [];
      return this.#heldBytes > this.#maxBytes ? undefined : nothing;
    }
    const whole = last === chunk.length ? chunk : chunk.subarray(0, last);
    const out = held > 0 ? Buffer.concat([...this.#held, whole]) : whole;
    this.ends = held > 0 ? ends.map((end) => end + held) : ends;
    this.#held = [];
    this.#heldBytes = 0;
    if (last < chunk.length) this.#hold(chunk.subarray(last));
    return this.#isOverlong(out.length) ? undefined : out;
  }

  /** What was still waiting at the end of the stream. */
  rest(): Buffer {
    const rest = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    this.ends = [rest.length];
    return rest;
  }

  #isOverlong(length: number): boolean {
    if (this.#heldBytes > this.#maxBytes) return true;
    if (length <= this.#maxBytes) return false;
    let from = 0;
    for (const end of this.ends) {
      if (end - from > this.#maxBytes) return true;
      from = end;
    }
    return false;
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    this.#last = bytes[bytes.length - 1] ?? 0;
  }

  /** Two line feeds in a row, found by the engine's own search. */
  #endsByPair(chunk: Buffer): number[] {
    const ends: number[] = [];
    let from = 0;
    if (this.#heldBytes > 0 && this.#last === lineFeed && chunk[0] === lineFeed) {
      ends.push(1);
      from = 1;
    }
    for (;;) {
      const found = chunk.indexOf('\n\n', from, 'latin1');
      if (found < 0) return ends;
      from = found + 2;
      ends.push(from);
    }
  }

  #startReturns(): void {
    this.#hasReturns = true;
    this.#isInLine = this.#heldBytes > 0 && this.#last !== lineFeed;
    if (this.#heldBytes === 0) this.#last = 0;
  }

  #endsByLine(chunk: Buffer): number[] {
    const ends: number[] = [];
    let last = this.#last;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === lineFeed && last === carriageReturn) {
        // the second half of a line's end; of a blank line it goes with the event
        if (ends.at(-1) === at) ends[ends.length - 1] = at + 1;
      } else if (byte === lineFeed || byte === carriageReturn) {
        if (!this.#isInLine) ends.push(at + 1);
        this.#isInLine = false;
      } else this.#isInLine = true;
      last = byte;
    }
    this.#last = last;
    return ends;
  }
}
