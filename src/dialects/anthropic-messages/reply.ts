import { hash } from 'node:crypto';
import type { Block, ChatRequest, ReasoningBlock } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Reply } from '../../core/reply.ts';
import { noUsage, type Usage } from '../../core/usage.ts';
import type { ReplyCall } from '../dialect.ts';
import { longNames, safeCallId } from '../names.ts';
import { toolInput } from '../tool-arguments.ts';
import { readError } from './errors.ts';
import { callSignature, carriesReasoning, signatureFor } from './sealed-thoughts.ts';
import {
  estimatedTokens,
  isOwnReasoning,
  maxIdLength,
  readServiceTier,
  readStopReason,
  readUsage,
  writeStopReason,
  writeUsage,
} from './wire.ts';

/** A whole answer. Throws `upstream-bad` where it is none, an error with status 200 included. */
export const readReply = (body: JsonObject): Reply => {
  if (body.type === 'error' || (body.error !== undefined && body.content === undefined)) {
    const upstream = readError(200, body, {});
    throw new GatewayError('upstream-bad', `The upstream answered with an error: ${upstream.message}`, {
      upstream,
    });
  }
  if (!Array.isArray(body.content))
    throw new GatewayError('upstream-bad', 'The upstream answered without `content`: that is no message.');
  const usage = readUsage(body.usage);
  const serviceTier = readServiceTier(body.usage);
  const stopSequence = typeof body.stop_sequence === 'string' ? body.stop_sequence : undefined;
  return {
    id: typeof body.id === 'string' ? body.id : '',
    model: typeof body.model === 'string' ? body.model : '',
    blocks: [...body.content.flatMap(readBlock), ...readRefusal(body)],
    reason: readStopReason(body.stop_reason),
    ...(stopSequence !== undefined && { stopSequence }),
    usage: usage ?? noUsage,
    hasUsage: usage !== undefined,
    ...(serviceTier !== undefined && { serviceTier }),
  };
};

/** Tools that the vendor ran itself and what they gave are left out: no other dialect could say them. */
const readBlock = (block: JsonValue): readonly Block[] => {
  if (!isObject(block)) return [];
  switch (block.type) {
    case 'text':
      return typeof block.text === 'string' && block.text !== '' ? [{ type: 'text', text: block.text }] : [];
    case 'tool_use':
      return [
        {
          type: 'tool-call',
          id: textOf(block.id),
          name: textOf(block.name),
          argumentsText: isObject(block.input) ? JSON.stringify(block.input) : '',
          kind: 'function',
        },
      ];
    case 'thinking': {
      const signature = textOf(block.signature);
      const text = textOf(block.thinking);
      if (signature)
        return [
          { type: 'reasoning', text, opaque: { vendor: 'anthropic', kind: 'signature', data: signature } },
        ];
      return text ? [{ type: 'reasoning', text }] : [];
    }
    case 'redacted_thinking':
      return [
        {
          type: 'reasoning',
          text: '',
          opaque: { vendor: 'anthropic', kind: 'redacted', data: textOf(block.data) },
        },
      ];
    default:
      return [];
  }
};

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

/** Why the answer was refused, where it was told in words. */
export const refusalText = (holder: JsonObject): string =>
  holder.stop_reason === 'refusal' && isObject(holder.stop_details)
    ? textOf(holder.stop_details.explanation)
    : '';

const readRefusal = (body: JsonObject): readonly Block[] => {
  const text = refusalText(body);
  return text ? [{ type: 'refusal', text }] : [];
};

