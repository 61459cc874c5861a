import { StringDecoder } from 'node:string_decoder';

/** One event of a server-sent stream; comments and empty events are not told. */
export interface SseEvent {
  /** The `event:` field, "" where there was none. */
  readonly event: string;
  /** The `data:` lines, joined by new lines. */
  readonly data: string;
}

export class SseTooLongError extends Error {}

/**
 * Reads server-sent events out of bytes that may be cut anywhere: inside a UTF-8 character, between
 * CR and LF. Takes LF, CRLF and lone CR as line ends and skips a byte order mark
 * (WHATWG HTML, "Server-sent events").
 */
export class SseParser {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxEventChars: number;
  #line = '';
  #event = '';
  #data: string | undefined;
  #size = 0;
  #isFirst = true;
  #sawCarriageReturn = false;

  constructor({ maxEventBytes = 8 * 1024 * 1024 }: { readonly maxEventBytes?: number } = {}) {
    this.#maxEventChars = maxEventBytes;
  }

  /** Throws SseTooLongError where one event grows over the limit. */
  push(chunk: Buffer): readonly SseEvent[] {
    return this.#read(this.#decoder.write(chunk));
  }

  /** The rest at the end of the stream: an event without its blank line still counts. */
  end(): readonly SseEvent[] {
    const events = [...this.#read(this.#decoder.end())];
    if (this.#line) this.#field(this.#line);
    this.#line = '';
    this.#dispatch(events);
    return events;
  }

  #read(piece: string): readonly SseEvent[] {
    const events: SseEvent[] = [];
    let text = piece;
    if (this.#isFirst && text) {
      this.#isFirst = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    let from = 0;
    if (this.#sawCarriageReturn && text) {
      this.#sawCarriageReturn = false;
      if (text.charCodeAt(0) === 0x0a) from = 1;
    }
    // looked for once a piece, not once a line: most streams hold none
    let carriageReturn = text.indexOf('\r', from);
    for (;;) {
      if (carriageReturn >= 0 && carriageReturn < from) carriageReturn = text.indexOf('\r', from);
      const newLine = text.indexOf('\n', from);
      const end = carriageReturn >= 0 && (newLine < 0 || carriageReturn < newLine) ? carriageReturn : newLine;
      if (end < 0) break;
      const line = this.#line + text.slice(from, end);
      this.#line = '';
      from = end + 1;
      if (text.charCodeAt(end) === 0x0d) {
        if (from === text.length) this.#sawCarriageReturn = true;
        else if (text.charCodeAt(from) === 0x0a) from += 1;
      }
      if (line === '') this.#dispatch(events);
      else this.#field(line);
    }
    this.#line += text.slice(from);
    if (this.#size + this.#line.length > this.#maxEventChars)
      throw new SseTooLongError(`an event of over ${this.#maxEventChars} bytes`);
    return events;
  }

  #field(line: string): void {
    this.#size += line.length;
    if (this.#size > this.#maxEventChars)
      throw new SseTooLongError(`an event of over ${this.#maxEventChars} bytes`);
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1);
    if (name === 'data') this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    else if (name === 'event') this.#event = value;
  }

  #dispatch(events: SseEvent[]): void {
    if (this.#data !== undefined) events.push({ event: this.#event, data: this.#data });
    this.#data = undefined;
    this.#event = '';
    this.#size = 0;
  }
}
