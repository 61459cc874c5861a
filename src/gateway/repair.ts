import { type ChatRequest, type Turn, textOf } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import type { Reply } from '../core/reply.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { misfitOf } from '../kit/json-schema.ts';

/**
 * Holds answers to the JSON that the caller asked for, where a translation may have told the model less: to the
 * caller's own schema, not to the subset that its vendor takes. What does not fit is sent back once. Of whole
 * answers only: a stream is out before anybody can tell.
 */
export class Repair {
  readonly #request: ChatRequest;
  readonly #model: Model;
  #mending: readonly Turn[] | undefined;

  constructor(request: ChatRequest, model: Model) {
    this.#request = request;
    this.#model = model;
  }

  static isNeeded({ format, stream }: ChatRequest): boolean {
    return format.type !== 'text' && !stream;
  }

  /** The caller's dialect, writing none but fitting answers; throws `unfit-answer`, and then `again` is the request to mend it by. */
  judging(caller: Dialect): Dialect {
    return { ...caller, writeReply: (reply, call) => caller.writeReply(this.#judge(reply), call) };
  }

  /** Undefined where nothing was wrong. */
  again(): ChatRequest | undefined {
    if (!this.#mending) return undefined;
    return { ...this.#request, turns: [...this.#request.turns, ...this.#mending] };
  }

  #judge(reply: Reply): Reply {
    // what was cut or refused is told as such, and calls come before any answer
    if (reply.reason !== 'stop' && reply.reason !== 'unknown') return reply;
    if (reply.blocks.some(({ type }) => type === 'tool-call' || type === 'refusal')) return reply;
    const text = textOf(reply.blocks);
    const json = withoutFence(text);
    const misfit = this.#misfit(json);
    if (misfit === undefined) return json === text ? reply : withText(reply, json);
    this.#mending = [
      { role: 'assistant', blocks: [{ type: 'text', text: text.trim() || '(nothing)' }] },
      { role: 'user', blocks: [{ type: 'text', text: complaint(misfit) }] },
    ];
    throw new GatewayError(
      'unfit-answer',
      `${this.#model.id} gave an answer that is not what was asked for: ${misfit}.`,
    );
  }

  #misfit(text: string): string | undefined {
    const { format } = this.#request;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return 'it is not JSON';
    }
    if (format.type === 'schema') return misfitOf(value, format.schema);
    return misfitOf(value, { type: 'object' });
  }
}

const complaint = (misfit: string): string =>
  `That answer does not fit: ${misfit}. Give the whole answer again, mended: one JSON value that fits, with no words before or after it and no code fence.`;

/** Models put JSON into a fence however often they are told not to. */
const withoutFence = (text: string): string => {
  const trimmed = text.trim();
  if (!trimmed.startsWith('```') || !trimmed.endsWith('```') || trimmed.length < 6) return text;
  const firstLineEnd = trimmed.indexOf('\n');
  return firstLineEnd < 0 ? text : trimmed.slice(firstLineEnd + 1, -3).trim();
};

const withText = (reply: Reply, text: string): Reply => ({
  ...reply,
  blocks: [...reply.blocks.filter(({ type }) => type !== 'text'), { type: 'text', text }],
});
