import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import type { ErrorCode } from '../core/errors.ts';
import type { Headers } from '../dialects/dialect.ts';
import { connectWithin } from './connecting.ts';
import { Decoding, encodingOf } from './decoding.ts';
import { postForm } from './post-form.ts';
import type {
  Credential,
  Envelope,
  Letter,
  Provider,
  Signed,
  Signer,
  Timeouts,
  Unwrapping,
} from './provider.ts';

/** One call to one provider. The address is the credential's; only path and query below it vary. */
export interface UpstreamCall {
  readonly provider: Provider;
  readonly credential: Credential;
  /** Below the base URL: "/chat/completions". */
  readonly path: string;
  readonly query: string;
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  /** A stream is sent as it comes, once. */
  readonly body: Buffer | Readable | undefined;
  /** The caller's own key for this provider, instead of the configured one. */
  readonly ownKey?: string;
  /** Of the endpoint that is called, where it has one. */
  readonly envelope?: Envelope;
}

/** What happens to a call, in order. After `failed` or `ended` nothing more comes. */
export interface UpstreamListener {
  /** The connection stands and the request leaves. */
  sent(): void;
  started(status: number, headers: Headers): void;
  data(chunk: Buffer): void;
  ended(): void;
  failed(failure: UpstreamFailure): void;
}

export interface UpstreamFailure {
  readonly code: Extract<ErrorCode, 'upstream-bad' | 'upstream-cut' | 'upstream-timeout'>;
  readonly message: string;
}

export interface OngoingCall {
  pause(): void;
  resume(): void;
  /** Breaks the connection off. The listener hears nothing afterwards. */
  abort(): void;
  /** The request is on its way: from here on the provider may charge for it. */
  readonly wasSent: boolean;
  /** What was sent as the credential, where that is not the key itself. */
  readonly secret: string | undefined;
}

/**
 * The one door to the outside. Each credential goes only to the host of its provider, redirects are
 * not followed, and a POST whose bytes were sent is never sent again.
 */
export class Egress {
  readonly #pools = new Map<string, Pool>();
  readonly #lines = new WeakMap<Credential, Line>();

  send(call: UpstreamCall, listener: UpstreamListener): OngoingCall {
    const { provider, credential } = call;
    const { timeouts } = provider;
    const ongoing = new Ongoing(listener, timeouts, call.envelope);
    const line = this.#lines.get(credential) ?? this.#lay(provider, credential);
    const wrapped = wrap(call);
    if (line.signer && call.ownKey === undefined) this.#sendSigned(wrapped, line, line.signer, ongoing);
    else this.#dispatch(wrapped, line, headersOf(wrapped, line), ongoing);
    return ongoing;
  }

  #dispatch(
    { path, query, method, body, provider }: UpstreamCall,
    { pool, prefix }: Line,
    headers: Readonly<Record<string, string>>,
    ongoing: Ongoing,
  ): void {
    const { timeouts } = provider;
    pool.dispatch(
      {
        path: prefix + path + query,
        method,
        headers,
        body: body ?? null,
        headersTimeout: timeouts.firstByteMs,
        bodyTimeout: timeouts.idleMs,
      },
      ongoing,
    );
  }

  #sendSigned(call: UpstreamCall, line: Line, signer: Signer, ongoing: Ongoing): void {
    const { body, method, query } = call;
    const headers = { ...always, ...(body && jsonBody), ...call.headers };
    const go = (signed: Signed): void => {
      if (ongoing.isOver) return;
      ongoing.secret = signed.secret;
      this.#dispatch(call, line, { ...headers, ...signed.headers }, ongoing);
    };
    // told later: nobody is listening before `send` has returned
    const refuse = (cause: unknown): void => queueMicrotask(() => ongoing.notSigned(cause));
    try {
      const signed = signer.sign({
        method,
        path: line.prefix + call.path,
        query,
        headers,
        body: Buffer.isBuffer(body) ? body : noBody,
      });
      if (signed instanceof Promise) signed.then(go).catch(refuse);
      else go(signed);
    } catch (cause) {
      refuse(cause);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  #lay({ timeouts, kind }: Provider, credential: Credential): Line {
    const { baseUrl, key } = credential;
    const line = {
      pool: this.#pool(baseUrl, timeouts),
      prefix: baseUrl.pathname === '/' ? '' : baseUrl.pathname,
      usual: { ...always, ...jsonBody, ...(key !== undefined && kind.authorize(key)) },
      signer:
        key === undefined
          ? undefined
          : kind.createSigner?.(credential, {
              now: Date.now,
              postForm: (address, form) => postForm(this.#pool(address, timeouts), address, form),
            }),
    };
    this.#lines.set(credential, line);
    return line;
  }

  #pool(baseUrl: URL, timeouts: Timeouts): Pool {
    const name = `${baseUrl.origin} ${timeouts.connectMs}`;
    let pool = this.#pools.get(name);
    if (!pool) {
      // no cap on connections: a cap queues requests behind streams that last for minutes
      pool = new Pool(baseUrl.origin, {
        connections: null,
        pipelining: 1,
        connect: connectWithin(timeouts.connectMs),
      });
      this.#pools.set(name, pool);
    }
    return pool;
  }
}

/** What all calls that one credential signs have in common. */
interface Line {
  readonly pool: Pool;
  readonly prefix: string;
  /** The headers of a call that brings none of its own. */
  readonly usual: Readonly<Record<string, string>>;
  readonly signer: Signer | undefined;
}

const always = {
  'user-agent': 'tierwise',
  accept: '*/*',
  // a compressed stream may not come event by event
  'accept-encoding': 'identity',
};
const jsonBody = { 'content-type': 'application/json' };
const noBody = Buffer.alloc(0);

const wrap = (call: UpstreamCall): UpstreamCall => {
  const { envelope, body, headers } = call;
  if (!envelope || !Buffer.isBuffer(body)) return call;
  const letter: Letter = envelope.wrap({ body, headers });
  return { ...call, ...letter };
};

const headersOf = (
  { provider, credential, headers, body, ownKey }: UpstreamCall,
  { usual }: Line,
): Readonly<Record<string, string>> => {
  if (body && ownKey === undefined && isEmpty(headers)) return usual;
  const key = ownKey ?? credential.key;
  return {
    ...always,
    ...(body && jsonBody),
    ...headers,
    ...(key !== undefined && provider.kind.authorize(key)),
  };
};

const isEmpty = (headers: Readonly<Record<string, string>>): boolean => {
  for (const _ in headers) return false;
  return true;
};

class Ongoing implements OngoingCall, Dispatcher.DispatchHandler {
  readonly #listener: UpstreamListener;
  readonly #total: NodeJS.Timeout;
  readonly #envelope: Envelope | undefined;
  secret: string | undefined;
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
