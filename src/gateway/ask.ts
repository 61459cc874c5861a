import { textOf } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import { type Reply, ReplyGatherer } from '../core/reply.ts';
import type { Headers, StreamReader, StreamTap } from '../dialects/dialect.ts';
import { holdsSecret } from '../providers/secrets.ts';
import type { OngoingCall, UpstreamFailure, UpstreamListener } from '../providers/send.ts';
import { opaqueDataIn } from '../sessions/history.ts';
import { endsAtEvent, isEventStream, replyBytes } from './answer-bytes.ts';
import type { Asking } from './asking.ts';
import type { Heard, HeardSoFar, Outcome, RawAnswer } from './heard.ts';
import { keepAlive, keepAliveMs } from './keep-alive.ts';
import { errorOf, Translation } from './translation.ts';
import { refusalOf, replyIn, writtenReply } from './whole-answer.ts';
import { withoutSecret } from './without-secret.ts';

const errorBodyLimit = 256 * 1024;
const answerLimit = 64 * 1024 * 1024;
/** What comes before the first piece of an answer is passed on with it; so much is an answer by itself. */
const heldLimit = 64 * 1024;
/** A shorter pause between two pieces says nothing. */
const silenceMs = 1000;
const nothing = Buffer.alloc(0);
const noData: readonly string[] = [];

/** Calls one model and passes its answer on. Resolves once, whatever happens; never rejects. */
export const ask = (asking: Asking): Promise<Heard> =>
  new Promise((resolve) => {
    new Hearing(asking, resolve).begin();
  });

