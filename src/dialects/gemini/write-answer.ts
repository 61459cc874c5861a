import type { Block, ChatRequest, OpaqueReasoning } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Reply } from '../../core/reply.ts';
import { noUsage, type Usage } from '../../core/usage.ts';
import type { ReplyCall } from '../dialect.ts';
import { longNames } from '../names.ts';
import { sealReasoning } from '../sealed-reasoning.ts';
import { toolInput } from '../tool-arguments.ts';
import { dialectName, estimatedTokens, writeFinishReason, writeUsage } from './wire.ts';

/**
 * What only a model's maker can read comes back to us on the parts that clients keep: on the words or the
 * call behind the thought. A thought that is shown keeps it itself, and some clients throw shown thoughts away.
 */
export const carriesReasoning = ({ dialect, reasoning }: ChatRequest): boolean =>
  dialect === dialectName && reasoning.isShown !== true;

/** A whole answer for a caller of Gemini. */
export const writeReply = (reply: Reply, call: ReplyCall): JsonObject => {
  const writer = new PartWriter(call);
  const isCut = reply.reason === 'length' || reply.reason === 'context-full';
  const parts = reply.blocks.flatMap((block) => writer.block(block, isCut));
  parts.push(...writer.rest());
  const usage = reply.hasUsage ? reply.usage : estimatedUsage(call, reply);
  return {
    candidates: [
      {
        // SDKs take a content without parts for a broken one, and forget the question with it
        content: { parts: parts.length > 0 ? parts : [{ text: '' }], role: 'model' },
        finishReason: writeFinishReason(reply.reason, writer.hasCalls),
        index: 0,
      },
    ],
    usageMetadata: writeUsage(usage),
    ...answerNames(call),
  };
};

export const answerNames = ({ modelName, exchangeId }: ReplyCall): JsonObject => ({
  modelVersion: modelName,
  responseId: exchangeId,
});

const estimatedUsage = (call: ReplyCall, { blocks }: Reply): Usage => {
  let bytes = 0;
  for (const block of blocks)
    if (block.type === 'tool-call') bytes += Buffer.byteLength(block.argumentsText);
    else if ('text' in block) bytes += Buffer.byteLength(block.text);
  return { ...noUsage, inputTokens: call.estimatedPromptTokens, outputTokens: estimatedTokens(bytes) };
};

/** Pieces of an answer as parts, in their order. */
export class PartWriter {
  readonly #call: ReplyCall;
  readonly #names: ReadonlyMap<string, string>;
  readonly #isShown: boolean;
  /** Another vendor's, until there is a part that carries it. */
  #waiting: OpaqueReasoning | undefined;
  hasCalls = false;

  constructor(call: ReplyCall) {
    this.#call = call;
    this.#names = longNames(call.request.tools);
    this.#isShown = call.request.reasoning.isShown === true;
  }

  block(block: Block, isCut: boolean): readonly JsonObject[] {
    switch (block.type) {
      case 'text':
      case 'refusal':
        return block.text === '' ? [] : [this.text(block.text)];
      case 'reasoning': {
        const thought = this.thought(block.text);
        return block.opaque ? [...thought, ...this.opaque(block.opaque, block.text !== '')] : thought;
      }
      case 'tool-call':
        return this.call(block, isCut);
      default:
        return [];
    }
  }

  text(text: string): JsonObject {
    return { text, ...this.#carried() };
  }

  /** Thoughts are for who asked for them. */
  thought(text: string): readonly JsonObject[] {
    return this.#isShown && text !== '' ? [...this.rest(), { text, thought: true }] : [];
  }

  /** `hasText`: it closes a thought that was told. */
  opaque(opaque: OpaqueReasoning, hasText: boolean): readonly JsonObject[] {
    const own = opaque.vendor === 'google';
    const earlier = this.#waiting ? this.rest() : [];
    if (own) return [...earlier, { text: '', thoughtSignature: opaque.data }];
    if (!hasText || opaque.kind !== 'signature') {
      this.#waiting = opaque;
      return earlier;
    }
    // what signs words is worth nothing without them: it goes with them, or not at all
    if (!this.#isShown) return earlier;
    return [...earlier, { text: '', thought: true, thoughtSignature: this.#sealed(opaque) }];
  }

  /** A call whose arguments were cut off is none: half of them may do harm. */
  call(block: Omit<Block & { type: 'tool-call' }, 'type' | 'kind'>, isCut: boolean): readonly JsonObject[] {
    if (isCut && !isWhole(block.argumentsText)) return [];
    this.hasCalls = true;
    const name = this.#names.get(block.name) ?? block.name;
    const functionCall = {
      ...(block.id !== '' && { id: block.id }),
      name,
      args: toolInput(block.argumentsText),
    };
    const { opaque } = block;
    if (opaque?.vendor !== 'google') return [{ functionCall, ...this.#carried() }];
    return [...this.rest(), { functionCall, thoughtSignature: opaque.data }];
  }

  /** What found no part to ride on. */
  rest(): readonly JsonObject[] {
    return this.#waiting ? [{ text: '', thought: true, ...this.#carried() }] : [];
  }

  #carried(): { readonly thoughtSignature?: string } {
    const opaque = this.#waiting;
    this.#waiting = undefined;
    return opaque ? { thoughtSignature: this.#sealed(opaque) } : {};
  }

  #sealed(opaque: OpaqueReasoning): string {
    return sealReasoning({ ...opaque, owner: opaque.owner ?? this.#call.owner });
  }
}

export const isWhole = (argumentsText: string): boolean => {
  try {
    const value: unknown = JSON.parse(argumentsText);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};
