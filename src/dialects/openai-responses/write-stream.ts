import type { GatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EndReason, ReplyEvent } from '../../core/reply.ts';
import type { Usage } from '../../core/usage.ts';
import type { ReplyCall, StreamWriter } from '../dialect.ts';
import { writeServiceTier } from '../openai-parameters.ts';
import { EventFrames } from './event-frames.ts';
import { CallerTools, needsWords, sealedContent } from './items.ts';
import { CallItem, MessageItem, type OpenItem, ReasoningItem } from './open-items.ts';
import { type ResponseState, writeFailure, writeResponse } from './response.ts';
import { estimatedUsage, itemId, writeEnd, writeUsage } from './wire.ts';

export const unreadableCall = 'The model made a tool call that cannot be read.';

export const writeStream = (call: ReplyCall): StreamWriter => new ResponseWriter(call);

/**
 * Events as Responses tells them: every item is added, told piece by piece, and told once more as a whole;
 * the last event repeats them all. An item ends where the next begins, but for calls that are told side by
 * side: those end once their arguments are whole.
 */
export class ResponseWriter implements StreamWriter {
  readonly #call: ReplyCall;
  readonly #tools: CallerTools;
  readonly #frames = new EventFrames();
  readonly #output: JsonObject[] = [];
  /** In the order they were added. */
  #open: OpenItem[] = [];
  readonly #calls = new Map<number, CallItem>();
  #count = 0;
  #hasStarted = false;
  /** Thoughts that nobody asked to see; some have to go with their signature all the same. */
  #hiddenThoughts = '';
  #hasRefused = false;
  #chars = 0;
  #usage: Usage | undefined;
  #serviceTier: string | undefined;
  #end: EndReason | undefined;

  constructor(call: ReplyCall) {
    this.#call = call;
    this.#tools = new CallerTools(call);
  }

  write(event: ReplyEvent): string {
    switch (event.type) {
      case 'reply-start':
        return this.#start();
      case 'text-delta':
      case 'refusal-delta': {
        if (event.text === '') return '';
        this.#chars += event.text.length;
        const kind = event.type === 'text-delta' ? 'output_text' : 'refusal';
        this.#hasRefused ||= kind === 'refusal';
        return this.#start() + this.#say(kind, event.text);
      }
      case 'reasoning-delta':
        if (event.text === '') return '';
        this.#chars += event.text.length;
        return this.#start() + this.#think(event.text);
      case 'reasoning-opaque': {
        const words = needsWords(event.opaque) ? this.#hiddenThoughts : '';
        return this.#start() + this.#seal(sealedContent(event.opaque, this.#call), words);
      }
      case 'tool-start':
        return this.#start() + this.#callTool(event);
      case 'tool-delta':
        this.#chars += event.argumentsText.length;
        return this.#calls.get(event.index)?.tell(event.argumentsText) ?? '';
      case 'usage':
        this.#usage = event.usage;
        this.#serviceTier = event.serviceTier ?? this.#serviceTier;
        return '';
      case 'reply-end': {
        const out = this.#start() + this.#closeAll(event.reason);
        this.#end = event.reason;
        return out;
      }
      case 'reply-error':
        // told by `writeError`, which knows the error in our words
        return '';
    }
  }

