import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Headers } from '../dialects/dialect.ts';
import { Decoding, encodingOf } from './decoding.ts';
import type { Envelope, Timeouts, Unwrapping } from './provider.ts';
import type { OngoingCall, UpstreamFailure, UpstreamListener } from './send.ts';

/** A call from its dispatch to its end: what comes in is decoded, taken out of its envelope and told, once. */
export class Ongoing implements OngoingCall, Dispatcher.DispatchHandler {
  readonly #listener: UpstreamListener;
  readonly #total: NodeJS.Timeout;
  readonly #envelope: Envelope | undefined;
  secret: string | undefined;
  /** Who has signed the call wants to know of a 401. */
  onRefused: (() => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #decoding: Decoding | undefined;
  #unwrapping: Unwrapping | undefined;
  #isOver = false;
  #hasStarted = false;
  /** The listener cannot take more … */
  #isPaused = false;
  /** … or what is between it and the connection cannot. */
  #isFull = false;

  constructor(listener: UpstreamListener, { totalMs }: Timeouts, envelope: Envelope | undefined) {
    this.#listener = listener;
    this.#envelope = envelope;
    this.#total = setTimeout(() => {
      const code = 'upstream-timeout';
      this.#finish(() =>
        listener.failed({ code, message: `the answer took longer than ${totalMs} ms in all` }),
      );
      this.#break();
    }, totalMs);
  }

  pause(): void {
    this.#isPaused = true;
    this.#decoding?.pause();
    this.#controller?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#decoding?.resume();
    if (!this.#isFull) this.#controller?.resume();
  }

  abort(): void {
    this.#finish(() => undefined);
    this.#break();
  }

  get wasSent(): boolean {
    return this.#controller !== undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  notSigned(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : 'for no reason that was told';
    const message = `the call could not be signed: ${reason}`;
    this.#finish(() => this.#listener.failed({ code: 'upstream-bad', message }));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) this.#break();
    else this.#listener.sent();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (this.#isOver || status < 200) return;
    this.#hasStarted = true;
    if (status === 401) this.onRefused?.();
    const flattened = flat(headers);
    const encoding = encodingOf(flattened['content-encoding']);
    if (encoding === 'unknown') {
      const message = `it answered in the encoding "${flattened['content-encoding']?.slice(0, 40)}"`;
      this.#finish(() => this.#listener.failed({ code: 'upstream-bad', message }));
      this.#break();
      return;
    }
    if (encoding) this.#decoding = this.#decode(encoding);
    this.#unwrapping = this.#envelope?.unwrap?.(status, flattened);
    if (this.#unwrapping) {
      const { contentType, status: told = status } = this.#unwrapping;
      this.#listener.started(told, { ...flattened, 'content-type': contentType });
    } else this.#listener.started(status, flattened);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#decoding) this.#decoding.write(chunk);
    else if (this.#unwrapping) this.#unwrap(this.#unwrapping, chunk);
    else this.#listener.data(chunk);
  }

  onResponseEnd(): void {
    if (this.#decoding) this.#decoding.end();
    else this.#end();
  }

  /** What is in the envelope; all that is left of it where there is no more to come. */
  #unwrap(unwrapping: Unwrapping, chunk?: Buffer): void {
    let inside: Buffer;
    try {
      inside = chunk ? unwrapping.push(chunk) : unwrapping.end();
    } catch (cause) {
      const message = `its answer cannot be read: ${(cause as Error).message}`;
      this.#finish(() => this.#listener.failed({ code: 'upstream-bad', message }));
      this.#break();
      return;
    }
    if (inside.length > 0) this.#listener.data(inside);
  }

  #end(): void {
    if (this.#unwrapping && !this.#isOver) this.#unwrap(this.#unwrapping);
    this.#finish(() => this.#listener.ended());
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#finish(() => this.#listener.failed(failureOf(error, this.#hasStarted)));
  }

  #finish(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#total);
    this.#decoding?.destroy();
    tell();
  }

  /** Nobody asked for a compressed answer, but some proxies send nothing else. */
  #decode(encoding: ConstructorParameters<typeof Decoding>[0]): Decoding {
    return new Decoding(encoding, {
      data: (chunk) => {
        if (this.#isOver) return;
        if (this.#unwrapping) this.#unwrap(this.#unwrapping, chunk);
        else this.#listener.data(chunk);
      },
      ended: () => this.#end(),
      failed: (message) => {
        this.#finish(() => this.#listener.failed({ code: 'upstream-bad', message }));
        this.#break();
      },
      stop: () => {
        this.#isFull = true;
        this.#controller?.pause();
      },
      go: () => {
        this.#isFull = false;
        if (!this.#isPaused) this.#controller?.resume();
      },
    });
  }

  #break(): void {
    this.#controller?.abort(new Error('the gateway broke the call off'));
  }
}

const failureOf = (error: Error & { code?: string }, hasStarted: boolean): UpstreamFailure => {
  switch (error.code) {
    case 'UND_ERR_CONNECT_TIMEOUT':
      return { code: 'upstream-timeout', message: 'no connection within the connect timeout' };
    case 'UND_ERR_HEADERS_TIMEOUT':
      return { code: 'upstream-timeout', message: 'no answer within the first-byte timeout' };
    case 'UND_ERR_BODY_TIMEOUT':
      return { code: 'upstream-timeout', message: 'the answer fell silent for longer than the idle timeout' };
    default:
      return hasStarted
        ? {
            code: 'upstream-cut',
            message: `the connection broke in the middle of the answer (${error.code ?? error.name})`,
          }
        : { code: 'upstream-bad', message: `no answer (${error.code ?? error.name})` };
  }
};

const flat = (headers: IncomingHttpHeaders): Headers => {
  for (const name in headers) if (Array.isArray(headers[name])) return joined(headers);
  return headers as Headers;
};

const joined = (headers: IncomingHttpHeaders): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
