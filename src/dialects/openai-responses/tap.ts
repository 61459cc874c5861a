import type { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { EndReason, UpstreamError } from '../../core/reply.ts';
import type { Usage } from '../../core/usage.ts';
import { type SseEvent, SseParser } from '../../kit/sse.ts';
import type { StreamTap } from '../dialect.ts';
import { EventCutter } from '../event-cutter.ts';
import { readErrorBody } from '../openai-errors.ts';
import { DeltaBytes } from './delta-bytes.ts';
import { isQuiet } from './quiet-events.ts';
import { readOutput, saidIn } from './reply.ts';
import { writeFailure } from './response.ts';
import { failureOf } from './stream.ts';
import { readEnd, readUsage, textOrUndefined } from './wire.ts';

export const tapStream = (): StreamTap => new ResponseTap();

const maxEventBytes = 8 * 1024 * 1024;
const nothing = Buffer.alloc(0);

/**
 * Passes whole events on in the very chunks they came in and reads what has to be charged. Of the pieces of
 * an answer only the bytes are counted; the few other events are parsed.
 */
class ResponseTap implements StreamTap {
  readonly #cutter = new EventCutter(maxEventBytes);
  readonly #delta = new DeltaBytes();
  readonly #opaqueData: string[] = [];
  #isOver = false;
  /** As the upstream first told it, for the frame that says that it failed. */
  #response: JsonObject = {};
  /** Where the last event that was passed on stands: looked at only where its number is wanted. */
  readonly #last: { bytes: Buffer; start: number; end: number } = { bytes: nothing, start: 0, end: 0 };
  events = 0;
  deliveredBytes = 0;
  usage: Usage | undefined;
  serviceTier: string | undefined;
  hasEnded = false;
  endReason: EndReason | undefined;
  error: UpstreamError | undefined;
  hasToldError = false;
  upstreamId: string | undefined;

  get opaqueData(): readonly string[] {
    return this.#opaqueData;
  }

  push(chunk: Buffer): Buffer {
    if (this.#isOver) return nothing;
    const whole = this.#cutter.push(chunk);
    if (whole === undefined) {
      this.#fail(`The stream has an event of over ${maxEventBytes} bytes.`);
      return nothing;
    }
    return whole.length > 0 ? this.#pass(whole) : whole;
  }

  end(): Buffer {
    const rest = this.#cutter.rest();
    if (this.#isOver || rest.length === 0) return nothing;
    // an event without its blank line: whole if its data is, else what a break left of one
    const [event] = eventsIn(rest);
    if (!event) return rest.every((byte) => byte === 0x0a || byte === 0x0d) ? rest : nothing;
    if (parsed(event.data) === undefined) return nothing;
    return this.#pass(Buffer.concat([rest, Buffer.from('\n\n')]));
  }

  /** The answer that was being passed on, failed: under the upstream's id, with the next number. */
  writeError(error: GatewayError): string {
    const { bytes, start, end } = this.#last;
    const [last] = eventsIn(bytes.subarray(start, end));
    const told = last && parsed(last.data);
    const number = isObject(told) && typeof told.sequence_number === 'number' ? told.sequence_number + 1 : 0;
    const response = { output: [], ...this.#response, status: 'failed', error: writeFailure(error) };
    const data = JSON.stringify({ type: 'response.failed', sequence_number: number, response });
    return `event: response.failed\ndata: ${data}\n\n`;
  }

  #pass(whole: Buffer): Buffer {
    let start = 0;
    for (const end of this.#cutter.ends) {
      const delivered = this.#delta.in(whole, start, end);
      if (delivered >= 0) {
        this.events += 1;
        this.deliveredBytes += delivered;
      } else if (this.upstreamId !== undefined && isQuiet(whole, start, end)) this.events += 1;
      else if (!this.#inspect(whole.subarray(start, end))) return whole.subarray(0, start);
      this.#last.bytes = whole;
      this.#last.start = start;
      this.#last.end = end;
      if (this.#isOver) return whole.subarray(0, end);
      start = end;
    }
    return whole;
  }

  /** False where the event is broken: it is not passed on. */
  #inspect(bytes: Buffer): boolean {
    for (const { event, data } of eventsIn(bytes)) {
      if (data === '' || data === '[DONE]') continue;
      const frame = parsed(data);
      if (frame === undefined) {
        this.#fail('The stream has an event that is not JSON.');
        return false;
      }
      this.events += 1;
      if (isObject(frame)) this.#read(textOrUndefined(frame.type) ?? event, frame);
    }
    return true;
  }

  #read(type: string, frame: JsonObject): void {
    const response = isObject(frame.response) ? frame.response : undefined;
    if (response) {
      if (this.upstreamId === undefined) this.#response = response;
      this.upstreamId ??= textOrUndefined(response.id);
      this.usage = readUsage(response.usage) ?? this.usage;
      this.serviceTier = textOrUndefined(response.service_tier) ?? this.serviceTier;
    }
    switch (type) {
      case 'response.completed':
      case 'response.incomplete': {
        const output = Array.isArray(response?.output) ? (response.output as JsonValue[]) : [];
        const status = type === 'response.incomplete' ? 'incomplete' : 'completed';
        this.endReason = readEnd({ ...response, status }, saidIn(readOutput(output)));
        this.hasEnded = true;
        return;
      }
      case 'response.failed':
      case 'response.cancelled':
        this.#tellError(failureOf(response ?? {}));
        return;
      case 'response.output_item.done':
        if (isObject(frame.item) && typeof frame.item.encrypted_content === 'string')
          this.#opaqueData.push(frame.item.encrypted_content);
        return;
      default:
        if (type === 'error' || isObject(frame.error)) this.#tellError(readErrorBody(frame));
        else if (type.endsWith('.delta') && typeof frame.delta === 'string')
          this.deliveredBytes += Buffer.byteLength(frame.delta);
    }
  }

  #tellError(error: UpstreamError): void {
    this.error ??= error;
    this.hasToldError = true;
    this.#isOver = true;
  }

  #fail(message: string): void {
    this.error ??= { class: 'upstream-bad', message };
    this.#isOver = true;
  }
}

const eventsIn = (bytes: Buffer): readonly SseEvent[] => {
  const parser = new SseParser({ maxEventBytes: Number.POSITIVE_INFINITY });
  return [...parser.push(bytes), ...parser.end()];
};

const parsed = (data: string): JsonValue | undefined => {
  try {
    return JSON.parse(data) as JsonValue;
  } catch {
    return undefined;
  }
};
