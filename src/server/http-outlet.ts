import type { ServerResponse } from 'node:http';
import type { GatewayError } from '../core/errors.ts';
import type { Outlet } from '../gateway/outlet.ts';

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
    if (this.#isGone || this.response.headersSent) return;
    if (headers.trailer !== undefined && this.response.req.httpVersion !== '1.1') {
      // without chunks there is no place for trailers, and announcing them would throw
      const { trailer: _, ...plain } = headers;
      this.response.writeHead(status, plain);
    } else this.response.writeHead(status, headers);
  }

  write(chunk: Buffer | string): boolean {
    if (this.#isGone || this.response.write(chunk)) return true;
    this.#awaitReader();
    return false;
  }

  end(chunk?: Buffer | string, trailers?: Readonly<Record<string, string>>): void {
    if (this.#isGone) return;
    if (trailers) this.response.addTrailers(trailers);
    if (chunk === undefined) this.response.end();
    else this.response.end(chunk);
    // once all is out the server sets the connection's own limit for idling
    if (this.response.writableLength > 0) this.#awaitReader();
  }

  destroy(): void {
    this.response.destroy();
  }

  onDrain(resume: () => void): void {
    this.response.once('drain', resume);
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
  #awaitReader(): void {
    if (this.#isAwaitingReader) return;
    this.#isAwaitingReader = true;
    this.response.socket?.setTimeout(this.#writeIdleMs);
    this.response.once('drain', () => {
      this.#isAwaitingReader = false;
      this.response.socket?.setTimeout(0);
    });
  }
}
