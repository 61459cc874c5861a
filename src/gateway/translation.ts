import { GatewayError } from '../core/errors.ts';
import type { EndReason, Reply, ReplyEvent, UpstreamError } from '../core/reply.ts';
import { replyEvents } from '../core/reply.ts';
import type { Usage } from '../core/usage.ts';
import type { Dialect, ReplyCall, StreamReader, StreamTap, StreamWriter } from '../dialects/dialect.ts';

const nothing = Buffer.alloc(0);

/** A stream between two dialects, seen like a tap: bytes of one go in, bytes of the other come out. */
export class Translation implements StreamTap {
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;
  readonly #caller: Dialect;
  readonly #exchangeId: string;
  #startUsage: Usage | undefined;
  #usage: Usage | undefined;
  events = 0;
  serviceTier: string | undefined;
  deliveredBytes = 0;
  hasEnded = false;
  endReason: EndReason | undefined;
  error: UpstreamError | undefined;
  readonly hasToldError = false;
  upstreamId: string | undefined;

  constructor(upstream: Dialect, caller: Dialect, call: ReplyCall) {
    this.#reader = upstream.readStream();
    this.#writer = caller.writeStream(call);
    this.#caller = caller;
    this.#exchangeId = call.exchangeId;
  }

  /** What is told at the start holds for as long as there is nothing better; of a whole answer it is no account. */
  get usage(): Usage | undefined {
    return this.#usage ?? (this.hasEnded ? undefined : this.#startUsage);
  }

  get isDone(): boolean {
    return this.#reader.isDone === true;
  }

  push(chunk: Buffer): Buffer {
    return this.#write(this.#reader.push(chunk), '');
  }

  end(): Buffer {
    const events = this.#reader.end();
    const text = this.#text(events);
    return Buffer.from(this.hasEnded && !this.error ? text + this.#writer.end() : text);
  }

  writeError(error: GatewayError): string {
    return this.#writer.writeError?.(error) ?? this.#caller.writeStreamError(error, this.#exchangeId);
  }

  #write(events: readonly ReplyEvent[], rest: string): Buffer {
    const text = this.#text(events) + rest;
    return text ? Buffer.from(text) : nothing;
  }

  #text(events: readonly ReplyEvent[]): string {
    let text = '';
    for (const event of events) {
      this.#note(event);
      if (this.error) break;
      text += this.#writer.write(event);
    }
    return text;
  }

  #note(event: ReplyEvent): void {
    this.events += 1;
    switch (event.type) {
      case 'reply-start':
        this.upstreamId = event.id;
        this.#startUsage = event.usage;
        break;
      case 'text-delta':
      case 'refusal-delta':
      case 'reasoning-delta':
        this.deliveredBytes += Buffer.byteLength(event.text);
        break;
      case 'tool-delta':
        this.deliveredBytes += Buffer.byteLength(event.argumentsText);
        break;
      case 'usage':
        this.#usage = event.usage;
        if (event.serviceTier !== undefined) this.serviceTier = event.serviceTier;
        break;
      case 'reply-end':
        this.hasEnded = true;
        this.endReason = event.reason;
        break;
      case 'reply-error':
        this.error = event.error;
        break;
      default:
    }
  }
}

/** The stream that a whole answer would have come as. */
export const streamOf = (reply: Reply, caller: Dialect, call: ReplyCall): string => {
  const writer = caller.writeStream(call);
  let text = '';
  for (const event of replyEvents(reply)) text += writer.write(event);
  return text + writer.end();
};

/** The error a caller gets for what an upstream said in the middle of, or instead of, its answer. */
export const errorOf = (upstream: UpstreamError, model: string, isOwnKey = false): GatewayError => {
  const details = {
    upstream,
    ...(upstream.retryAfterMs !== undefined && { retryAfterMs: upstream.retryAfterMs }),
  };
  const said = `${model} answered: ${upstream.message}`;
  switch (upstream.class) {
    case 'bad-request':
    case 'too-large':
      return new GatewayError('upstream-refused', said, details);
    case 'context-too-long':
      return new GatewayError('context-too-long', said, details);
    case 'bad-key':
    case 'forbidden':
      return new GatewayError(
        'upstream-auth',
        isOwnKey
          ? `The provider of ${model} refused the caller's own key.`
          : `The provider of ${model} refused the gateway's credential; the gateway's owner has to renew it.`,
        details,
      );
    case 'no-credit':
      return new GatewayError('no-credit', said, details);
    case 'rate-limited':
      return new GatewayError('rate-limited', said, details);
    case 'overloaded':
      return new GatewayError('upstream-overloaded', said, details);
    case 'timeout':
      return new GatewayError('upstream-timeout', said, details);
    default:
      return new GatewayError('upstream-bad', said, details);
  }
};
