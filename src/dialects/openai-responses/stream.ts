import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { ReplyEvent, UpstreamError } from '../../core/reply.ts';
import { type SseEvent, SseParser } from '../../kit/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { readErrorBody } from '../openai-errors.ts';
import { eventsOfOutput } from './reply.ts';
import { readEnd, readReasoning, readUsage, textOrUndefined } from './wire.ts';

/** Responses events to our own. Reads OpenAI's streams and those of servers that leave half of it out. */
export const readStream = (): StreamReader => new ResponseReader();

/** An item of the answer that is being told; what of it was told in pieces is not told again. */
interface OpenItem {
  /** Of a call: its number among the calls. */
  readonly call: number | undefined;
  hasText: boolean;
  hasThoughts: boolean;
  hasArguments: boolean;
}

class ResponseReader implements StreamReader {
  readonly #sse = new SseParser();
  #events: ReplyEvent[] = [];
  readonly #items = new Map<JsonValue | undefined, OpenItem>();
  #calls = 0;
  #hasStarted = false;
  #hasItems = false;
  #hasRefused = false;
  #isOver = false;

  push(chunk: Buffer): readonly ReplyEvent[] {
    return this.#read(() => this.#sse.push(chunk));
  }

  end(): readonly ReplyEvent[] {
    return this.#read(() => this.#sse.end().filter(isWhole));
  }

  #read(parse: () => readonly SseEvent[]): readonly ReplyEvent[] {
    if (this.#isOver) return [];
    try {
      for (const event of parse()) {
        if (this.#isOver) break;
        this.#event(event);
      }
    } catch (cause) {
      this.#fail({ class: 'upstream-bad', message: brokenStream(cause) });
    }
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #event({ event, data }: SseEvent): void {
    if (data === '' || data === '[DONE]') return;
    const frame: JsonValue = JSON.parse(data);
    if (!isObject(frame)) return;
    const type = textOrUndefined(frame.type) ?? event;
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        this.#start(frame.response);
        return;
      case 'response.output_item.added':
        if (isObject(frame.item)) this.#open(frame.output_index, frame.item);
        return;
      case 'response.output_item.done':
        if (isObject(frame.item)) this.#close(frame.output_index, frame.item);
        return;
      case 'response.output_text.delta':
        this.#say(frame, 'text-delta');
        return;
      case 'response.refusal.delta':
        this.#say(frame, 'refusal-delta');
        return;
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#think(frame);
        return;
      case 'response.reasoning_summary_part.added':
        this.#nextThought(frame);
        return;
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.#argue(frame.output_index, textOrUndefined(frame.delta));
        return;
      case 'response.completed':
      case 'response.incomplete':
        this.#end(isObject(frame.response) ? frame.response : {}, type);
        return;
      case 'response.failed':
      case 'response.cancelled': {
        const response = isObject(frame.response) ? frame.response : {};
        this.#usage(response);
        this.#fail(failureOf(response));
        return;
      }
      default:
        if (type === 'error' || isObject(frame.error)) this.#fail(readErrorBody(frame));
    }
  }

