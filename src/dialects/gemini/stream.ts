import { isObject, type JsonObject } from '../../core/json.ts';
import type { EndReason, ReplyEvent, UpstreamError } from '../../core/reply.ts';
import { parseExact } from '../../kit/exact-json.ts';
import { type SseEvent, SseParser, SseTooLongError } from '../../kit/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { AnswerCalls } from './answer-calls.ts';
import { readErrorBody } from './errors.ts';
import { firstCandidate, partsOf, tierOf } from './reply.ts';
import { isBlocked, readFinishReason, readUsage, textOf } from './wire.ts';

export const maxEventBytes = 8 * 1024 * 1024;

export const readStream = (): StreamReader => new GeminiReader();

/** Whole answers in pieces to events. The last word is a `finishReason`. */
class GeminiReader implements StreamReader {
  readonly #parser = new SseParser({ maxEventBytes });
  #events: ReplyEvent[] = [];
  #calls: AnswerCalls | undefined;
  /** Told once the usage is, which some servers send behind it. */
  #reason: EndReason | undefined;
  #isOver = false;

  push(chunk: Buffer): readonly ReplyEvent[] {
    return this.#read(() => this.#parser.push(chunk));
  }

  end(): readonly ReplyEvent[] {
    // half an event is a break, not bad JSON
    const events = this.#read(() => this.#parser.end().filter(({ data }) => isJson(data)));
    this.#events = [];
    this.#finish();
    return [...events, ...this.#events];
  }

  #read(parse: () => readonly SseEvent[]): readonly ReplyEvent[] {
    if (this.#isOver) return [];
    this.#events = [];
    try {
      for (const { data } of parse()) {
        if (this.#isOver) break;
        // no word of this wire, but some servers say it
        if (data === '' || data === '[DONE]') continue;
        const frame = parseExact(data);
        if (isObject(frame)) this.#frame(frame);
      }
    } catch (error) {
      this.#fail(brokenStream(error));
    }
    return this.#events;
  }

  #frame(frame: JsonObject): void {
    if (frame.error !== undefined && frame.error !== null) {
      this.#fail(readErrorBody(frame));
      return;
    }
    this.#start(frame);
    const candidate = firstCandidate(frame);
    if (candidate)
      for (const part of partsOf(candidate)) this.#events.push(...(this.#calls?.eventsOf(part) ?? []));
    const usage = readUsage(frame.usageMetadata);
    if (usage) this.#events.push({ type: 'usage', usage, ...tierOf(frame) });
    if (candidate && typeof candidate.finishReason === 'string') {
      const hasCalls = (this.#calls?.count ?? 0) > 0;
      this.#reason ??= readFinishReason(candidate.finishReason, hasCalls);
    } else if (!candidate && isBlocked(frame)) this.#reason ??= 'content-filter';
    if (usage) this.#finish();
  }

  #finish(): void {
    if (this.#isOver || this.#reason === undefined) return;
    this.#isOver = true;
    this.#events.push({ type: 'reply-end', reason: this.#reason });
  }

  #start(frame: JsonObject): void {
    if (this.#calls) return;
    const id = textOf(frame.responseId);
    this.#calls = new AnswerCalls(id);
    const usage = readUsage(frame.usageMetadata);
    this.#events.push({
      type: 'reply-start',
      id,
      model: textOf(frame.modelVersion),
      ...(usage && { usage }),
    });
  }

  #fail(error: UpstreamError): void {
    this.#isOver = true;
    this.#events.push({ type: 'reply-error', error });
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

export const brokenStream = (error: unknown): UpstreamError => ({
  class: 'upstream-bad',
  message:
    error instanceof SseTooLongError
      ? `the stream holds ${error.message}`
      : 'the stream holds an event that is not JSON',
});
