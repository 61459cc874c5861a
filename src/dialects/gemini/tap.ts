import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { EndReason, UpstreamError } from '../../core/reply.ts';
import type { Usage } from '../../core/usage.ts';
import { type SseEvent, SseParser } from '../../kit/sse.ts';
import type { StreamTap } from '../dialect.ts';
import { EventCutter } from '../event-cutter.ts';
import { errorFrame, readErrorBody } from './errors.ts';
import { firstCandidate, partsOf, tierOf } from './reply.ts';
import { brokenStream, isJson, maxEventBytes } from './stream.ts';
import { isBlocked, readFinishReason, readUsage, textOf } from './wire.ts';

export const tapStream = (): StreamTap => new GeminiTap();

const nothing = Buffer.alloc(0);

/**
 * Passes whole events on in the very chunks they came in and reads what has to be charged. Gemini sends few
 * and long events, each with its usage, so each is parsed.
 */
class GeminiTap implements StreamTap {
  readonly #cutter = new EventCutter(maxEventBytes);
  readonly #opaqueData: string[] = [];
  /** Answers side by side that have begun, and those of them that have ended. */
  readonly #begun = new Set<JsonValue>();
  readonly #ended = new Set<JsonValue>();
  #hasCalls = false;
  #isDead = false;
  events = 0;
  deliveredBytes = 0;
  usage: Usage | undefined;
  serviceTier: string | undefined;
  endReason: EndReason | undefined;
  error: UpstreamError | undefined;
  /** Its own findings get a frame, too. */
  readonly hasToldError = true;
  upstreamId: string | undefined;

  get hasEnded(): boolean {
    return this.endReason !== undefined && this.#ended.size >= this.#begun.size;
  }

  get opaqueData(): readonly string[] {
    return this.#opaqueData;
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
    // an event without its blank line breaks the SDK: whole if its data is, else what a break left of one
    const [event] = eventsIn(rest);
    if (!event) return isBlank(rest) ? rest : nothing;
    if (!isJson(event.data)) return nothing;
    return this.#pass(Buffer.concat([rest, Buffer.from('\n\n')]));
  }

  #pass(whole: Buffer): Buffer {
    let parts: Buffer[] | undefined;
    let passed = 0;
    let from = 0;
    const { ends } = this.#cutter;
    for (let at = 0; at <= ends.length; at++) {
      const to = at < ends.length ? (ends[at] as number) : whole.length;
      if (to > from && !this.#isTaken(whole.subarray(from, to))) {
        parts ??= [];
        parts.push(whole.subarray(passed, from));
        passed = to;
        if (this.#isDead) {
          parts.push(errorFrameOf(this.error?.message ?? ''));
          return Buffer.concat(parts);
        }
      }
      from = to;
    }
    return parts ? Buffer.concat([...parts, whole.subarray(passed)]) : whole;
  }

  /** False where the event must not go on: `[DONE]` and empty ones, which break the SDK, or no JSON. */
  #isTaken(bytes: Buffer): boolean {
    for (const data of dataIn(bytes)) {
      if (data === '' || data === '[DONE]') return false;
      this.events += 1;
      let frame: unknown;
      try {
        frame = JSON.parse(data);
      } catch (cause) {
        this.#fail(brokenStream(cause).message);
        return false;
      }
      if (isObject(frame)) this.#note(frame);
    }
    return true;
  }

  #note(frame: JsonObject): void {
    if (frame.error !== undefined && frame.error !== null) {
      this.error = readErrorBody(frame);
      return;
    }
    if (typeof frame.responseId === 'string') this.upstreamId ??= frame.responseId;
    this.usage = readUsage(frame.usageMetadata) ?? this.usage;
    this.serviceTier = tierOf(frame).serviceTier ?? this.serviceTier;
    const first = firstCandidate(frame);
    if (Array.isArray(frame.candidates))
      for (const candidate of frame.candidates as readonly JsonValue[])
        if (isObject(candidate)) this.#noteCandidate(candidate, candidate === first);
    if (!first && isBlocked(frame)) this.endReason ??= 'content-filter';
  }

  #noteCandidate(candidate: JsonObject, isFirst: boolean): void {
    const index = candidate.index ?? 0;
    this.#begun.add(index);
    for (const part of partsOf(candidate)) if (isObject(part)) this.#notePart(part);
    if (typeof candidate.finishReason !== 'string') return;
    this.#ended.add(index);
    if (isFirst) this.endReason = readFinishReason(candidate.finishReason, this.#hasCalls);
  }

  #notePart({ text, functionCall, thoughtSignature }: JsonObject): void {
    if (typeof text === 'string') this.deliveredBytes += Buffer.byteLength(text);
    if (textOf(thoughtSignature) !== '') this.#opaqueData.push(textOf(thoughtSignature));
    if (!isObject(functionCall)) return;
    this.#hasCalls = true;
    if (isObject(functionCall.args))
      this.deliveredBytes += Buffer.byteLength(JSON.stringify(functionCall.args));
  }

  /** The fault is ours to tell: the caller gets the frame that the upstream did not send. */
  #fail(message: string): Buffer {
    this.#isDead = true;
    this.error = { class: 'upstream-bad', message };
    return errorFrameOf(message);
  }
}

const errorFrameOf = (message: string): Buffer =>
  Buffer.from(errorFrame({ error: { code: 503, message, status: 'UNAVAILABLE' } }));

/** An event of one line, as Google sends them, is cut out by hand; spaces around JSON do no harm. */
const dataIn = (bytes: Buffer): readonly string[] => {
  const lineEnd = bytes.indexOf(lineFeed);
  const isOneLine = lineEnd >= 0 && bytes.length - lineEnd <= 3 && bytes.indexOf(dataWord) === 0;
  if (!isOneLine || isBroken(bytes, lineEnd)) return eventsIn(bytes).map(({ data }) => data);
  return [bytes.toString('utf8', dataWord.length, lineEnd).trim()];
};

/** A carriage return within the line ends it, too. */
const isBroken = (bytes: Buffer, lineEnd: number): boolean => {
  const found = bytes.indexOf(carriageReturn);
  return found >= 0 && found < lineEnd - 1;
};

const dataWord = Buffer.from('data:');
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

const eventsIn = (bytes: Buffer): readonly SseEvent[] => {
  const parser = new SseParser({ maxEventBytes: Number.POSITIVE_INFINITY });
  return [...parser.push(bytes), ...parser.end()];
};

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x0a || byte === 0x0d);
