import type { ServerResponse } from 'node:http';
import type { GatewayError } from '../core/errors.ts';
import type { Outlet } from '../gateway/outlet.ts';

/** An answer over node:http. */
export class HttpOutlet implements Outlet {
  readonly #response: ServerResponse;
  #tellGone: (() => void) | undefined;
  #tellCut: ((error: GatewayError) => void) | undefined;
  #isGone = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('close', () => {
      if (response.writableFinished) return;
      this.#isGone = true;
      this.#tellGone?.();
    });
    // a reset connection also emits "close"; unhandled, its error would end the process
    response.on('error', () => undefined);
  }

  get hasStarted(): boolean {
    return this.#response.headersSent;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  start(status: number, headers: Readonly<Record<string, string | number>>): void {
    if (this.#isGone || this.#response.headersSent) return;
    if (headers.trailer !== undefined && this.#response.req.httpVersion !== '1.1') {
      // without chunks there is no place for trailers, and announcing them would throw
      const { trailer: _, ...plain } = headers;
      this.#response.writeHead(status, plain);
    } else this.#response.writeHead(status, headers);
  }

  write(chunk: Buffer | string): boolean {
    return this.#isGone || this.#response.write(chunk);
  }

  end(chunk?: Buffer | string, trailers?: Readonly<Record<string, string>>): void {
    if (this.#isGone) return;
    if (trailers) this.#response.addTrailers(trailers);
    if (chunk === undefined) this.#response.end();
    else this.#response.end(chunk);
  }

  destroy(): void {
    this.#response.destroy();
  }

  onDrain(resume: () => void): void {
    this.#response.once('drain', resume);
  }

  onGone(tell: () => void): void {
    this.#tellGone = tell;
    if (this.#isGone) tell();
  }

  onCut(tell: (error: GatewayError) => void): void {
    this.#tellCut = tell;
  }

  /** Ends the answer early, in the caller's dialect. */
  cut(error: GatewayError): void {
    this.#tellCut?.(error);
  }
}
