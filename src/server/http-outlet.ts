import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import type { GatewayError } from '../core/errors.ts';
import type { Outlet } from '../gateway/outlet.ts';
import { chunkOf, lastChunk, worthAString } from './chunks.ts';

/** An answer over node:http. */
export class HttpOutlet implements Outlet {
  /** Where it stands among the open ones. */
  slot = -1;
  readonly response: ServerResponse;
  readonly #writeIdleMs: number;
  #tellGone: (() => void) | undefined;
  #tellCut: ((error: GatewayError) => void) | undefined;
  #isGone = false;
  #isAwaitingReader = false;
  /** The answer's length is not known beforehand: it is cut into chunks here. */
  #isChunked = false;
  #hasWritten = false;
  #cutBy: GatewayError | undefined;

  /** A reader that takes nothing for `writeIdleMs` while something waits for it is taken for gone. */
  constructor(response: ServerResponse, writeIdleMs: number) {
    this.response = response;
    this.#writeIdleMs = writeIdleMs;
    response.on('close', () => {
      if (response.writableFinished) return;
      this.#isGone = true;
      this.#tellGone?.();
    });
    // a reset connection also emits "close"; unhandled, its error would end the process
    response.on('error', () => undefined);
  }

  get hasStarted(): boolean {
    return this.response.headersSent;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get cutBy(): GatewayError | undefined {
    return this.#cutBy;
  }

  start(status: number, headers: Readonly<Record<string, string | number>>): void {
    const { response } = this;
    if (this.#isGone || response.headersSent) return;
    if (headers.trailer !== undefined && response.req.httpVersion !== '1.1') {
      // without chunks there is no place for trailers, and announcing them would throw
      const { trailer: _, ...plain } = headers;
      response.writeHead(status, plain);
    } else response.writeHead(status, headers);
    // announced in the head that is made by now; from here on the response passes on what it gets
    this.#isChunked = response.chunkedEncoding;
    response.chunkedEncoding = false;
  }

  write(chunk: Buffer | string): boolean {
    if (this.#isGone || chunk.length === 0) return true;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const out = this.#isChunked ? chunkOf(bytes) : bytes;
    const { response } = this;
    const { socket } = response;
    // the first piece takes the head along; for each one after it node:http would only cork the socket until the next tick
    const isDirect = this.#hasWritten && socket?.writable === true;
    this.#hasWritten = true;
    if (isDirect ? socket.write(out, 'latin1') : response.write(out, 'latin1')) return true;
    this.#awaitReader(socket ?? response);
    return false;
  }

  end(chunk: Buffer | string = nothing, trailers?: Readonly<Record<string, string>>): void {
    if (this.#isGone) return;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (!this.#isChunked) this.response.end(asString(bytes), 'latin1');
    else {
      if (bytes.length > 0) this.response.write(chunkOf(bytes), 'latin1');
      this.response.end(lastChunk(trailers), 'latin1');
    }
    // once all is out the server sets the connection's own limit for idling
    if (this.response.writableLength > 0) this.#awaitReader(this.response);
  }

  destroy(): void {
    this.response.destroy();
  }

  onDrain(resume: () => void): void {
    (this.response.socket ?? this.response).once('drain', resume);
  }

  onGone(tell: () => void): void {
    this.#tellGone = tell;
    if (this.#isGone) tell();
  }

  onCut(tell: (error: GatewayError) => void): void {
    this.#tellCut = tell;
    if (this.#cutBy) tell(this.#cutBy);
  }

  /** Ends the answer early, in the caller's dialect. */
  cut(error: GatewayError): void {
    this.#cutBy = error;
    this.#tellCut?.(error);
  }

  /** Nobody listens for a response's "timeout", so the server destroys the connection. Progress of any size sets it back. */
  #awaitReader(writable: Writable): void {
    if (this.#isAwaitingReader) return;
    this.#isAwaitingReader = true;
    this.response.socket?.setTimeout(this.#writeIdleMs);
    writable.once('drain', () => {
      this.#isAwaitingReader = false;
      this.response.socket?.setTimeout(0);
    });
  }
}

const nothing = Buffer.alloc(0);

/** As a string a small body leaves in one piece with the head. */
const asString = (bytes: Buffer): Buffer | string =>
  bytes.length <= worthAString ? bytes.toString('latin1') : bytes;
