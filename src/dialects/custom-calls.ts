import type { Tool } from '../core/chat.ts';
import { isObject, type JsonObject } from '../core/json.ts';

/**
 * Custom tools take free text. Where the model's dialect knows functions only, such a tool becomes a
 * function of one text, `input`, and its calls are unwrapped again for the caller (WIRE 7.1).
 */
export const customToolSchema: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
};

export const wrapInput = (text: string): JsonObject => ({ input: text });

/** The text of a wrapped call; what is not wrapped as it should be goes on as it is. */
export const unwrapInput = (argumentsText: string): string => {
  const unwrapper = new InputUnwrapper();
  return unwrapper.push(argumentsText) + unwrapper.end();
};

/** Names of the caller's custom tools. */
export const customNames = (tools: readonly Tool[]): ReadonlySet<string> => {
  const custom = tools.filter((tool) => tool.type === 'custom');
  return custom.length > 0 ? new Set(custom.map(({ name }) => name)) : noNames;
};

const noNames: ReadonlySet<string> = new Set();

const head = /^\s*\{\s*"input"\s*:\s*"/;
/** A head that is longer than this is none. */
const maxHeadLength = 200;

/** The same for arguments that come in pieces: the text goes on as it comes. */
export class InputUnwrapper {
  /** What came before the text began, or the beginning of an escape. */
  #held = '';
  #place: 'head' | 'text' | 'behind' | 'unwrapped' = 'head';

  push(piece: string): string {
    if (this.#place === 'behind') return '';
    this.#held += piece;
    if (this.#place === 'unwrapped') return '';
    if (this.#place === 'head') {
      const found = head.exec(this.#held);
      if (!found) {
        if (this.#held.length > maxHeadLength) this.#place = 'unwrapped';
        return '';
      }
      this.#place = 'text';
      this.#held = this.#held.slice(found[0].length);
    }
    return this.#takeText();
  }

  /** The text is whole: what else comes is only its wrapping. */
  get isOver(): boolean {
    return this.#place === 'behind';
  }

  end(): string {
    const held = this.#held;
    this.#held = '';
    if (this.#place === 'text' || this.#place === 'behind') return '';
    this.#place = 'behind';
    try {
      const value: unknown = JSON.parse(held);
      if (isObject(value) && typeof value.input === 'string') return value.input;
    } catch {
      // then it was never JSON: the text itself is what the model meant
    }
    return held;
  }

  #takeText(): string {
    const text = this.#held;
    let at = 0;
    while (at < text.length) {
      const char = text[at];
      if (char === '"') {
        this.#place = 'behind';
        break;
      }
      if (char !== '\\') at += 1;
      else {
        const length = text[at + 1] === 'u' ? 6 : 2;
        if (at + length > text.length) break;
        at += length;
      }
    }
    this.#held = this.#place === 'behind' ? '' : text.slice(at);
    return unescaped(text.slice(0, at));
  }
}

const unescaped = (raw: string): string => {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(
      `"${raw.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`,
    ) as string;
  } catch {
    return raw;
  }
};
