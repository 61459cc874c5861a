import type { Block, ReasoningBlock } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Reply } from '../../core/reply.ts';
import { noUsage } from '../../core/usage.ts';
import { customNames, unwrapInput } from '../custom-calls.ts';
import type { ReplyCall } from '../dialect.ts';
import { longNames } from '../names.ts';
import { readErrorBody } from '../openai-errors.ts';
import { writeServiceTier } from '../openai-parameters.ts';
import {
  madeUpCallId,
  readFinishReason,
  readUsage,
  textOrUndefined,
  writeFinishReason,
  writeUsage,
} from './wire.ts';

/** A Chat answer as no vendor writes it. Throws `upstream-bad` where the body is none. */
export const readReply = (body: JsonObject): Reply => {
  if (body.error !== undefined && body.error !== null) {
    const upstream = readErrorBody(body);
    throw new GatewayError('upstream-bad', `The provider answered 200 with an error: ${upstream.message}`, {
      upstream,
    });
  }
  const choice: JsonValue | undefined = Array.isArray(body.choices) ? body.choices[0] : undefined;
  if (!isObject(choice) || !isObject(choice.message))
    throw new GatewayError(
      'upstream-bad',
      'The provider answered 200 with a body that is no Chat answer: it has no `choices`.',
    );
  const { message } = choice;
  const calls = readCalls(message, body);
  const spoken = readBlocks(message);
  const blocks = calls.length === 0 ? spoken : [...spoken, ...calls];
  const usage = readUsage(body.usage);
  const reply: Reply = {
    id: textOrUndefined(body.id) ?? '',
    model: textOrUndefined(body.model) ?? '',
    blocks,
    reason: readFinishReason(choice.finish_reason, {
      calls: calls.length > 0,
      refusal: blocks.some((block) => block.type === 'refusal'),
    }),
    usage: usage ?? noUsage,
    hasUsage: usage !== undefined,
  };
  return typeof body.service_tier === 'string' ? { ...reply, serviceTier: body.service_tier } : reply;
};

const readBlocks = (message: JsonObject): readonly Block[] => {
  const blocks: Block[] = [];
  const { text, reasoning } = readPieces(message);
  if (reasoning) blocks.push({ type: 'reasoning', text: reasoning } satisfies ReasoningBlock);
  if (text) blocks.push({ type: 'text', text });
  const refusal = textOrUndefined(message.refusal);
  if (refusal) blocks.push({ type: 'refusal', text: refusal });
  if (isObject(message.audio))
    blocks.push({
      type: 'vendor',
      dialect: 'openai-chat',
      kind: 'audio',
      path: 'choices.0.message.audio',
      raw: message.audio,
    });
  return blocks;
};

/**
 * Text and reasoning of a message or a delta. Servers have three ways to show reasoning: DeepSeek's
 * `reasoning_content`, OpenRouter's `reasoning`, and Mistral's parts inside `content`.
 */
export const readPieces = (message: JsonObject): { readonly text: string; readonly reasoning: string } => {
  const reasoning = textOrUndefined(message.reasoning_content) ?? textOrUndefined(message.reasoning) ?? '';
  const { content } = message;
  if (!Array.isArray(content)) return { text: typeof content === 'string' ? content : '', reasoning };
  return { text: partsText(content, 'text'), reasoning: reasoning + partsText(content, 'thinking') };
};

const partsText = (parts: readonly JsonValue[], type: 'text' | 'thinking'): string => {
  let text = '';
  for (const part of parts) {
    if (!isObject(part) || part.type !== type) continue;
    const said = part[type];
    if (typeof said === 'string') text += said;
    else if (Array.isArray(said)) text += partsText(said, 'text');
  }
  return text;
};

const none: readonly never[] = [];

