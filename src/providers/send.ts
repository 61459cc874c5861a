import type { Readable } from 'node:stream';
import type { Pool as UndiciPool } from 'undici';
import type { ErrorCode } from '../core/errors.ts';
import type { Headers } from '../dialects/dialect.ts';
import { connectWithin } from './connecting.ts';
import { Ongoing } from './ongoing-call.ts';
import { postForm } from './post-form.ts';
import type { Credential, Envelope, Letter, Provider, Signed, Signer, Timeouts } from './provider.ts';
import { Pool } from './undici.ts';

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
  readonly #pools = new Map<string, UndiciPool>();
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
    ongoing.secret = signer.secret;
    const go = (signed: Signed): void => {
      if (ongoing.isOver) return;
      ongoing.secret = signed.secret ?? signer.secret;
      ongoing.onRefused = () => signer.refused?.(signed);
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

  #pool(baseUrl: URL, timeouts: Timeouts): UndiciPool {
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
  readonly pool: UndiciPool;
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
