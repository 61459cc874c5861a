import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { EndReason, UpstreamError } from '../../core/reply.ts';
import type { Usage } from '../../core/usage.ts';
import type { StreamTap } from '../dialect.ts';
import { readErrorBody } from '../openai-errors.ts';
import { TapLine } from './tap-line.ts';
import { readFinishReason, readUsage, textOrUndefined } from './wire.ts';

/** Bytes from a Chat upstream to a Chat caller, read on the way. The hottest code there is. */
export const tapStream = (tap: { readonly hidesUsage: boolean }): StreamTap =>
  new ChatStreamTap(tap.hidesUsage);

const maxEventBytes = 8 * 1024 * 1024;

class ChatStreamTap implements StreamTap {
  events = 0;
  deliveredBytes = 0;
  usage: Usage | undefined;
  serviceTier: string | undefined;
  endReason: EndReason | undefined;
  error: UpstreamError | undefined;
  hasToldError = false;
  upstreamId: string | undefined;

  readonly #hidesUsage: boolean;
  readonly #line = new TapLine();
  /** The incomplete event at the end of what came, and how much of it is read. Grows by doubling. */
  #held: Buffer = nothing;
  #heldBytes = 0;
  #readTo = 0;
  #isFirstLine = true;
  #isDone = false;
  #isOver = false;
  #hasCalls = false;
  #hasRefused = false;
  #hasOtherChoices = false;
  // of the event being read
  #hasData = false;
  #isNotable = false;

  constructor(hidesUsage: boolean) {
    this.#hidesUsage = hidesUsage;
  }

  /** A server may leave `[DONE]` out; but of several answers side by side the first to finish is not the end. */
  get hasEnded(): boolean {
    return this.#isDone || (this.endReason !== undefined && !this.#hasOtherChoices);
  }

