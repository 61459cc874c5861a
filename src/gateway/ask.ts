import { textOf } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import type { Decided } from '../core/exchange.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import type { Model } from '../core/model.ts';
import { type EndReason, type Reply, ReplyGatherer } from '../core/reply.ts';
import type { Usage } from '../core/usage.ts';
import type { Dialect, Headers, ReplyCall, StreamReader, StreamTap } from '../dialects/dialect.ts';
import type { World } from '../kit/world.ts';
import type { Provider } from '../providers/provider.ts';
import type {
  Egress,
  OngoingCall,
  UpstreamCall,
  UpstreamFailure,
  UpstreamListener,
} from '../providers/send.ts';
import type { Outlet } from './outlet.ts';
import { errorOf, streamOf, Translation } from './translation.ts';

/** Everything one call to one model needs. */
export interface Asking {
  readonly decided: Decided;
  readonly model: Model;
  readonly provider: Provider;
  /** The caller's dialect and the upstream's; the very same object where bytes pass. */
  readonly caller: Dialect;
  readonly upstream: Dialect;
  readonly call: UpstreamCall;
  readonly replyCall: ReplyCall;
  readonly outlet: Outlet;
  /** Headers of the answer, known once the answer is (`x-tierwise-cost`) or before (the rest). */
  readonly headers: (
    reply: { readonly usage: Usage; readonly hasUsage: boolean } | undefined,
  ) => Record<string, string>;
  /** Trailers of a stream. */
  readonly trailers: (heard: HeardSoFar) => Record<string, string>;
  readonly egress: Egress;
  readonly world: World;
  readonly keepsText: boolean;
}

/** What was heard of an answer, however far it came: what it is charged by. */
export interface HeardSoFar {
  readonly status: number | null;
  /** False where no byte of the request left. */
  readonly wasSent: boolean;
  readonly usage: Usage | undefined;
  /** Of text, reasoning and tool arguments. */
  readonly deliveredBytes: number;
  readonly hasEnded: boolean;
  readonly endReason: EndReason | null;
  readonly upstreamId: string | null;
  /** Milliseconds after the call began. */
  readonly firstByteMs: number | null;
  readonly answerText: string | undefined;
}

export type Heard = HeardSoFar &
  (
    | { readonly outcome: 'ok' }
    /** The caller hung up; the call was broken off. */
    | { readonly outcome: 'cancelled' }
    /** The caller has seen part of the answer and the error that ended it. */
    | { readonly outcome: 'cut'; readonly error: GatewayError }
    /** The caller has seen nothing yet. */
    | { readonly outcome: 'failed'; readonly error: GatewayError; readonly raw?: RawAnswer }
  );

/** An upstream's error answer, for a caller of the same dialect. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

const errorBodyLimit = 1024 * 1024;
const answerLimit = 64 * 1024 * 1024;
const keepAliveMs = 15_000;
const nothing = Buffer.alloc(0);

/** Calls one model and passes its answer on. Resolves once, whatever happens; never rejects. */
export const ask = (asking: Asking): Promise<Heard> =>
  new Promise((resolve) => {
    new Hearing(asking, resolve).begin();
  });

class Hearing implements UpstreamListener {
  readonly #asking: Asking;
  readonly #resolve: (heard: Heard) => void;
  readonly #startedMs: number;
  #ongoing: OngoingCall | undefined;
  #isOver = false;
  #status: number | null = null;
  #contentType = '';
  #firstByteMs: number | null = null;
  #retryHeaders: Headers = {};
  #tap: StreamTap | undefined;
  #textReader: StreamReader | undefined;
  #texts: ReplyGatherer | undefined;
  #chunks: Buffer[] = [];
  #size = 0;
  #reply: Reply | undefined;
  /** Output held until the first whole event shows that this is an answer. */
  #held: Buffer[] = [];
  #isPaused = false;
  #endsAtEvent = true;
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(asking: Asking, resolve: (heard: Heard) => void) {
    this.#asking = asking;
    this.#resolve = resolve;
    this.#startedMs = asking.world.monotonicMs();
  }

