import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { EndReason, UpstreamError } from '../../core/reply.ts';
import type { Usage } from '../../core/usage.ts';
import { type SseEvent, SseParser } from '../../kit/sse.ts';
import { deliveredIn } from '../delivered-bytes.ts';
import type { StreamTap } from '../dialect.ts';
import { EventCutter } from '../event-cutter.ts';
import { plainDelta } from './delta-bytes.ts';
import { errorFrame, readErrorEvent } from './errors.ts';
import { brokenStream, errorOf, isJson, maxEventBytes } from './stream.ts';
import { mergeUsage, readServiceTier, readStopReason, readUsage } from './wire.ts';

export const tapStream = (): StreamTap => new MessageTap();

const nothing = Buffer.alloc(0);
const lineFeed = 0x0a;

/**
 * Passes whole events on in the very chunks they came in and reads what has to be charged. It runs on
 * every chunk of every stream: of the common events only some bytes are looked at, none is decoded.
 */
class MessageTap implements StreamTap {
  readonly #cutter = new EventCutter(maxEventBytes);
  #usage: JsonObject | undefined;
  #isDead = false;
  events = 0;
  deliveredBytes = 0;
  hasEnded = false;
  endReason: EndReason | undefined;
  error: UpstreamError | undefined;
  /** Its own findings get a frame, too. */
  readonly hasToldError = true;
  upstreamId: string | undefined;
  readonly opaqueData: string[] = [];

  get usage(): Usage | undefined {
    return readUsage(this.#usage);
  }

  get serviceTier(): string | undefined {
    return readServiceTier(this.#usage);
  }

  push(chunk: Buffer): Buffer {
    if (this.#isDead) return nothing;
    const whole = this.#cutter.push(chunk);
    if (whole === undefined) return this.#fail(`the stream holds an event of over ${maxEventBytes} bytes`);
    return whole.length > 0 ? this.#pass(whole) : whole;
  }

  end(): Buffer {
    const rest = this.#cutter.rest();
    if (this.#isDead || rest.length === 0) return nothing;
    // an event without its blank line: whole if its data is, else what a break left of one
    const [event] = eventsIn(rest);
    if (!event) return isBlank(rest) ? rest : nothing;
    if (!isJson(event.data)) return nothing;
    return this.#pass(Buffer.concat([rest, Buffer.from('\n\n')]));
  }

  #pass(whole: Buffer): Buffer {
    const ends = this.#cutter.ends;
    let parts: Buffer[] | undefined;
    let passed = 0;
    let from = 0;
    for (let at = 0; at <= ends.length; at++) {
      const to = at < ends.length ? (ends[at] as number) : whole.length;
      if (to > from) {
        const line = this.#read(whole, from, to);
        if (this.#isDead) {
          const bad = this.error?.message ?? '';
          return Buffer.concat([...(parts ?? []), whole.subarray(passed, from), frameOf(bad)]);
        }
        if (line !== undefined) {
          // callers' SDKs tell events by their names alone, so a server that leaves them out is helped out
          parts ??= [];
          parts.push(whole.subarray(passed, from), Buffer.from(line));
          passed = from;
        }
      }
      from = to;
    }
    return parts ? Buffer.concat([...parts, whole.subarray(passed)]) : whole;
  }

  /** Gives the line that is missing before the event, where its name is. */
  #read(bytes: Buffer, from: number, to: number): string | undefined {
    let start = from;
    while (start < to && bytes[start] === lineFeed) start += 1;
    if (start === to) return undefined;
    const value = plainDelta(bytes, start);
    if (value >= 0) {
      this.events += 1;
      this.deliveredBytes += deliveredIn(bytes, value, to);
      return undefined;
    }
    let missing: string | undefined;
    for (const event of eventsIn(bytes.subarray(start, to))) missing = this.#note(event);
    return missing;
  }

  #note({ event, data }: SseEvent): string | undefined {
    this.events += 1;
    if (event === 'ping' || event === 'content_block_stop' || data === '[DONE]') return undefined;
    if (event === 'error') {
      this.error = errorOf(data);
      return undefined;
    }
    // a server tool's result comes whole in its start, and nothing of it is counted
    if (event === 'content_block_start' && data.length > 65_536) return undefined;
    let frame: unknown;
    try {
      frame = JSON.parse(data);
    } catch (cause) {
      this.#fail(brokenStream(cause).message);
      return undefined;
    }
    if (!isObject(frame)) return undefined;
    const type = typeof frame.type === 'string' ? frame.type : event;
    this.#noteFrame(type, frame);
    return event === '' && /^\w+$/.test(type) ? `event: ${type}\n` : undefined;
  }

  #noteFrame(type: string, frame: JsonObject): void {
    switch (type) {
      case 'message_start': {
        const message = isObject(frame.message) ? frame.message : {};
        if (typeof message.id === 'string') this.upstreamId = message.id;
        this.#usage = mergeUsage(this.#usage, message.usage);
        return;
      }
      case 'content_block_start':
        if (isObject(frame.content_block)) {
          this.deliveredBytes += bytesOfBlock(frame.content_block);
          this.#noteOpaque(frame.content_block.data);
        }
        return;
      case 'content_block_delta':
        if (isObject(frame.delta)) {
          this.deliveredBytes += bytesOfDelta(frame.delta);
          this.#noteOpaque(frame.delta.signature);
        }
        return;
      case 'message_delta': {
        this.#usage = mergeUsage(this.#usage, frame.usage);
        const reason = isObject(frame.delta) ? frame.delta.stop_reason : undefined;
        if (typeof reason === 'string') this.endReason = readStopReason(reason);
        return;
      }
      case 'message_stop':
        this.hasEnded = true;
        return;
      default:
        if (type === 'error' || (type === '' && frame.error !== undefined))
          this.error = readErrorEvent(frame);
    }
  }

  #noteOpaque(data: JsonValue | undefined): void {
    if (typeof data === 'string' && data !== '') this.opaqueData.push(data);
  }

  /** The fault is ours to tell: the caller gets the frame that the upstream did not send. */
  #fail(message: string): Buffer {
    this.#isDead = true;
    this.error = { class: 'upstream-bad', message };
    return frameOf(message);
  }
}

const frameOf = (message: string): Buffer =>
  Buffer.from(errorFrame({ type: 'error', error: { type: 'api_error', message } }));

const eventsIn = (bytes: Buffer): readonly SseEvent[] => {
  const parser = new SseParser({ maxEventBytes: Number.POSITIVE_INFINITY });
  return [...parser.push(bytes), ...parser.end()];
};

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x0a || byte === 0x0d);

const lengthOf = (value: unknown): number => (typeof value === 'string' ? Buffer.byteLength(value) : 0);

const bytesOfDelta = ({ type, text, thinking, partial_json: json }: JsonObject): number =>
  type === 'text_delta' || type === 'thinking_delta' || type === 'input_json_delta'
    ? lengthOf(text) + lengthOf(thinking) + lengthOf(json)
    : 0;

/** Most blocks begin empty; servers that do not stream put the whole into the start. */
const bytesOfBlock = ({ type, text, thinking, input }: JsonObject): number => {
  if (type === 'text' || type === 'thinking') return lengthOf(text) + lengthOf(thinking);
  if (type !== 'tool_use' || !isObject(input) || Object.keys(input).length === 0) return 0;
  return Buffer.byteLength(JSON.stringify(input));
};
