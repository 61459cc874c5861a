import { hash } from 'node:crypto';
import { type Block, type OpaqueReasoning, type ReasoningOwner, type Turn, textOf } from '../core/chat.ts';
import type { ReplyEvent } from '../core/reply.ts';

/** The reasoning of an answer whose caller cannot carry it, and where in the answer it stood. */
export interface KeptTurn {
  readonly owner: ReasoningOwner;
  readonly parts: readonly KeptPart[];
}

type KeptPart =
  /** So many characters of text. */
  | { readonly text: number }
  /** The next call. */
  | { readonly call: OpaqueReasoning | null }
  | { readonly thought: string; readonly opaque?: OpaqueReasoning };

/** Hears an answer and keeps what has to be put back into it. One an answer. */
export class TurnListener {
  readonly #parts: KeptPart[] = [];
  /** The data of all opaque reasoning, in its order. */
  readonly opaqueData: string[] = [];
  #text = '';
  /** Of the text that is not among the parts yet: a stream brings it in many pieces. */
  #textLength = 0;
  #firstCallId: string | undefined;
  #thought: string | undefined;

  hear(event: ReplyEvent): void {
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
        this.#endThought();
        this.#text += event.text;
        this.#textLength += event.text.length;
        return;
      case 'reasoning-delta':
        this.#endText();
        this.#thought = (this.#thought ?? '') + event.text;
        return;
      case 'reasoning-opaque':
        this.#endText();
        this.opaqueData.push(event.opaque.data);
        this.#parts.push({ thought: this.#thought ?? '', opaque: event.opaque });
        this.#thought = undefined;
        return;
      case 'tool-start':
        this.#endText();
        this.#endThought();
        this.#firstCallId ??= event.id;
        if (event.opaque) this.opaqueData.push(event.opaque.data);
        this.#parts.push({ call: event.opaque ?? null });
        return;
      default:
    }
  }

  /** Undefined where there is nothing that only its maker could read. */
  kept(owner: ReasoningOwner): KeptTurn | undefined {
    this.#endText();
    this.#endThought();
    return this.opaqueData.length === 0 ? undefined : { owner, parts: this.#parts };
  }

  /** Under which the turn is found again. */
  key(question: QuestionKey): string {
    return keyOf(this.#firstCallId, this.#text, question);
  }

  #endText(): void {
    if (this.#textLength > 0) this.#parts.push({ text: this.#textLength });
    this.#textLength = 0;
  }

  #endThought(): void {
    if (this.#thought !== undefined) this.#parts.push({ thought: this.#thought });
    this.#thought = undefined;
  }
}

/** Stands for the text that a turn answers, however long that is and however many turns answer it. */
export type QuestionKey = string & { readonly key: 'question' };

export const questionKey = (question: Turn | undefined): QuestionKey =>
  hash('sha256', question ? textOf(question.blocks) : '') as QuestionKey;

/** The same of a turn as its caller sends it back. */
export const keyOfTurn = ({ blocks }: Turn, question: QuestionKey): string =>
  keyOf(blocks.find((block) => block.type === 'tool-call')?.id, saidIn(blocks), question);

const keyOf = (callId: string | undefined, text: string, question: QuestionKey): string =>
  callId === undefined ? `text:${hash('sha256', `${question}${text}`)}` : `call:${callId}`;

const saidIn = (blocks: readonly Block[]): string => {
  let text = '';
  for (const block of blocks) if (block.type === 'text' || block.type === 'refusal') text += block.text;
  return text;
};

/**
 * Puts the reasoning back where it stood. A turn that the caller changed gets its thoughts before all else; one
 * that is another turn altogether stays as it is.
 */
export const restoreTurn = (turn: Turn, { owner, parts }: KeptTurn): Turn => {
  const said = turn.blocks.filter((block) => block.type !== 'reasoning');
  const calls = said.filter((block) => block.type === 'tool-call');
  const isPlain = said.every(({ type }) => type === 'text' || type === 'refusal' || type === 'tool-call');
  if (!isPlain || calls.length !== parts.filter((part) => 'call' in part).length) return turn;
  const text = saidIn(said);
  const isWhole = text.length === parts.reduce((sum, part) => sum + ('text' in part ? part.text : 0), 0);
  const own = (opaque: OpaqueReasoning): OpaqueReasoning => ({ ...opaque, owner });
  const thoughts: Block[] = [];
  const blocks: Block[] = [];
  let read = 0;
  let called = 0;
  for (const part of parts) {
    if ('text' in part) {
      if (isWhole) blocks.push({ type: 'text', text: text.slice(read, read + part.text) });
      read += part.text;
    } else if ('call' in part) {
      const call = calls[called++] as Block & { type: 'tool-call' };
      blocks.push(part.call ? { ...call, opaque: own(part.call) } : call);
    } else {
      const thought: Block = {
        type: 'reasoning',
        text: part.thought,
        ...(part.opaque && { opaque: own(part.opaque) }),
      };
      (isWhole ? blocks : thoughts).push(thought);
    }
  }
  if (isWhole) return { ...turn, blocks };
  const texts = said.filter((block) => block.type !== 'tool-call');
  return { ...turn, blocks: [...thoughts, ...texts, ...blocks] };
};
