import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { ReplyEvent, UpstreamError } from '../../core/reply.ts';
import { type SseEvent, SseParser, SseTooLongError } from '../../kit/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { readErrorEvent } from './errors.ts';
import { refusalText } from './reply.ts';
import { mergeUsage, readServiceTier, readStopReason, readUsage } from './wire.ts';

export const maxEventBytes = 8 * 1024 * 1024;

export const readStream = (): StreamReader => new MessageReader();

/** A block of the answer that is being told; those that no other dialect can say are left out. */
type OpenBlock =
  | { readonly type: 'text' | 'thinking' | 'ignored' }
  | {
      readonly type: 'tool';
      readonly index: number;
      readonly input: JsonValue | undefined;
      hasArguments: boolean;
    };

class MessageReader implements StreamReader {
  readonly #parser = new SseParser({ maxEventBytes });
  readonly #blocks = new Map<JsonValue | undefined, OpenBlock>();
  #calls = 0;
  #usage: JsonObject | undefined;
  #ending: JsonObject | undefined;
  #isOver = false;

  push(chunk: Buffer): readonly ReplyEvent[] {
    return this.#read(() => this.#parser.push(chunk));
  }

  end(): readonly ReplyEvent[] {
    // half an event is a break, not bad JSON
    const isWhole = ({ event, data }: SseEvent) => event === 'error' || isJson(data);
    const events = this.#read(() => this.#parser.end().filter(isWhole));
    // some servers leave the last event out; what they had said is complete all the same
    return !this.#isOver && this.#ending ? [...events, ...this.#finish()] : events;
  }