class Hearing implements UpstreamListener {
  readonly #asking: Asking;
  readonly #resolve: (heard: Heard) => void;
  readonly #startedMs: number;
  #sentMs = 0;
  #ongoing: OngoingCall | undefined;
  #isOver = false;
  #status: number | null = null;
  #firstByteMs: number | null = null;
  #lastByteMs: number | null = null;
  #silentMs = 0;
  #upstreamHeaders: Headers = {};
  #tap: StreamTap | undefined;
  #textReader: StreamReader | undefined;
  #texts: ReplyGatherer | undefined;
  #chunks: Buffer[] = [];
  #size = 0;
  #reply: Reply | undefined;
  /** Output held until a piece of an answer shows that this is one. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isPaused = false;
  /** When the caller heard something last. */
  #writtenMs = 0;
  #endsAtEvent = true;
  #hasToldError = false;
  /** The next sign of life toward the caller, or the limit to the first event where that comes before. */
  #timer: NodeJS.Timeout | undefined;
  /** The first event is out: from here on there is no other answer than this. */
  #isSpeaking = false;
  #isEarly = false;

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
      // many clients leave at the answer's last event, before its connection ends
      this.#finish({ outcome: this.#isWhole && this.#tap?.usage ? 'ok' : 'cancelled' });
    });
    outlet.onCut((error) => this.#broken(error));
    // kept alive by the call before this one: its caller is not left alone now
    if (outlet.hasStarted) this.#awaitSilence();
  }

  sent(): void {
    this.#sentMs = this.#elapsedMs;
  }

  // a fault of ours in one of these must end the request, not the process, and never leave it hanging

  started(status: number, headers: Headers): void {
    try {
      this.#started(status, headers);
    } catch (cause) {
      this.#faulted(cause);
    }
  }

  #started(status: number, headers: Headers): void {
    this.#status = status;
    this.#upstreamHeaders = headers;
    const { decided, target, keepsText } = this.#asking;
    const { upstream, caller, provider } = target;
    const { request } = decided;
    if (status !== 200 || !request.stream || !isEventStream(headers['content-type'])) return;
    this.#tap =
      upstream === caller
        ? upstream.tapStream({ hidesUsage: !request.wantsUsage && !provider.quirks.hasNoStreamOptions })
        : new Translation(upstream, caller, this.#asking.replyCall);
    if (keepsText) {
      this.#textReader = upstream.readStream();
      this.#texts = new ReplyGatherer();
    }
    this.#awaitFirstEvent();
  }

  /** Who has taken the request and thinks is waited for aloud: callers, and what stands between, give up on silence. */
  #awaitFirstEvent(): void {
    const { timeouts } = this.#asking.target.provider;
    const leftMs = this.#sentMs + timeouts.firstByteMs - this.#elapsedMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        if (this.#tap && this.#tap.events > 0) this.#commit();
        else if (leftMs > keepAliveMs) this.#sayAliveEarly();
        else
          this.#broken(
            new GatewayError('upstream-timeout', `${this.#name}: no event within the first-byte timeout.`),
          );
      },
      Math.max(Math.min(leftMs, keepAliveMs), 0),
    );
  }

  #sayAliveEarly(): void {
    const { outlet } = this.#asking;
    outlet.start(200, this.#asking.earlyHeaders());
    outlet.write(keepAlive);
    this.#awaitFirstEvent();
  }

  data(chunk: Buffer): void {
    try {
      this.#data(chunk);
    } catch (cause) {
      this.#faulted(cause);
    }
  }

  #data(chunk: Buffer): void {
    const nowMs = this.#elapsedMs;
    const pauseMs = nowMs - (this.#lastByteMs ?? 0);
    // who thinks does so before the first word, however short that is
    if (pauseMs > silenceMs || this.#tap?.deliveredBytes === 0) this.#silentMs += pauseMs;
    this.#firstByteMs ??= nowMs;
    this.#lastByteMs = nowMs;
    if (this.#tap) {
      this.#keepText(chunk);
      this.#pass(this.#tap, this.#tap.push(chunk));
      if (!this.#tap.isDone || this.#isOver) return;
      this.#ongoing?.abort();
      this.#endStream(this.#tap);
      return;
    }
    this.#size += chunk.length;
    if (this.#size <= (this.#status === 200 ? answerLimit : errorBodyLimit)) this.#chunks.push(chunk);
    else if (this.#status !== 200) this.#endError();
    else throw new GatewayError('upstream-bad', `${this.#name} sent more than ${answerLimit} bytes.`);
  }

  ended(): void {
    try {
      if (this.#tap) this.#endStream(this.#tap);
      else if (this.#status === 200) this.#endWhole();
      else this.#endError();
    } catch (cause) {
      this.#faulted(cause);
    }
  }

  failed({ code, message }: UpstreamFailure): void {
    try {
      // a connection that breaks behind the answer's own end took nothing with it
      if (this.#tap && this.#isWhole) this.#endStream(this.#tap);
      else this.#broken(new GatewayError(code, `${this.#name}: ${message}.`));
    } catch (cause) {
      this.#faulted(cause);
    }
  }

  #faulted(cause: unknown): void {
    this.#broken(
      cause instanceof GatewayError
        ? cause
        : new GatewayError('internal', `The gateway failed on the answer of ${this.#name}.`, { cause }),
    );
  }

  get #name(): string {
    return this.#asking.target.model.id;
  }

  get #elapsedMs(): number {
    return this.#asking.world.monotonicMs() - this.#startedMs;
  }

  get #isWhole(): boolean {
    return this.#tap?.hasEnded === true && this.#tap.error === undefined;
  }

  #pass(tap: StreamTap, out: Buffer): void {
    if (tap.error) {
      this.#passError(tap, out);
      return;
    }
    if (this.#isSpeaking) {
      if (out.length > 0) this.#write(out);
      return;
    }
    const hasBegun = tap.events > 0;
    if (out.length > 0 && (hasBegun || this.#heldBytes + out.length <= heldLimit)) {
      this.#held.push(out);
      this.#heldBytes += out.length;
    }
    // many a stream begins well and has an error for its second event
    const isAnswer = tap.deliveredBytes > 0 || tap.hasEnded || this.#heldBytes > heldLimit;
    if (hasBegun && isAnswer) this.#commit();
  }

  #passError(tap: StreamTap, out: Buffer): void {
    if (!tap.error) return;
    if (this.#isSpeaking && out.length > 0) {
      const isSafe = !tap.hasToldError || !holdsSecret(out.toString('latin1'), this.#secret);
      if (isSafe) this.#write(out);
      this.#hasToldError = isSafe && tap.hasToldError;
    }
    this.#broken(errorOf(tap.error, this.#name));
  }

  #commit(): void {
    const { outlet } = this.#asking;
    this.#isSpeaking = true;
    this.#isEarly = outlet.hasStarted;
    const head = this.#asking.headers(undefined);
    head['content-type'] = 'text/event-stream; charset=utf-8';
    head['cache-control'] = 'no-cache, no-transform';
    head['x-accel-buffering'] = 'no';
    head.trailer = 'x-tierwise-cost';
    outlet.start(200, head);
    const held = this.#held.length === 1 ? (this.#held[0] ?? nothing) : Buffer.concat(this.#held);
    this.#held = [];
    this.#writtenMs = this.#elapsedMs;
    this.#awaitSilence();
    if (held.length > 0) this.#write(held);
  }

  #write(out: Buffer): void {
    const { outlet } = this.#asking;
    this.#endsAtEvent = endsAtEvent(out);
    this.#writtenMs = this.#lastByteMs ?? 0;
    if (outlet.write(out) || this.#isPaused) return;
    this.#isPaused = true;
    this.#ongoing?.pause();
    outlet.onDrain(() => {
      this.#isPaused = false;
      if (!this.#isOver) this.#ongoing?.resume();
    });
  }

  /** Set anew when it rings, not at every piece. */
  #awaitSilence(): void {
    clearTimeout(this.#timer);
    const restMs = this.#writtenMs + keepAliveMs - this.#elapsedMs;
    this.#timer = setTimeout(() => this.#sayAlive(), Math.max(restMs, 1));
  }

  #sayAlive(): void {
    if (this.#isOver) return;
    if (this.#elapsedMs - this.#writtenMs >= keepAliveMs) {
      // in the middle of an event a comment would become part of it
      if (this.#endsAtEvent && !this.#isPaused) this.#asking.outlet.write(keepAlive);
      this.#writtenMs = this.#elapsedMs;
    }
    this.#awaitSilence();
  }

  #endStream(tap: StreamTap): void {
    this.#pass(tap, tap.end());
    if (this.#isOver) return;
    if (!tap.hasEnded)
      throw new GatewayError(
        'upstream-cut',
        `${this.#name} closed the stream before its answer was complete.`,
      );
    const { outlet } = this.#asking;
    if (!this.#isSpeaking) this.#commit();
    outlet.end(undefined, this.#asking.trailers(this.#heardSoFar(), this.#isEarly));
    this.#finish({ outcome: 'ok' });
  }

  #endWhole(): void {
    const { outlet, decided } = this.#asking;
    const body = this.#body();
    const reply = replyIn(body, this.#asking);
    this.#reply = reply;
    const out = writtenReply(reply, body, this.#asking);
    const isStream = decided.request.stream;
    this.#isSpeaking = true;
    const head: Record<string, string | number> = this.#asking.headers(reply);
    head['content-type'] = isStream ? 'text/event-stream; charset=utf-8' : 'application/json';
    if (!isStream) head['content-length'] = out.length;
    outlet.start(200, head);
    outlet.end(out);
    this.#finish({ outcome: 'ok' });
  }

  #endError(): void {
    const headers = this.#upstreamHeaders;
    const { error, raw } = refusalOf(this.#status ?? 502, this.#body(), headers, this.#asking, this.#secret);
    this.#fail(error, raw);
  }

  /** Something went wrong: before the first byte it is a failure that another model may mend, after it the stream's end. */
  #broken(reason: GatewayError): void {
    if (this.#isOver) return;
    const { outlet, target, decided } = this.#asking;
    if (!this.#isSpeaking) {
      this.#fail(reason);
      return;
    }
    const error = withoutSecret(reason, this.#secret);
    this.#ongoing?.abort();
    try {
      if (this.#hasToldError) outlet.end();
      else {
        if (!this.#endsAtEvent) outlet.write('\n\n');
        outlet.end(this.#tap?.writeError?.(error) ?? target.caller.writeStreamError(error, decided.id));
      }
    } catch {
      // a stream that ends without a word would be taken for whole
      outlet.destroy();
    } finally {
      this.#finish({ outcome: 'cut', error });
    }
  }

  #fail(reason: GatewayError, raw?: RawAnswer): void {
    this.#ongoing?.abort();
    this.#finish({ outcome: 'failed', error: withoutSecret(reason, this.#secret), ...(raw && { raw }) });
  }

  #finish(end: Outcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#resolve(Object.assign(this.#heardSoFar(), end));
  }

  get #secret(): string | undefined {
    const { call } = this.#asking;
    return call.ownKey ?? this.#ongoing?.secret ?? call.credential.key;
  }

  #heardSoFar(): HeardSoFar {
    const tap = this.#tap;
    const reply = this.#reply;
    return {
      status: this.#status,
      usage: reply ? (reply.hasUsage ? reply.usage : undefined) : tap?.usage,
      serviceTier: reply ? reply.serviceTier : tap?.serviceTier,
      wasSent: this.#ongoing?.wasSent ?? false,
      deliveredBytes: reply ? replyBytes(reply) : (tap?.deliveredBytes ?? 0),
      hasEnded: reply !== undefined || (tap?.hasEnded ?? false),
      ...(tap?.isDone && { isCutShort: true }),
      endReason: reply?.reason ?? tap?.endReason ?? null,
      upstreamId: reply?.id ?? tap?.upstreamId ?? null,
      firstByteMs: this.#firstByteMs,
      lastByteMs: this.#lastByteMs,
      silentMs: this.#silentMs,
      answerText: this.#asking.keepsText
        ? textOf(reply?.blocks ?? this.#texts?.reply().blocks ?? [])
        : undefined,
      opaqueData: tap ? (tap.opaqueData ?? noData) : reply ? opaqueDataIn(reply.blocks) : noData,
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