  push(chunk: Buffer): Buffer {
    if (this.#isOver) return nothing;
    if (this.#heldBytes === 0) return this.#pass(chunk);
    this.#hold(chunk);
    // without a line's end nothing can be whole; looked for in the new bytes only
    if (!chunk.includes(0x0a) && !chunk.includes(0x0d)) return this.#capped(nothing);
    const data = this.#held.subarray(0, this.#heldBytes);
    this.#held = nothing;
    this.#heldBytes = 0;
    return this.#pass(data);
  }

  end(): Buffer {
    if (this.#isOver || this.#heldBytes === 0) return nothing;
    // a last event without its blank line counts if it is whole; half an event would spoil the frame behind it
    const rest = this.#held.subarray(0, this.#heldBytes);
    this.#heldBytes = 0;
    const { data } = fieldsOf(rest.toString('utf8'));
    if (data !== '[DONE]' && !isJson(data)) return nothing;
    return this.#pass(Buffer.concat([rest, rest.at(-1) === 0x0a ? lineFeed : blankLine]));
  }

  /** Whole events go on, the rest is held. The chunk itself goes on where it holds nothing else. */
  #pass(data: Buffer): Buffer {
    const length = data.length;
    const line = this.#line;
    let at = this.#readTo;
    let eventStart = 0;
    let keptFrom = 0;
    let kept: Buffer[] | undefined;
    if (this.#isFirstLine && length > 0) {
      if (data[0] === 0xef && length < 3) return this.#keep(data, 0, 0);
      if (data[0] === 0xef && data[1] === 0xbb) at = 3;
      this.#isFirstLine = false;
    }
    while (at < length) {
      const byte = data[at];
      if (byte === 0x0a || byte === 0x0d) {
        const next = afterBreak(data, at, length);
        if (next < 0) break;
        at = next;
        if (this.#hasData && this.#endEvent(data, eventStart, at)) {
          kept ??= [];
          if (eventStart > keptFrom) kept.push(data.subarray(keptFrom, eventStart));
          keptFrom = at;
        }
        eventStart = at;
        continue;
      }
      let end: number;
      const isData = byte === 0x64 && isDataField(data, at, length);
      if (isData) end = line.read(data, at + 5);
      else end = endOfLine(data, at, length);
      const next = end < 0 ? -1 : afterBreak(data, end, length);
      if (next < 0) break;
      if (isData) {
        this.#hasData = true;
        this.deliveredBytes += line.deliveredBytes;
        if (line.isNotable) this.#isNotable = true;
        if (line.hasCalls) this.#hasCalls = true;
        if (line.hasRefused) this.#hasRefused = true;
        if (line.hasOtherChoice) this.#hasOtherChoices = true;
      } else if (byte === 0x65) this.#isNotable = true;
      at = next;
    }
    if (eventStart < length) this.#keep(data, eventStart, at);
    else this.#readTo = 0;
    if (!kept) return this.#capped(eventStart === length ? data : data.subarray(0, eventStart));
    if (eventStart > keptFrom) kept.push(data.subarray(keptFrom, eventStart));
    return this.#capped(kept.length === 1 ? (kept[0] as Buffer) : Buffer.concat(kept));
  }

  /** Holds what stands from `from` on; lines before `readTo` are read already. */
  #keep(data: Buffer, from: number, readTo: number): Buffer {
    this.#readTo = readTo - from;
    this.#hold(data.subarray(from));
    return nothing;
  }

  #hold(bytes: Buffer): void {
    const needed = this.#heldBytes + bytes.length;
    if (needed > this.#held.length) {
      const room = Buffer.allocUnsafe(Math.max(needed + 1_024, this.#held.length * 2));
      this.#held.copy(room, 0, 0, this.#heldBytes);
      this.#held = room;
    }
    bytes.copy(this.#held, this.#heldBytes);
    this.#heldBytes = needed;
  }

  #capped(out: Buffer): Buffer {
    if (this.#heldBytes <= maxEventBytes) return out;
    this.#isOver = true;
    this.#held = nothing;
    this.#heldBytes = 0;
    this.error ??= {
      class: 'upstream-bad',
      message: `The stream has an event of over ${maxEventBytes} bytes.`,
    };
    return out;
  }

  /** True where the event is to be hidden. */
  #endEvent(data: Buffer, start: number, end: number): boolean {
    const isNotable = this.#isNotable || this.events === 0;
    this.events += 1;
    this.#hasData = false;
    this.#isNotable = false;
    return isNotable && this.#inspect(data.toString('utf8', start, end));
  }

  /** The few events that say more than a piece of the answer: the first, the last, usage and errors. */
  #inspect(text: string): boolean {
    const { event, data } = fieldsOf(text);
    if (data === '[DONE]') {
      this.#isDone = true;
      if (this.events === 1)
        this.error ??= { class: 'upstream-bad', message: 'The stream ended without an answer.' };
      return false;
    }
    if (data === '') return false;
    let chunk: JsonValue;
    try {
      chunk = JSON.parse(data);
    } catch {
      this.error ??= { class: 'upstream-bad', message: 'The stream has a frame that is not JSON.' };
      return false;
    }
    if (!isObject(chunk)) return false;
    if (event === 'error' || (chunk.error !== undefined && chunk.error !== null)) {
      this.hasToldError ||= this.error === undefined;
      this.error ??= readErrorBody(chunk);
      return false;
    }
    this.upstreamId ??= textOrUndefined(chunk.id);
    this.serviceTier = textOrUndefined(chunk.service_tier) ?? this.serviceTier;
    const choices: readonly JsonValue[] | undefined = Array.isArray(chunk.choices)
      ? chunk.choices
      : undefined;
    for (const choice of choices ?? []) if (isObject(choice)) this.#finish(choice);
    const usage =
      readUsage(chunk.usage) ?? (isObject(chunk.x_groq) ? readUsage(chunk.x_groq.usage) : undefined);
    if (!usage) return false;
    this.usage = usage;
    return this.#hidesUsage && choices?.length === 0;
  }

  #finish(choice: JsonObject): void {
    const finish = choice.finish_reason;
    if (finish === undefined || finish === null || finish === '') return;
    if (finish === 'error') this.error ??= readErrorBody(isObject(choice.error) ? choice.error : {});
    else this.endReason ??= readFinishReason(finish, { calls: this.#hasCalls, refusal: this.#hasRefused });
  }
}

const nothing = Buffer.alloc(0);
const lineFeed = Buffer.from('\n');
const blankLine = Buffer.from('\n\n');

const isDataField = (data: Buffer, at: number, length: number): boolean =>
  at + 4 < length &&
  data[at + 1] === 0x61 &&
  data[at + 2] === 0x74 &&
  data[at + 3] === 0x61 &&
  data[at + 4] === 0x3a;

const endOfLine = (data: Buffer, from: number, length: number): number => {
  let at = from;
  while (at < length && data[at] !== 0x0a && data[at] !== 0x0d) at += 1;
  return at === length ? -1 : at;
};

/** Offset behind LF, CRLF or CR; -1 where a LF may still come. */
const afterBreak = (data: Buffer, at: number, length: number): number => {
  if (data[at] === 0x0a) return at + 1;
  if (at + 1 === length) return -1;
  return data[at + 1] === 0x0a ? at + 2 : at + 1;
};

const fieldsOf = (text: string): { readonly event: string; readonly data: string } => {
  let event = '';
  const data: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    else if (line.startsWith('event:')) event = line.slice(6).trim();
  }
  return { event, data: data.join('\n') };
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
