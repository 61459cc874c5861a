import type { JsonObject } from '../../core/json.ts';
import { InputUnwrapper } from '../custom-calls.ts';
import { type DeltaHead, deltaHead, type EventFrames } from './event-frames.ts';
import {
  type CallHead,
  customItem,
  functionItem,
  type ItemStatus,
  messageItem,
  reasoningItem,
  refusalPart,
  summaryPart,
  textPart,
} from './items.ts';

/** An item of an answer while it is told. */
export interface OpenItem {
  /** Where it stands in the output. */
  readonly at: number;
  /** Nothing more can belong to it once another item has begun. */
  isWhole(): boolean;
  begun(): JsonObject;
  /** The events that end its parts. */
  rest(isCut: boolean): string;
  whole(status: ItemStatus): JsonObject;
}

interface OpenPart {
  readonly kind: 'output_text' | 'refusal';
  readonly index: number;
  readonly head: DeltaHead;
  text: string;
}

export class MessageItem implements OpenItem {
  readonly at: number;
  readonly #id: string;
  readonly #frames: EventFrames;
  readonly #parts: JsonObject[] = [];
  #part: OpenPart | undefined;

  constructor(id: string, at: number, frames: EventFrames) {
    this.at = at;
    this.#id = id;
    this.#frames = frames;
  }

  isWhole(): boolean {
    return true;
  }

  begun(): JsonObject {
    return messageItem(this.#id, 'in_progress', []);
  }

  say(kind: OpenPart['kind'], text: string): string {
    let before = '';
    let part = this.#part;
    if (part?.kind !== kind) {
      before = this.#closePart();
      part = this.#part = {
        kind,
        index: this.#parts.length,
        head: deltaHead(
          `response.${kind}.delta`,
          { item_id: this.#id, output_index: this.at, content_index: this.#parts.length },
          kind === 'output_text' ? ',"logprobs":[]' : '',
        ),
        text: '',
      };
      before += this.#frames.frame('response.content_part.added', this.#partFields(part));
    }
    part.text += text;
    return before + this.#frames.delta(part.head, text);
  }

  rest(): string {
    return this.#closePart();
  }

  whole(status: ItemStatus): JsonObject {
    return messageItem(this.#id, status, this.#parts);
  }

  #closePart(): string {
    const part = this.#part;
    if (!part) return '';
    this.#part = undefined;
    const fields = this.#partFields(part);
    this.#parts.push(fields.part as JsonObject);
    const { item_id, output_index, content_index } = fields;
    const place = { item_id, output_index, content_index };
    return (
      (part.kind === 'refusal'
        ? this.#frames.frame('response.refusal.done', { ...place, refusal: part.text })
        : this.#frames.frame('response.output_text.done', { ...place, text: part.text, logprobs: [] })) +
      this.#frames.frame('response.content_part.done', fields)
    );
  }

  #partFields({ kind, index, text }: OpenPart): JsonObject {
    return {
      item_id: this.#id,
      output_index: this.at,
      content_index: index,
      part: kind === 'refusal' ? refusalPart(text) : textPart(text),
    };
  }
}

/** Thoughts, told as a summary of one part. */
export class ReasoningItem implements OpenItem {
  readonly at: number;
  sealed: string;
  readonly #id: string;
  readonly #frames: EventFrames;
  #head: DeltaHead | undefined;
  #text = '';

  constructor(id: string, at: number, frames: EventFrames, sealed: string) {
    this.at = at;
    this.sealed = sealed;
    this.#id = id;
    this.#frames = frames;
  }

  isWhole(): boolean {
    return true;
  }

  begun(): JsonObject {
    return reasoningItem(this.#id, '', undefined);
  }

  think(text: string): string {
    let before = '';
    if (!this.#head) {
      this.#head = deltaHead('response.reasoning_summary_text.delta', this.#place());
      before = this.#frames.frame('response.reasoning_summary_part.added', {
        ...this.#place(),
        part: summaryPart(''),
      });
    }
    this.#text += text;
    return before + this.#frames.delta(this.#head, text);
  }

  rest(): string {
    if (!this.#head) return '';
    const text = this.#text;
    return (
      this.#frames.frame('response.reasoning_summary_text.done', { ...this.#place(), text }) +
      this.#frames.frame('response.reasoning_summary_part.done', {
        ...this.#place(),
        part: summaryPart(text),
      })
    );
  }

  whole(): JsonObject {
    return reasoningItem(this.#id, this.#text, this.sealed);
  }

  #place(): JsonObject {
    return { item_id: this.#id, output_index: this.at, summary_index: 0 };
  }
}

export class CallItem implements OpenItem {
  readonly at: number;
  readonly #id: string;
  readonly #frames: EventFrames;
  readonly #call: CallHead;
  readonly #isCustom: boolean;
  /** Of a custom call that came as a function's. */
  readonly #unwrapper: InputUnwrapper | undefined;
  readonly #head: DeltaHead;
  #text = '';
  #isClosed = false;

  constructor(
    id: string,
    at: number,
    frames: EventFrames,
    call: CallHead,
    kind: 'function' | 'custom' | 'wrapped',
  ) {
    this.at = at;
    this.#id = id;
    this.#frames = frames;
    this.#call = call;
    this.#isCustom = kind !== 'function';
    this.#unwrapper = kind === 'wrapped' ? new InputUnwrapper() : undefined;
    this.#head = deltaHead(`${this.#event}.delta`, this.#place());
  }

  /** Others may be told side by side, so a call waits for the end of its arguments. */
  isWhole(): boolean {
    if (this.#unwrapper) return this.#unwrapper.isOver;
    return this.#isCustom || isJson(this.#text);
  }

  begun(): JsonObject {
    return this.whole('in_progress');
  }

  tell(piece: string): string {
    if (this.#isClosed) return '';
    return this.#say(this.#unwrapper ? this.#unwrapper.push(piece) : piece);
  }

  rest(isCut: boolean): string {
    let told = this.#unwrapper ? this.#say(this.#unwrapper.end()) : '';
    // a call without arguments still has to say "{}": clients parse what they have gathered
    if (!this.#isCustom && this.#text === '' && !isCut) told += this.#say('{}');
    this.#isClosed = true;
    const text = this.#isCustom ? { input: this.#text } : { arguments: this.#text, name: this.#call.name };
    return told + this.#frames.frame(`${this.#event}.done`, { ...this.#place(), ...text });
  }

  whole(status: ItemStatus): JsonObject {
    const call = { ...this.#call, argumentsText: this.#text };
    return (this.#isCustom ? customItem : functionItem)(this.#id, status, call);
  }

  #say(piece: string): string {
    if (piece === '') return '';
    this.#text += piece;
    return this.#frames.delta(this.#head, piece);
  }

  get #event(): string {
    return this.#isCustom ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
  }

  #place(): JsonObject {
    return { item_id: this.#id, output_index: this.at };
  }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