const readCalls = (message: JsonObject, body: JsonObject): readonly Block[] => {
  const list: readonly JsonValue[] = Array.isArray(message.tool_calls) ? message.tool_calls : none;
  if (list.length === 0 && !isObject(message.function_call)) return none;
  const blocks = list.flatMap((call, index): Block[] => {
    if (!isObject(call)) return [];
    const isCustom = isObject(call.custom);
    const tool = isCustom ? call.custom : call.function;
    if (!isObject(tool)) return [];
    const name = textOrUndefined(tool.name) ?? '';
    return [
      {
        type: 'tool-call',
        id:
          textOrUndefined(call.id) ??
          madeUpCallId([body.id ?? null, body.created ?? null, tool], index, name),
        name,
        argumentsText: argumentsText(isCustom ? tool.input : tool.arguments),
        kind: isCustom ? 'custom' : 'function',
      },
    ];
  });
  const legacy = message.function_call;
  if (blocks.length > 0 || !isObject(legacy)) return blocks;
  const name = textOrUndefined(legacy.name) ?? '';
  const id = madeUpCallId([body.id ?? null, body.created ?? null, legacy], 0, name);
  return [{ type: 'tool-call', id, name, argumentsText: argumentsText(legacy.arguments), kind: 'function' }];
};

/** Some servers send the object itself. */
export const argumentsText = (value: JsonValue | undefined): string => {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
};

/** An answer for a caller of Chat. Reasoning is not shown: the dialect has no place for it. */
export const writeReply = (reply: Reply, call: ReplyCall): JsonObject => {
  if (reply.reason === 'malformed-call') throw malformedCall();
  const names = longNames(call.request.tools);
  const calls = reply.blocks.filter((block) => block.type === 'tool-call');
  const audio = reply.blocks.find((block) => block.type === 'vendor' && block.kind === 'audio');
  const text = said(reply.blocks, 'text');
  const refusal = said(reply.blocks, 'refusal');
  const reasoning = said(reply.blocks, 'reasoning');
  const isLegacy = call.request.usesFunctions === true && calls.length > 0;
  const finish = writeFinishReason(reply.reason, { calls: calls.length > 0, refusal: refusal !== '' });
  const custom = customNames(call.request.tools);
  const wireCalls = calls.map((block) => {
    const name = names.get(block.name) ?? block.name;
    if (block.kind === 'custom' || custom.has(name)) {
      const input = block.kind === 'custom' ? block.argumentsText : unwrapInput(block.argumentsText);
      return { id: block.id, type: 'custom', custom: { name, input } };
    }
    return { id: block.id, type: 'function', function: { name, arguments: block.argumentsText || '{}' } };
  });
  return {
    id: answerId(call),
    object: 'chat.completion',
    created: call.createdSec,
    model: call.modelName,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text || (calls.length > 0 || refusal ? null : ''),
          refusal: refusal || null,
          // no field of OpenAI's own, but the one that clients look for
          ...(call.request.reasoning.isShown && reasoning && { reasoning_content: reasoning }),
          ...(isLegacy
            ? { function_call: wireCalls[0]?.function ?? null }
            : calls.length > 0 && { tool_calls: wireCalls }),
          ...(audio?.type === 'vendor' && { audio: audio.raw }),
        },
        logprobs: null,
        finish_reason: isLegacy && finish === 'tool_calls' ? 'function_call' : finish,
      },
    ],
    ...(reply.hasUsage && { usage: writeUsage(reply.usage) }),
    ...(reply.serviceTier !== undefined && { service_tier: writeServiceTier(reply.serviceTier) }),
  };
};

/** Chat has no word for it, and as an answer it would be an empty one. */
export const malformedCall = (): GatewayError =>
  new GatewayError(
    'upstream-bad',
    'The model tried to call a tool and did not manage to say how; ask again.',
  );

export const answerId = (call: ReplyCall): string => `chatcmpl-${call.exchangeId}`;

const said = (blocks: readonly Block[], type: 'text' | 'refusal' | 'reasoning'): string => {
  let text = '';
  for (const block of blocks) if (block.type === type) text += block.text;
  return text;
};