  end(): string {
    if (this.#end === undefined) return '';
    const response = this.response();
    return this.#frames.frame(`response.${response.status}`, { response });
  }

  /** The frame that ends a stream that broke off: the same answer, failed. */
  writeError(error: GatewayError): string {
    const response = this.#responseOf({
      status: 'failed',
      output: this.#output.filter((item) => item !== undefined),
      error: writeFailure(error),
    });
    return this.#start() + this.#frames.frame('response.failed', { response });
  }

  /** The whole answer, once it has ended. */
  response(): JsonObject {
    const { status, incompleteReason } = writeEnd(this.#end ?? 'unknown', this.#hasRefused);
    return this.#responseOf({
      status,
      output: this.#output,
      usage: writeUsage(this.#usage ?? estimatedUsage(this.#call, this.#chars)),
      incompleteReason,
      ...(status === 'failed' && { error: { code: 'server_error', message: unreadableCall } }),
    });
  }

  #responseOf(state: ResponseState): JsonObject {
    const tier = this.#serviceTier;
    return writeResponse(this.#call, {
      ...state,
      serviceTier: tier === undefined ? undefined : writeServiceTier(tier),
    });
  }

  #start(): string {
    if (this.#hasStarted) return '';
    this.#hasStarted = true;
    const response = this.#responseOf({ status: 'in_progress', output: [] });
    return (
      this.#frames.frame('response.created', { response }) +
      this.#frames.frame('response.in_progress', { response })
    );
  }

  #say(kind: 'output_text' | 'refusal', text: string): string {
    const last = this.#open.at(-1);
    if (last instanceof MessageItem) return last.say(kind, text);
    const before = this.#closeDone();
    const message = new MessageItem(itemId('msg', this.#call, this.#count), this.#count++, this.#frames);
    return before + this.#add(message) + message.say(kind, text);
  }

  #think(text: string): string {
    if (!this.#call.request.reasoning.isShown) {
      this.#hiddenThoughts += text;
      return '';
    }
    const last = this.#open.at(-1);
    if (last instanceof ReasoningItem) return last.think(text);
    const before = this.#closeDone();
    const item = this.#newThought();
    return before + this.#add(item) + item.think(text);
  }

  /** Ends the thoughts that are being told, or tells some by themselves. */
  #seal(sealed: string, words: string): string {
    this.#hiddenThoughts = '';
    const last = this.#open.at(-1);
    if (last instanceof ReasoningItem) {
      last.sealed = sealed;
      return this.#closeDone();
    }
    const before = this.#closeDone();
    const item = this.#newThought();
    item.sealed = sealed;
    const told = this.#add(item) + (words === '' ? '' : item.think(words));
    return before + told + this.#closeDone();
  }

  #newThought(): ReasoningItem {
    return new ReasoningItem(
      itemId('rs', this.#call, this.#count),
      this.#count++,
      this.#frames,
      // what is mere text is marked as such, so that it is known when it comes back
      sealedContent(undefined, this.#call),
    );
  }

  #callTool(event: ReplyEvent & { type: 'tool-start' }): string {
    this.#hiddenThoughts = '';
    let before = this.#closeDone();
    // the thought behind a call stands right before it, under the call's id
    if (event.opaque) before += this.#seal(sealedContent({ ...event.opaque, id: event.id }, this.#call), '');
    const isWrapped = this.#tools.isWrapped(event.name, event.kind);
    const isCustom = isWrapped || event.kind === 'custom';
    const at = this.#count++;
    const item = new CallItem(
      itemId(isCustom ? 'ctc' : 'fc', this.#call, at),
      at,
      this.#frames,
      { callId: event.id, ...this.#tools.named(event.name) },
      isWrapped ? 'wrapped' : event.kind,
    );
    this.#calls.set(event.index, item);
    return before + this.#add(item);
  }

  #add(item: OpenItem): string {
    this.#open.push(item);
    return this.#frames.frame('response.output_item.added', {
      output_index: item.at,
      item: item.begun(),
    });
  }

  /** Ends what another item may follow. */
  #closeDone(): string {
    let out = '';
    const stillOpen: OpenItem[] = [];
    for (const item of this.#open)
      if (item.isWhole()) out += this.#close(item, false);
      else stillOpen.push(item);
    this.#open = stillOpen;
    return out;
  }

  #closeAll(reason: EndReason): string {
    const isCut = reason === 'length' || reason === 'context-full';
    const open = this.#open;
    this.#open = [];
    return open.map((item, index) => this.#close(item, isCut && index === open.length - 1)).join('');
  }

  #close(item: OpenItem, isCut: boolean): string {
    const told = item.rest(isCut);
    const whole = item.whole(isCut ? 'incomplete' : 'completed');
    this.#output[item.at] = whole;
    return told + this.#frames.frame('response.output_item.done', { output_index: item.at, item: whole });
  }
}