  #read(parse: () => readonly SseEvent[]): readonly ReplyEvent[] {
    if (this.#isOver) return [];
    const events: ReplyEvent[] = [];
    try {
      for (const event of parse()) {
        if (this.#isOver) break;
        for (const read of this.#readEvent(event)) events.push(read);
      }
    } catch (error) {
      events.push(this.#fail(brokenStream(error)));
    }
    return events;
  }

  #readEvent({ event, data }: SseEvent): readonly ReplyEvent[] {
    if (data === '[DONE]') return [];
    if (event === 'error') return [this.#fail(errorOf(data))];
    const frame: unknown = JSON.parse(data);
    if (!isObject(frame)) return [];
    switch (frame.type ?? event) {
      case 'message_start':
        return this.#start(isObject(frame.message) ? frame.message : {});
      case 'content_block_start':
        return this.#open(frame.index, isObject(frame.content_block) ? frame.content_block : {});
      case 'content_block_delta':
        return this.#continue(frame.index, isObject(frame.delta) ? frame.delta : {});
      case 'content_block_stop':
        return this.#close(frame.index);
      case 'message_delta':
        return this.#tell(frame);
      case 'message_stop':
        return this.#finish();
      case 'error':
        return [this.#fail(readErrorEvent(frame))];
      default:
        return frame.error !== undefined && frame.type === undefined
          ? [this.#fail(readErrorEvent(frame))]
          : [];
    }
  }

  #start(message: JsonObject): readonly ReplyEvent[] {
    this.#usage = mergeUsage(this.#usage, message.usage);
    const usage = readUsage(this.#usage);
    return [
      { type: 'reply-start', id: textOf(message.id), model: textOf(message.model), ...(usage && { usage }) },
    ];
  }

  #open(at: JsonValue | undefined, block: JsonObject): readonly ReplyEvent[] {
    switch (block.type) {
      case 'text':
        this.#blocks.set(at, { type: 'text' });
        return textOf(block.text) ? [{ type: 'text-delta', text: textOf(block.text) }] : [];
      case 'thinking': {
        this.#blocks.set(at, { type: 'thinking' });
        const text = textOf(block.thinking);
        const events: ReplyEvent[] = text ? [{ type: 'reasoning-delta', text }] : [];
        return block.signature ? [...events, signed(textOf(block.signature))] : events;
      }
      case 'redacted_thinking':
        this.#blocks.set(at, { type: 'ignored' });
        return [
          {
            type: 'reasoning-opaque',
            opaque: { vendor: 'anthropic', kind: 'redacted', data: textOf(block.data) },
          },
        ];
      case 'tool_use': {
        const index = this.#calls++;
        this.#blocks.set(at, { type: 'tool', index, input: block.input, hasArguments: false });
        return [
          { type: 'tool-start', index, id: textOf(block.id), name: textOf(block.name), kind: 'function' },
        ];
      }
      default:
        this.#blocks.set(at, { type: 'ignored' });
        return [];
    }
  }

  #continue(at: JsonValue | undefined, delta: JsonObject): readonly ReplyEvent[] {
    const block = this.#blocks.get(at);
    switch (delta.type) {
      case 'text_delta': {
        const text = textOf(delta.text);
        return text && block?.type !== 'ignored' ? [{ type: 'text-delta', text }] : [];
      }
      case 'thinking_delta': {
        const text = textOf(delta.thinking);
        return text ? [{ type: 'reasoning-delta', text }] : [];
      }
      case 'signature_delta':
        return delta.signature ? [signed(textOf(delta.signature))] : [];
      case 'input_json_delta': {
        const argumentsText = textOf(delta.partial_json);
        if (block?.type !== 'tool' || argumentsText === '') return [];
        block.hasArguments = true;
        return [{ type: 'tool-delta', index: block.index, argumentsText }];
      }
      default:
        return [];
    }
  }

  /** Servers that do not stream arguments put them whole into the block's start. */
  #close(at: JsonValue | undefined): readonly ReplyEvent[] {
    const block = this.#blocks.get(at);
    this.#blocks.delete(at);
    if (block?.type !== 'tool' || block.hasArguments) return [];
    if (!isObject(block.input) || Object.keys(block.input).length === 0) return [];
    return [{ type: 'tool-delta', index: block.index, argumentsText: JSON.stringify(block.input) }];
  }

  #tell(frame: JsonObject): readonly ReplyEvent[] {
    const delta = isObject(frame.delta) ? frame.delta : {};
    if (typeof delta.stop_reason === 'string') this.#ending = delta;
    this.#usage = mergeUsage(this.#usage, frame.usage);
    const usage = isObject(frame.usage) ? readUsage(this.#usage) : undefined;
    const serviceTier = readServiceTier(this.#usage);
    const text = refusalText(delta);
    return [
      ...(text ? [{ type: 'refusal-delta', text } as const] : []),
      ...(usage
        ? [{ type: 'usage', usage, ...(serviceTier !== undefined && { serviceTier }) } as const]
        : []),
    ];
  }

  #finish(): readonly ReplyEvent[] {
    this.#isOver = true;
    const stopSequence = this.#ending?.stop_sequence;
    return [
      {
        type: 'reply-end',
        reason: readStopReason(this.#ending?.stop_reason),
        ...(typeof stopSequence === 'string' && { stopSequence }),
      },
    ];
  }

  #fail(error: UpstreamError): ReplyEvent {
    this.#isOver = true;
    return { type: 'reply-error', error };
  }
}

export const isJson = (data: string): boolean => {
  try {
    JSON.parse(data);
    return true;
  } catch {
    return data === '[DONE]';
  }
};

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

const signed = (data: string): ReplyEvent => ({
  type: 'reasoning-opaque',
  opaque: { vendor: 'anthropic', kind: 'signature', data },
});

/** What an `error` event says, JSON or not. */
export const errorOf = (data: string): UpstreamError => {
  try {
    const frame: unknown = JSON.parse(data);
    if (isObject(frame)) return readErrorEvent(frame);
  } catch {
    // then the words themselves are the message
  }
  return { class: 'upstream-bad', message: data.slice(0, 1000) || 'an error without a message' };
};

export const brokenStream = (error: unknown): UpstreamError => ({
  class: 'upstream-bad',
  message:
    error instanceof SseTooLongError
      ? `the stream holds ${error.message}`
      : 'the stream holds an event that is not JSON',
});
