import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { EndReason, ReplyEvent, UpstreamError } from '../../core/reply.ts';
import { type SseEvent, SseParser } from '../../kit/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { readErrorBody } from '../openai-errors.ts';
import { argumentsText, readPieces } from './reply.ts';
import { madeUpCallId, readFinishReason, readUsage, textOrUndefined } from './wire.ts';

/** Chat chunks to events. Reads OpenAI's streams and those of servers that leave half of it out. */
export const readStream = (): StreamReader => new ChatStreamReader();

interface OpenCall {
  readonly index: number;
  id: string | undefined;
  name: string;
  kind: 'function' | 'custom';
  isStarted: boolean;
  /** What came before the name was known. */
  held: string;
}

class ChatStreamReader implements StreamReader {
  readonly #sse = new SseParser();
  #events: ReplyEvent[] = [];
  #hasStarted = false;
  #hasEnded = false;
  #answer: JsonValue = null;
  #calls: OpenCall[] = [];
  /** The call that the server's index stands for just now. */
  readonly #callAt = new Map<number, OpenCall>();
  #hasRefused = false;
  #finish: JsonValue | undefined;
  #isDone = false;
  #serviceTier: string | undefined;

  push(chunk: Buffer): readonly ReplyEvent[] {
    return this.#read(() => this.#sse.push(chunk));
  }

  end(): readonly ReplyEvent[] {
    const events = this.#read(() => this.#sse.end());
    if (this.#hasEnded || (this.#finish === undefined && !this.#isDone)) return events;
    this.#end();
    return [...events, ...this.#taken()];
  }

  #read(parse: () => readonly SseEvent[]): readonly ReplyEvent[] {
    if (this.#hasEnded) return [];
    try {
      for (const event of parse()) {
        this.#event(event);
        if (this.#hasEnded) break;
      }
    } catch (cause) {
      this.#fail({ class: 'upstream-bad', message: brokenFrame(cause) });
    }
    return this.#taken();
  }

  #taken(): readonly ReplyEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #event({ event, data }: SseEvent): void {
    if (data === '') return;
    if (data === '[DONE]') {
      this.#isDone = true;
      if (this.#hasStarted) this.#end();
      else this.#fail({ class: 'upstream-bad', message: 'The stream ended without an answer.' });
      return;
    }
    const chunk: JsonValue = JSON.parse(data);
    // a ping of some servers, or anything else that is no chunk
    if (!isObject(chunk)) return;
    if (event === 'error' || (chunk.error !== undefined && chunk.error !== null)) {
      this.#fail(readErrorBody(chunk));
      return;
    }
    const choices: readonly JsonValue[] = Array.isArray(chunk.choices) ? chunk.choices : [];
    // Azure begins with a frame about its filters: no id, no choices
    if (!this.#hasStarted && (choices.length > 0 || textOrUndefined(chunk.id) !== undefined))
      this.#start(chunk);
    const choice = choices.find(isFirst);
    if (isObject(choice)) this.#choice(choice);
    if (this.#hasEnded) return;
    if (typeof chunk.service_tier === 'string') this.#serviceTier = chunk.service_tier;
    // Groq tells usage in a place of its own where nobody asked for it
    const usage =
      readUsage(chunk.usage) ?? (isObject(chunk.x_groq) ? readUsage(chunk.x_groq.usage) : undefined);
    if (!usage) return;
    const serviceTier = this.#serviceTier;
    this.#events.push({ type: 'usage', usage, ...(serviceTier !== undefined && { serviceTier }) });
  }

  #start(chunk: JsonObject): void {
    this.#hasStarted = true;
    this.#answer = [chunk.id ?? null, chunk.created ?? null];
    this.#events.push({
      type: 'reply-start',
      id: textOrUndefined(chunk.id) ?? '',
      model: textOrUndefined(chunk.model) ?? '',
    });
  }

  #choice(choice: JsonObject): void {
    const delta = isObject(choice.delta) ? choice.delta : isObject(choice.message) ? choice.message : {};
    const { text, reasoning } = readPieces(delta);
    if (reasoning) this.#events.push({ type: 'reasoning-delta', text: reasoning });
    if (text) this.#events.push({ type: 'text-delta', text });
    const refusal = textOrUndefined(delta.refusal);
    if (refusal) {
      this.#hasRefused = true;
      this.#events.push({ type: 'refusal-delta', text: refusal });
    }
    if (Array.isArray(delta.tool_calls)) for (const call of delta.tool_calls) this.#call(call);
    if (isObject(delta.function_call)) this.#call({ index: 0, function: delta.function_call });
    const finish = choice.finish_reason;
    if (finish === undefined || finish === null || finish === '') return;
    if (finish === 'error') this.#fail(readErrorBody(isObject(choice.error) ? choice.error : {}));
    else this.#finish = finish;
  }

  #call(value: JsonValue): void {
    if (!isObject(value)) return;
    const isCustom = isObject(value.custom);
    const tool = isCustom ? value.custom : value.function;
    const name = isObject(tool) ? textOrUndefined(tool.name) : undefined;
    const call = this.#callOf(value, textOrUndefined(value.id), name);
    if (isCustom) call.kind = 'custom';
    if (name !== undefined && !call.isStarted) call.name = name;
    if (isObject(tool)) call.held += argumentsText(isCustom ? tool.input : tool.arguments);
    if (call.name === '') return;
    if (!call.isStarted) {
      call.isStarted = true;
      call.id ??= madeUpCallId(this.#answer, call.index, call.name);
      this.#events.push({
        type: 'tool-start',
        index: call.index,
        id: call.id,
        name: call.name,
        kind: call.kind,
      });
    }
    if (call.held) this.#events.push({ type: 'tool-delta', index: call.index, argumentsText: call.held });
    call.held = '';
  }

  /**
   * Which call a delta belongs to. By index as OpenAI has it; but some servers give none, and some
   * give 0 to every call and tell them apart by id.
   */
  #callOf(value: JsonObject, id: string | undefined, name: string | undefined): OpenCall {
    const told = typeof value.index === 'number' ? value.index : undefined;
    const known = told === undefined ? this.#calls.at(-1) : this.#callAt.get(told);
    const isOther =
      known !== undefined &&
      ((id !== undefined && known.id !== undefined && known.id !== id && name !== undefined) ||
        (told === undefined && id === undefined && name !== undefined && known.isStarted));
    if (known && !isOther) {
      if (!known.isStarted) known.id ??= id;
      return known;
    }
    const call: OpenCall = {
      index: this.#calls.length,
      id,
      name: '',
      kind: 'function',
      isStarted: false,
      held: '',
    };
    this.#calls.push(call);
    if (told !== undefined) this.#callAt.set(told, call);
    return call;
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const isNameless = this.#calls.some((call) => !call.isStarted);
    const said = { calls: this.#calls.length > 0, refusal: this.#hasRefused };
    const reason: EndReason = isNameless ? 'malformed-call' : readFinishReason(this.#finish, said);
    this.#events.push({ type: 'reply-end', reason });
  }

  #fail(error: UpstreamError): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#events.push({ type: 'reply-error', error });
  }
}

const isFirst = (choice: JsonValue): boolean => isObject(choice) && (choice.index ?? 0) === 0;

/** Never with the parser's own words: they quote the answer. */
const brokenFrame = (cause: unknown): string =>
  cause instanceof SyntaxError
    ? 'The stream has a frame that is not JSON.'
    : `The stream is broken: ${cause instanceof Error ? cause.message : 'unknown cause'}.`;