export const writeReply = (reply: Reply, call: ReplyCall): JsonObject => {
  if (reply.reason === 'malformed-call') throw malformedCall();
  const calls = new CallNames(call);
  const isCut = reply.reason === 'length' || reply.reason === 'context-full';
  const isThinking = carriesReasoning(call.request);
  const content = reply.blocks.flatMap((block, at): JsonObject[] => {
    if (block.type === 'text')
      return block.text === '' ? [] : [{ type: 'text', text: block.text, citations: null }];
    if (block.type === 'reasoning') {
      if (isOwnReasoning(block)) return [writeThinking(block, call)];
      return isThinking && !isSealAtEnd(reply.blocks, at) ? [writeThinking(block, call)] : [];
    }
    if (block.type !== 'tool-call') return [];
    const id = calls.id(block.id);
    const input = toolInput(block.argumentsText, isCut);
    const use = { type: 'tool_use', id, name: calls.name(block.name), input };
    if (!block.opaque || !isThinking) return [use];
    const signature = callSignature(block.opaque, id, call);
    return [{ type: 'thinking', thinking: '', signature }, use];
  });
  const refusal = reply.blocks.flatMap((block) => (block.type === 'refusal' ? [block.text] : [])).join('');
  const said = { calls: content.some((block) => block.type === 'tool_use'), refusal: refusal !== '' };
  const usage = reply.hasUsage ? reply.usage : estimatedUsage(call, reply);
  return {
    id: messageId(call),
    type: 'message',
    role: 'assistant',
    model: call.modelName,
    content,
    ...writeStop(reply.reason, reply.stopSequence, said, refusal),
    usage: writeUsage(usage, reply.serviceTier),
  };
};

/** An answer of Claude never ends with a thought: what stands behind the last words is left out. */
const isSealAtEnd = (blocks: Reply['blocks'], at: number): boolean => {
  const block = blocks[at];
  return block?.type === 'reasoning' && block.text === '' && at === blocks.length - 1 && at > 0;
};

const writeThinking = ({ text, opaque }: ReasoningBlock, call: ReplyCall): JsonObject =>
  opaque?.kind === 'redacted'
    ? { type: 'redacted_thinking', data: opaque.data }
    : {
        type: 'thinking',
        thinking: call.request.reasoning.isShown === false ? '' : text,
        signature: signatureFor(opaque, call),
      };

/** How an answer ended: the three fields that a message and the end of a stream share. */
export const writeStop = (
  reason: Reply['reason'],
  stopSequence: string | undefined,
  said: { readonly calls: boolean; readonly refusal: boolean },
  refusal: string,
): JsonObject => {
  const stop_reason = writeStopReason(reason, said);
  return {
    stop_reason,
    stop_sequence: stop_reason === 'stop_sequence' ? (stopSequence ?? null) : null,
    stop_details:
      stop_reason === 'refusal' ? { type: 'refusal', category: null, explanation: refusal || null } : null,
  };
};

export const malformedCall = (): GatewayError =>
  new GatewayError(
    'upstream-bad',
    'The model tried to call a tool and did not manage to say how; ask again.',
  );

export const messageId = ({ exchangeId }: ReplyCall): string => `msg_${exchangeId}`;

const estimatedUsage = (call: ReplyCall, { blocks }: Reply): Usage => {
  let bytes = 0;
  for (const block of blocks)
    if (block.type === 'tool-call') bytes += Buffer.byteLength(block.argumentsText);
    else if ('text' in block) bytes += Buffer.byteLength(block.text);
  return { ...noUsage, inputTokens: call.estimatedPromptTokens, outputTokens: estimatedTokens(bytes) };
};

/** What the calls of an answer are called for the caller: his own tool names, ids that Messages takes. */
export class CallNames {
  readonly #call: ReplyCall;
  readonly #names: ReadonlyMap<string, string>;
  #used: Set<string> | undefined;

  constructor(call: ReplyCall) {
    this.#call = call;
    this.#names = longNames(call.request.tools);
  }

  name(name: string): string {
    return this.#names.get(name) ?? name;
  }

  /** Servers that count their calls anew in every answer would repeat an id of the conversation. */
  id(id: string): string {
    this.#used ??= idsOf(this.#call.request);
    const safe = id === '' ? 'call' : safeCallId(id, maxIdLength);
    let unique = safe;
    for (let count = this.#used.size; id === '' || this.#used.has(unique); count++) {
      unique = `${safe.slice(0, 47)}_${hash('sha256', `${this.#call.exchangeId} ${count} ${id}`).slice(0, 16)}`;
      if (!this.#used.has(unique)) break;
    }
    this.#used.add(unique);
    return unique;
  }
}

const idsOf = ({ turns }: ChatRequest): Set<string> => {
  const ids = new Set<string>();
  for (const { blocks } of turns)
    for (const block of blocks) if (block.type === 'tool-call') ids.add(block.id);
  return ids;
};
