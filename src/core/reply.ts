import type { Block, OpaqueReasoning } from './chat.ts';
import { noUsage, type Usage } from './usage.ts';

/** Why a model stopped, in one vocabulary (WIRE 7.5). */
export type EndReason =
  | 'stop'
  | 'stop-sequence'
  | 'length'
  | 'context-full'
  | 'tool-calls'
  | 'content-filter'
  | 'refusal'
  | 'paused'
  | 'malformed-call'
  | 'unknown';

/** One piece of an answer, in the order a model speaks. `index` tells parallel tool calls apart (0, 1, …). */
export type ReplyEvent =
  | { readonly type: 'reply-start'; readonly id: string; readonly model: string; readonly usage?: Usage }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'refusal-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  /** Ends the reasoning block that is open (or is one by itself). */
  | { readonly type: 'reasoning-opaque'; readonly opaque: OpaqueReasoning }
  | {
      readonly type: 'tool-start';
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly kind: 'function' | 'custom';
      readonly opaque?: OpaqueReasoning;
    }
  | { readonly type: 'tool-delta'; readonly index: number; readonly argumentsText: string }
  /** Cumulative: the last one counts. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly serviceTier?: string }
  | { readonly type: 'reply-end'; readonly reason: EndReason; readonly stopSequence?: string }
  /** The upstream broke off with an error of its own inside the stream. */
  | { readonly type: 'reply-error'; readonly error: UpstreamError };

/** A whole answer. */
export interface Reply {
  readonly id: string;
  readonly model: string;
  readonly blocks: readonly Block[];
  readonly reason: EndReason;
  readonly stopSequence?: string;
  readonly usage: Usage;
  /** False where the upstream told no usage: then `usage` is all zero and has to be estimated. */
  readonly hasUsage: boolean;
  readonly serviceTier?: string;
}

/** What an upstream said was wrong, sorted into the classes of WIRE 8.1. */
export interface UpstreamError {
  readonly class: ErrorClass;
  readonly message: string;
  readonly status?: number;
  /** The vendor's own code or type, for the log. */
  readonly vendorCode?: string;
  readonly retryAfterMs?: number;
}

export type ErrorClass =
  | 'bad-request'
  | 'context-too-long'
  | 'bad-key'
  | 'no-credit'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'rate-limited'
  | 'client-gone'
  | 'internal'
  | 'upstream-bad'
  | 'overloaded'
  | 'timeout';

/** Collects events into the whole answer they make. Pure bookkeeping: never throws. */
export class ReplyGatherer {
  #id = '';
  #model = '';
  #blocks: Block[] = [];
  #calls = new Map<number, number>();
  #usage: Usage = noUsage;
  #hasUsage = false;
  #reason: EndReason = 'unknown';
  #stopSequence: string | undefined;
  #serviceTier: string | undefined;
  #hasEnded = false;
  #error: UpstreamError | undefined;

  add(event: ReplyEvent): void {
    switch (event.type) {
      case 'reply-start':
        this.#id = event.id;
        this.#model = event.model;
        if (event.usage) this.#usage = event.usage;
        return;
      case 'text-delta':
        this.#append('text', event.text);
        return;
      case 'refusal-delta':
        this.#append('refusal', event.text);
        return;
      case 'reasoning-delta':
        this.#append('reasoning', event.text);
        return;
      case 'reasoning-opaque': {
        const last = this.#blocks.at(-1);
        if (last?.type === 'reasoning' && !last.opaque)
          this.#blocks[this.#blocks.length - 1] = { ...last, opaque: event.opaque };
        else this.#blocks.push({ type: 'reasoning', text: '', opaque: event.opaque });
        return;
      }
      case 'tool-start':
        this.#calls.set(event.index, this.#blocks.length);
        this.#blocks.push({
          type: 'tool-call',
          id: event.id,
          name: event.name,
          argumentsText: '',
          kind: event.kind,
          ...(event.opaque && { opaque: event.opaque }),
        });
        return;
      case 'tool-delta': {
        const at = this.#calls.get(event.index);
        const block = at === undefined ? undefined : this.#blocks[at];
        if (at !== undefined && block?.type === 'tool-call')
          this.#blocks[at] = { ...block, argumentsText: block.argumentsText + event.argumentsText };
        return;
      }
      case 'usage':
        this.#usage = event.usage;
        this.#hasUsage = true;
        if (event.serviceTier !== undefined) this.#serviceTier = event.serviceTier;
        return;
      case 'reply-end':
        this.#reason = event.reason;
        this.#stopSequence = event.stopSequence;
        this.#hasEnded = true;
        return;
      case 'reply-error':
        this.#error = event.error;
    }
  }

  /** The upstream's own end was seen; without it the answer was cut off. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get error(): UpstreamError | undefined {
    return this.#error;
  }

  reply(): Reply {
    return {
      id: this.#id,
      model: this.#model,
      blocks: this.#blocks,
      reason: this.#reason,
      usage: this.#usage,
      hasUsage: this.#hasUsage,
      ...(this.#stopSequence !== undefined && { stopSequence: this.#stopSequence }),
      ...(this.#serviceTier !== undefined && { serviceTier: this.#serviceTier }),
    };
  }

  #append(type: 'text' | 'refusal' | 'reasoning', text: string): void {
    const last = this.#blocks.at(-1);
    if (last?.type === type && !('opaque' in last && last.opaque))
      this.#blocks[this.#blocks.length - 1] = { ...last, text: last.text + text };
    else this.#blocks.push({ type, text });
  }
}

/** The events a whole answer would have come as: what a caller who asked for a stream gets when the upstream gave none. */
export function* replyEvents(reply: Reply): Generator<ReplyEvent> {
  yield {
    type: 'reply-start',
    id: reply.id,
    model: reply.model,
    ...(reply.hasUsage && { usage: reply.usage }),
  };
  let calls = 0;
  for (const block of reply.blocks) {
    if (block.type === 'text') yield { type: 'text-delta', text: block.text };
    else if (block.type === 'refusal') yield { type: 'refusal-delta', text: block.text };
    else if (block.type === 'reasoning') {
      if (block.text) yield { type: 'reasoning-delta', text: block.text };
      if (block.opaque) yield { type: 'reasoning-opaque', opaque: block.opaque };
    } else if (block.type === 'tool-call') {
      const index = calls++;
      yield {
        type: 'tool-start',
        index,
        id: block.id,
        name: block.name,
        kind: block.kind,
        ...(block.opaque && { opaque: block.opaque }),
      };
      if (block.argumentsText) yield { type: 'tool-delta', index, argumentsText: block.argumentsText };
    }
  }
  if (reply.hasUsage)
    yield {
      type: 'usage',
      usage: reply.usage,
      ...(reply.serviceTier !== undefined && { serviceTier: reply.serviceTier }),
    };
  yield {
    type: 'reply-end',
    reason: reply.reason,
    ...(reply.stopSequence !== undefined && { stopSequence: reply.stopSequence }),
  };
}