  begin(): void {
    const { egress, call, outlet } = this.#asking;
    this.#ongoing = egress.send(call, this);
    outlet.onGone(() => {
      this.#ongoing?.abort();
      this.#finish({ outcome: 'cancelled' });
    });
    outlet.onCut((error) => this.#broken(error));
  }

  started(status: number, headers: Headers): void {
    this.#status = status;
    this.#contentType = headers['content-type'] ?? '';
    this.#retryHeaders = headers;
    const encoding = headers['content-encoding'];
    if (encoding && encoding !== 'identity') {
      this.#fail(
        new GatewayError(
          'upstream-bad',
          `${this.#name} answered in "${encoding}", which it was asked not to.`,
        ),
      );
      return;
    }
    const { decided, upstream, caller, replyCall, provider } = this.#asking;
    const { quirks } = provider;
    if (status !== 200 || !decided.request.stream || !this.#contentType.startsWith('text/event-stream'))
      return;
    this.#tap =
      upstream === caller
        ? upstream.tapStream({ hidesUsage: !decided.request.wantsUsage && !quirks.hasNoStreamOptions })
        : new Translation(upstream, caller, replyCall);
    if (this.#asking.keepsText) {
      this.#textReader = upstream.readStream();
      this.#texts = new ReplyGatherer();
    }
  }

  data(chunk: Buffer): void {
    this.#guarded(() => this.#data(chunk));
  }

  #data(chunk: Buffer): void {
    this.#firstByteMs ??= this.#elapsedMs;
    if (this.#tap) {
      this.#keepText(chunk);
      this.#pass(this.#tap, this.#tap.push(chunk));
      return;
    }
    this.#size += chunk.length;
    if (this.#size > (this.#status === 200 ? answerLimit : errorBodyLimit)) {
      if (this.#status === 200)
        this.#fail(new GatewayError('upstream-bad', `${this.#name} sent more than ${answerLimit} bytes.`));
      return;
    }
    this.#chunks.push(chunk);
  }

  ended(): void {
    this.#guarded(() => {
      if (this.#tap) this.#endStream(this.#tap);
      else if (this.#status === 200) this.#endWhole();
      else this.#endError();
    });
  }

  failed({ code, message }: UpstreamFailure): void {
    this.#broken(new GatewayError(code, `${this.#name}: ${message}.`));
  }

  /** A fault of ours in a callback must end the request, not the process, and never leave it hanging. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.#broken(
        cause instanceof GatewayError
          ? cause
          : new GatewayError('internal', `The gateway failed on the answer of ${this.#name}.`, { cause }),
      );
    }
  }

  get #name(): string {
    return this.#asking.model.id;
  }

  get #elapsedMs(): number {
    return this.#asking.world.monotonicMs() - this.#startedMs;
  }

  #pass(tap: StreamTap, out: Buffer): void {
    const { outlet } = this.#asking;
    if (!outlet.hasStarted) {
      if (tap.error) {
        this.#fail(errorOf(tap.error, this.#name));
        return;
      }
      if (out.length > 0) this.#held.push(out);
      if (tap.events === 0) return;
      this.#commit();
      return;
    }
    if (out.length > 0) this.#write(out);
    if (tap.error) this.#broken(errorOf(tap.error, this.#name));
  }

  #commit(): void {
    const { outlet, headers } = this.#asking;
    outlet.start(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      trailer: 'x-tierwise-cost',
      ...headers(undefined),
    });
    const held = this.#held.length === 1 ? (this.#held[0] ?? nothing) : Buffer.concat(this.#held);
    this.#held = [];
    this.#keepAlive = setTimeout(() => this.#sayAlive(), keepAliveMs);
    if (held.length > 0) this.#write(held);
  }

  #write(out: Buffer): void {
    const { outlet } = this.#asking;
    this.#endsAtEvent = endsAtEvent(out);
    this.#keepAlive?.refresh();
    if (outlet.write(out) || this.#isPaused) return;
    this.#isPaused = true;
    this.#ongoing?.pause();
    outlet.onDrain(() => {
      this.#isPaused = false;
      this.#ongoing?.resume();
    });
  }

  #sayAlive(): void {
    if (this.#isOver) return;
    // in the middle of an event a comment would become part of it
    if (this.#endsAtEvent && !this.#isPaused) this.#asking.outlet.write(': keep-alive\n\n');
    this.#keepAlive?.refresh();
  }

  #endStream(tap: StreamTap): void {
    this.#pass(tap, tap.end());
    if (this.#isOver) return;
    if (!tap.hasEnded) {
      this.#broken(
        new GatewayError('upstream-cut', `${this.#name} closed the stream before its answer was complete.`),
      );
      return;
    }
    if (!this.#asking.outlet.hasStarted) this.#commit();
    this.#asking.outlet.end(undefined, this.#asking.trailers(this.#heardSoFar()));
    this.#finish({ outcome: 'ok' });
  }

  #endWhole(): void {
    const { upstream, caller, outlet, decided, replyCall, headers } = this.#asking;
    const body = this.#body();
    const reply = upstream.readReply(parse(body, this.#name));
    this.#reply = reply;
    const isStream = decided.request.stream;
    const out = isStream
      ? streamOf(reply, caller, replyCall)
      : upstream === caller
        ? body
        : Buffer.from(JSON.stringify(caller.writeReply(reply, replyCall)));
    outlet.start(200, {
      'content-type': isStream ? 'text/event-stream; charset=utf-8' : 'application/json',
      ...(!isStream && { 'content-length': out.length }),
      ...headers(reply),
    });
    outlet.end(out);
    this.#finish({ outcome: 'ok' });
  }

  #endError(): void {
    const { upstream, caller } = this.#asking;
    const status = this.#status ?? 502;
    const body = this.#body();
    const said = upstream.readError(status, tryParse(body), this.#retryHeaders);
    const error = errorOf(said, this.#name);
    const isOurs = error.code === 'upstream-auth' || upstream !== caller || status < 400;
    this.#fail(
      error,
      isOurs ? undefined : { status, contentType: this.#contentType || 'application/json', body },
    );
  }

  /** Something went wrong: before the first byte it is a failure that another model may mend, after it the stream's end. */
  #broken(error: GatewayError): void {
    if (this.#isOver) return;
    const { outlet, caller, upstream, decided } = this.#asking;
    if (!outlet.hasStarted) {
      this.#fail(error);
      return;
    }
    this.#ongoing?.abort();
    // an upstream's own error frame has already passed to a caller of its dialect
    if (!(this.#tap?.error && upstream === caller)) {
      if (!this.#endsAtEvent) outlet.write('\n\n');
      outlet.end(caller.writeStreamError(error, decided.id), this.#asking.trailers(this.#heardSoFar()));
    } else outlet.end(undefined, this.#asking.trailers(this.#heardSoFar()));
    this.#finish({ outcome: 'cut', error });
  }

  #fail(error: GatewayError, raw?: RawAnswer): void {
    this.#ongoing?.abort();
    this.#finish({ outcome: 'failed', error, ...(raw && { raw }) });
  }

  #finish(
    end:
      | { readonly outcome: 'ok' | 'cancelled' }
      | { readonly outcome: 'cut'; readonly error: GatewayError }
      | { readonly outcome: 'failed'; readonly error: GatewayError; readonly raw?: RawAnswer },
  ): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#keepAlive);
    this.#resolve({ ...this.#heardSoFar(), ...end });
  }

  #heardSoFar(): HeardSoFar {
    const tap = this.#tap;
    const reply = this.#reply;
    return {
      status: this.#status,
      usage: reply ? (reply.hasUsage ? reply.usage : undefined) : tap?.usage,
      wasSent: this.#ongoing?.wasSent ?? false,
      deliveredBytes: reply ? replyBytes(reply) : (tap?.deliveredBytes ?? 0),
      hasEnded: reply !== undefined || (tap?.hasEnded ?? false),
      endReason: reply?.reason ?? tap?.endReason ?? null,
      upstreamId: reply?.id ?? tap?.upstreamId ?? null,
      firstByteMs: this.#firstByteMs,
      answerText: this.#asking.keepsText
        ? textOf(reply?.blocks ?? this.#texts?.reply().blocks ?? [])
        : undefined,
    };
  }

  #keepText(chunk: Buffer): void {
    if (!this.#textReader) return;
    for (const event of this.#textReader.push(chunk)) this.#texts?.add(event);
  }

  #body(): Buffer {
    return this.#chunks.length === 1 ? (this.#chunks[0] ?? nothing) : Buffer.concat(this.#chunks);
  }
}

const replyBytes = (reply: Reply): number => {
  let bytes = 0;
  for (const block of reply.blocks) {
    if (block.type === 'tool-call') bytes += Buffer.byteLength(block.argumentsText);
    else if (block.type === 'text' || block.type === 'reasoning' || block.type === 'refusal')
      bytes += Buffer.byteLength(block.text);
  }
  return bytes;
};

const endsAtEvent = (out: Buffer): boolean => {
  const last = out.length - 1;
  if (out[last] !== 0x0a) return false;
  return out[last - 1] === 0x0a || (out[last - 1] === 0x0d && out[last - 2] === 0x0a);
};

const parse = (body: Buffer, model: string): JsonObject => {
  const value = tryParse(body);
  if (!value)
    throw new GatewayError('upstream-bad', `${model} answered with something that is not a JSON object.`);
  return value;
};

const tryParse = (body: Buffer): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