  #start(response: JsonValue | undefined): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const told = isObject(response) ? response : {};
    this.#events.push({
      type: 'reply-start',
      id: textOrUndefined(told.id) ?? '',
      model: textOrUndefined(told.model) ?? '',
    });
  }

  #open(at: JsonValue | undefined, item: JsonObject): OpenItem {
    this.#start(undefined);
    this.#hasItems = true;
    const isCall = item.type === 'function_call' || item.type === 'custom_tool_call';
    const call = isCall ? this.#calls++ : undefined;
    const open = { call, hasText: false, hasThoughts: false, hasArguments: false };
    this.#items.set(at, open);
    if (call !== undefined)
      this.#events.push({
        type: 'tool-start',
        index: call,
        id: textOrUndefined(item.call_id) ?? textOrUndefined(item.id) ?? '',
        name: textOrUndefined(item.name) ?? '',
        kind: item.type === 'custom_tool_call' ? 'custom' : 'function',
      });
    return open;
  }

  /** The item as a whole: some servers tell it here only. */
  #close(at: JsonValue | undefined, item: JsonObject): void {
    const open = this.#items.get(at) ?? this.#open(at, item);
    this.#items.delete(at);
    if (open.call !== undefined) {
      const whole = textOrUndefined(item.type === 'custom_tool_call' ? item.input : item.arguments);
      if (!open.hasArguments && whole !== undefined)
        this.#events.push({ type: 'tool-delta', index: open.call, argumentsText: whole });
    } else if (item.type === 'reasoning') {
      const block = readReasoning(item);
      if (block?.type !== 'reasoning') return;
      if (!open.hasThoughts && block.text) this.#events.push({ type: 'reasoning-delta', text: block.text });
      if (block.opaque?.data) this.#events.push({ type: 'reasoning-opaque', opaque: block.opaque });
    } else if (item.type === 'message' && !open.hasText) {
      for (const event of eventsOfOutput([item])) this.#push(event);
    }
  }

  #push(event: ReplyEvent): void {
    if (event.type === 'refusal-delta') this.#hasRefused = true;
    this.#events.push(event);
  }

  #say(frame: JsonObject, type: 'text-delta' | 'refusal-delta'): void {
    const text = textOrUndefined(frame.delta);
    if (text === undefined) return;
    this.#start(undefined);
    this.#hasItems = true;
    const open = this.#items.get(frame.output_index);
    if (open) open.hasText = true;
    this.#push({ type, text });
  }

  #think(frame: JsonObject): void {
    const text = textOrUndefined(frame.delta);
    if (text === undefined) return;
    this.#start(undefined);
    const open = this.#items.get(frame.output_index);
    if (open) open.hasThoughts = true;
    this.#events.push({ type: 'reasoning-delta', text });
  }

  /** Parts of a summary are paragraphs. */
  #nextThought(frame: JsonObject): void {
    if (this.#items.get(frame.output_index)?.hasThoughts)
      this.#events.push({ type: 'reasoning-delta', text: '\n\n' });
  }

  #argue(at: JsonValue | undefined, argumentsText: string | undefined): void {
    const open = this.#items.get(at);
    if (open?.call === undefined || argumentsText === undefined) return;
    open.hasArguments = true;
    this.#events.push({ type: 'tool-delta', index: open.call, argumentsText });
  }

  #end(response: JsonObject, type: string): void {
    this.#start(response);
    if (!this.#hasItems && Array.isArray(response.output))
      for (const event of eventsOfOutput(response.output as JsonValue[])) {
        if (event.type === 'tool-start') this.#calls += 1;
        this.#push(event);
      }
    this.#usage(response);
    this.#isOver = true;
    const said = { calls: this.#calls > 0, refusal: this.#hasRefused };
    const status = type === 'response.incomplete' ? 'incomplete' : 'completed';
    this.#events.push({ type: 'reply-end', reason: readEnd({ ...response, status }, said) });
  }

  #usage(response: JsonObject): void {
    const usage = readUsage(response.usage);
    const serviceTier = textOrUndefined(response.service_tier);
    if (usage) this.#events.push({ type: 'usage', usage, ...(serviceTier !== undefined && { serviceTier }) });
  }

  #fail(error: UpstreamError): void {
    this.#isOver = true;
    this.#events.push({ type: 'reply-error', error });
  }
}

/** Half an event at the end of a broken stream is a break, not bad JSON. */
const isWhole = ({ data }: SseEvent): boolean => {
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
};

/** Why a response failed, or was cancelled. */
export const failureOf = (response: JsonObject): UpstreamError =>
  isObject(response.error)
    ? readErrorBody(response.error)
    : { class: 'upstream-bad', message: 'The server gave its answer up without a reason.' };

/** Never with the parser's own words: they quote the answer. */
export const brokenStream = (cause: unknown): string =>
  cause instanceof SyntaxError
    ? 'The stream has an event that is not JSON.'
    : `The stream is broken: ${cause instanceof Error ? cause.message : 'unknown cause'}.`;
