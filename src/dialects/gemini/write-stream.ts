import type { OpaqueReasoning } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EndReason, ReplyEvent } from '../../core/reply.ts';
import { noUsage, type Usage } from '../../core/usage.ts';
import type { ReplyCall, StreamWriter } from '../dialect.ts';
import { estimatedTokens, writeFinishReason, writeUsage } from './wire.ts';
import { answerNames, isWhole, PartWriter } from './write-answer.ts';

export const writeStream = (call: ReplyCall): StreamWriter => new GeminiWriter(call);

interface HeldCall {
  readonly id: string;
  readonly name: string;
  readonly opaque?: OpaqueReasoning;
  argumentsText: string;
}

/**
 * Events as Gemini tells them: each frame an answer with a part or two, calls whole or not at all, and a
 * last frame with reason and usage, which waits for the end because usage may come last. No `[DONE]`.
 */
class GeminiWriter implements StreamWriter {
  readonly #call: ReplyCall;
  readonly #parts: PartWriter;
  readonly #tail: string;
  /** Calls that are still being told, by their index. */
  readonly #calls = new Map<number, HeldCall>();
  #hasThought = false;
  #bytes = 0;
  #usage: Usage | undefined;
  #reason: EndReason | undefined;

  constructor(call: ReplyCall) {
    this.#call = call;
    this.#parts = new PartWriter(call);
    this.#tail = `],"role":"model"},"index":0}],${JSON.stringify(answerNames(call)).slice(1)}\n\n`;
  }

  write(event: ReplyEvent): string {
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
        if (event.text === '') return '';
        this.#bytes += event.text.length;
        this.#hasThought = false;
        return this.#frame([...this.#wholeCalls(), this.#parts.text(event.text)]);
      case 'reasoning-delta':
        this.#bytes += event.text.length;
        this.#hasThought ||= event.text !== '';
        return this.#frame([...this.#wholeCalls(), ...this.#parts.thought(event.text)]);
      case 'reasoning-opaque': {
        const hasThought = this.#hasThought;
        this.#hasThought = false;
        return this.#frame([...this.#wholeCalls(), ...this.#parts.opaque(event.opaque, hasThought)]);
      }
      case 'tool-start': {
        const { index, id, name, opaque } = event;
        this.#hasThought = false;
        this.#calls.set(index, { id, name, ...(opaque && { opaque }), argumentsText: '' });
        return '';
      }
      case 'tool-delta': {
        const call = this.#calls.get(event.index);
        this.#bytes += event.argumentsText.length;
        if (call) call.argumentsText += event.argumentsText;
        return '';
      }
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'reply-end': {
        this.#reason = event.reason;
        const isCut = event.reason === 'length' || event.reason === 'context-full';
        const calls = [...this.#calls.values()].flatMap((call) => this.#parts.call(call, isCut));
        this.#calls.clear();
        return this.#frame(calls);
      }
      default:
        // errors are told by `writeStreamError`, which knows them in our words
        return '';
    }
  }

  end(): string {
    if (this.#reason === undefined) return '';
    const rest = this.#parts.rest();
    const usage = this.#usage ?? {
      ...noUsage,
      inputTokens: this.#call.estimatedPromptTokens,
      outputTokens: estimatedTokens(this.#bytes),
    };
    const last: JsonObject = {
      candidates: [
        {
          content: { parts: rest.length > 0 ? rest : [{ text: '' }], role: 'model' },
          finishReason: writeFinishReason(this.#reason, this.#parts.hasCalls),
          index: 0,
        },
      ],
      usageMetadata: writeUsage(usage),
      ...answerNames(this.#call),
    };
    return `data: ${JSON.stringify(last)}\n\n`;
  }

  #frame(parts: readonly JsonObject[]): string {
    if (parts.length === 0) return '';
    return `data: {"candidates":[{"content":{"parts":${JSON.stringify(parts).slice(0, -1)}${this.#tail}`;
  }

  /** Something else has begun: calls that are complete are told before it; one without arguments may still get some. */
  #wholeCalls(): readonly JsonObject[] {
    if (this.#calls.size === 0) return none;
    const parts: JsonObject[] = [];
    for (const [index, call] of this.#calls) {
      if (!isWhole(call.argumentsText)) break;
      this.#calls.delete(index);
      parts.push(...this.#parts.call(call, false));
    }
    return parts;
  }
}

const none: readonly JsonObject[] = [];
