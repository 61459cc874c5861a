import { GatewayError } from '../core/errors.ts';
import type { Usage } from '../core/usage.ts';
import type { Dialect, Headers } from '../dialects/dialect.ts';
import { tryParse } from '../gateway/answer-bytes.ts';
import type { RawAnswer } from '../gateway/heard.ts';
import type { Outlet } from '../gateway/outlet.ts';
import { errorOf } from '../gateway/translation.ts';
import { withoutSecret } from '../gateway/without-secret.ts';
import { holdsSecret } from '../providers/secrets.ts';
import type {
  Egress,
  OngoingCall,
  UpstreamCall,
  UpstreamFailure,
  UpstreamListener,
} from '../providers/send.ts';
import { UsageTail } from './usage.ts';

/** One call whose answer goes to the caller as it comes. */
export interface PassingCall {
  readonly call: UpstreamCall;
  /** The model's name, for errors. */
  readonly name: string;
  /** What the provider's errors are written in. */
  readonly dialect: Dialect;
  readonly outlet: Outlet;
  readonly headers: Readonly<Record<string, string>>;
  /** Told of the answer's size and usage at its end, for the trailers of answers that take some. */
  readonly trailers: (usage: Usage | undefined, bytes: number) => Readonly<Record<string, string>>;
  readonly egress: Egress;
}

export interface PassedCall {
  readonly outcome: 'ok' | 'cancelled' | 'cut' | 'failed';
  readonly error: GatewayError | undefined;
  readonly raw: RawAnswer | undefined;
  readonly status: number | null;
  readonly usage: Usage | undefined;
  readonly answerBytes: number;
  readonly firstByteMs: number | null;
}

const errorBodyLimit = 256 * 1024;
/** What of the answer's headers the caller sees: what the body is, and nothing of the account. */
const passedHeaders = ['content-type', 'content-disposition', 'cache-control'] as const;

/** Resolves once, whatever happens; never rejects. */
export const passCall = (passing: PassingCall, elapsedMs: () => number): Promise<PassedCall> =>
  new Promise((resolve) => {
    new Pass(passing, elapsedMs, resolve).begin();
  });

class Pass implements UpstreamListener {
  readonly #passing: PassingCall;
  readonly #elapsedMs: () => number;
  readonly #resolve: (passed: PassedCall) => void;
  readonly #tail = new UsageTail();
  #ongoing: OngoingCall | undefined;
  #isOver = false;
  #isPaused = false;
  #status: number | null = null;
  #firstByteMs: number | null = null;
  #upstreamHeaders: Headers = {};
  #isChunked = false;
  #errorChunks: Buffer[] = [];
  #errorBytes = 0;

  constructor(passing: PassingCall, elapsedMs: () => number, resolve: (passed: PassedCall) => void) {
    this.#passing = passing;
    this.#elapsedMs = elapsedMs;
    this.#resolve = resolve;
  }

  begin(): void {
    const { egress, call, outlet } = this.#passing;
    this.#ongoing = egress.send(call, this);
    outlet.onGone(() => {
      this.#ongoing?.abort();
      this.#finish('cancelled');
    });
    outlet.onCut((error) => this.#broken(error));
  }

  sent(): void {}

  started(status: number, headers: Headers): void {
    this.#status = status;
    this.#upstreamHeaders = headers;
    if (status < 200 || status > 299) return;
    const { outlet, headers: own } = this.#passing;
    const length = headers['content-encoding'] === undefined ? headers['content-length'] : undefined;
    this.#isChunked = length === undefined;
    const passed: Record<string, string> = { ...own };
    for (const name of passedHeaders) {
      const value = headers[name];
      if (value !== undefined) passed[name] = value;
    }
    if (length !== undefined) passed['content-length'] = length;
    else passed.trailer = 'x-tierwise-cost';
    outlet.start(status, passed);
  }

  data(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#firstByteMs ??= this.#elapsedMs();
    const { outlet } = this.#passing;
    if (!outlet.hasStarted) {
      this.#errorBytes += chunk.length;
      if (this.#errorBytes <= errorBodyLimit) this.#errorChunks.push(chunk);
      return;
    }
    this.#tail.push(chunk);
    if (outlet.write(chunk) || this.#isPaused) return;
    this.#isPaused = true;
    this.#ongoing?.pause();
    outlet.onDrain(() => {
      this.#isPaused = false;
      if (!this.#isOver) this.#ongoing?.resume();
    });
  }

  ended(): void {
    const { outlet, trailers } = this.#passing;
    if (!outlet.hasStarted) {
      this.#refused();
      return;
    }
    const told = trailers(this.#tail.usage(), this.#tail.bytes);
    outlet.end(undefined, this.#isChunked ? told : undefined);
    this.#finish('ok');
  }

  failed({ code, message }: UpstreamFailure): void {
    this.#broken(new GatewayError(code, `${this.#passing.name}: ${message}.`));
  }

  /** The provider's own words, where they tell nothing of our account. */
  #refused(): void {
    const { dialect, name, call } = this.#passing;
    const status = this.#status ?? 502;
    const body = Buffer.concat(this.#errorChunks);
    const said = tryParse(body);
    const error =
      status < 400
        ? new GatewayError('upstream-bad', `${name} answered with status ${status}, which is no answer.`)
        : errorOf(dialect.readError(status, said, this.#upstreamHeaders), name, call.ownKey !== undefined);
    const isOurs = error.code === 'upstream-auth';
    const isOwn = call.ownKey !== undefined;
    const mayPass = said && (!isOurs || isOwn) && !holdsSecret(body.toString('latin1'), this.#secret);
    this.#finish('failed', error, mayPass ? { status, body } : undefined);
  }

  /** In the middle of a body nothing can be said any more: the connection has to break. */
  #broken(reason: GatewayError): void {
    if (this.#isOver) return;
    const { outlet } = this.#passing;
    this.#ongoing?.abort();
    if (outlet.hasStarted) outlet.destroy();
    this.#finish(outlet.hasStarted ? 'cut' : 'failed', reason);
  }

  get #secret(): string | undefined {
    const { call } = this.#passing;
    return call.ownKey ?? call.credential.key;
  }

  #finish(outcome: PassedCall['outcome'], error?: GatewayError, raw?: RawAnswer): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#resolve({
      outcome,
      error: error && withoutSecret(error, this.#secret),
      raw,
      status: this.#status,
      usage: this.#tail.usage(),
      answerBytes: this.#tail.bytes,
      firstByteMs: this.#firstByteMs,
    });
  }
}
