import type { Block, OpaqueReasoning } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { EndReason } from '../../core/reply.ts';
import { answerTokens, noUsage, promptTokens, tokenCount, type Usage } from '../../core/usage.ts';
import type { ReplyCall } from '../dialect.ts';
import { isSealed, openSealed } from '../sealed-reasoning.ts';

/** The words of the Responses wire that requests, replies and streams share. */

export const dialectName = 'openai-responses';

/** The least a caller may bound an answer to; the vendor refuses less. */
export const minOutputTokens = 16;

/** Calls' ids as the vendor takes them. */
export const maxCallIdLength = 64;

/** The answer's own id, which a caller may name in `previous_response_id`. */
export const responseId = (exchangeId: string): string => `resp_${exchangeId}`;

/** Ids of an answer's items: their kind's prefix, the answer, and where they stand in it. */
export const itemId = (prefix: 'msg' | 'rs' | 'fc' | 'ctc', { exchangeId }: ReplyCall, at: number): string =>
  `${prefix}_${exchangeId}_${at}`;

/** The answer that an item of such an id is of; undefined where the id was not made here. */
export const responseIdOfItem = (id: string): string | undefined => {
  const exchangeId = /^(?:msg|rs|fc|ctc)_([0-9A-HJKMNP-TV-Z]{26})_\d{1,6}$/.exec(id)?.[1];
  return exchangeId && responseId(exchangeId);
};

/** Why an answer is over, by its `status`. A call or a refusal overrides "completed". */
export const readEnd = (
  response: JsonObject,
  said: { readonly calls: boolean; readonly refusal: boolean },
): EndReason => {
  if (response.status === 'incomplete') {
    const details = response.incomplete_details;
    const reason = isObject(details) ? details.reason : undefined;
    return (typeof reason === 'string' && incompleteReasons.get(reason)) || 'length';
  }
  if (said.calls) return 'tool-calls';
  if (said.refusal) return 'refusal';
  return response.status === 'completed' ? 'stop' : 'unknown';
};

const incompleteReasons: ReadonlyMap<string, EndReason> = new Map([
  ['max_output_tokens', 'length'],
  ['max_tokens', 'length'],
  ['max_messages', 'length'],
  ['content_filter', 'content-filter'],
  ['steered', 'stop'],
]);

export interface WrittenEnd {
  readonly status: 'completed' | 'incomplete' | 'failed';
  readonly incompleteReason?: 'max_output_tokens' | 'content_filter';
}

/** A refusal in words is a complete answer; one without a word was the filter's. */
export const writeEnd = (reason: EndReason, saidRefusal: boolean): WrittenEnd => {
  switch (reason) {
    case 'length':
    case 'context-full':
      return { status: 'incomplete', incompleteReason: 'max_output_tokens' };
    case 'content-filter':
      return { status: 'incomplete', incompleteReason: 'content_filter' };
    case 'refusal':
      return saidRefusal
        ? { status: 'completed' }
        : { status: 'incomplete', incompleteReason: 'content_filter' };
    case 'malformed-call':
      return { status: 'failed' };
    default:
      return { status: 'completed' };
  }
};

/** The usage object, each token in one class; undefined where there is none. */
export const readUsage = (raw: JsonValue | undefined): Usage | undefined => {
  if (!isObject(raw)) return undefined;
  const promptDetails = isObject(raw.input_tokens_details) ? raw.input_tokens_details : {};
  const answerDetails = isObject(raw.output_tokens_details) ? raw.output_tokens_details : {};
  const writes = isObject(promptDetails.cache_write_tokens_details)
    ? promptDetails.cache_write_tokens_details
    : {};
  const prompt = tokenCount(raw.input_tokens);
  const answer = tokenCount(raw.output_tokens);
  const cached = Math.min(tokenCount(promptDetails.cached_tokens), prompt);
  const told12h = tokenCount(writes.ttl_12h_tokens);
  const told = tokenCount(promptDetails.cache_write_tokens) || tokenCount(writes.ttl_30m_tokens) + told12h;
  const written = Math.min(told, prompt - cached);
  const written12h = Math.min(told12h, written);
  const reasoning = Math.min(tokenCount(answerDetails.reasoning_tokens), answer);
  return {
    ...noUsage,
    inputTokens: prompt - cached - written,
    cacheReadTokens: cached,
    cacheWrite30mTokens: written - written12h,
    cacheWrite12hTokens: written12h,
    outputTokens: answer - reasoning,
    reasoningTokens: reasoning,
  };
};

/** OpenAI's way of counting: the prompt includes what was cached, the answer includes reasoning. */
export const writeUsage = (usage: Usage): JsonObject => {
  const prompt = promptTokens(usage);
  const answer = answerTokens(usage);
  const written30m = usage.cacheWrite5mTokens + usage.cacheWrite30mTokens;
  const written12h = usage.cacheWrite1hTokens + usage.cacheWrite12hTokens;
  return {
    input_tokens: prompt,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: written30m + written12h,
      cache_write_tokens_details: { ttl_30m_tokens: written30m, ttl_12h_tokens: written12h },
    },
    output_tokens: answer,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: prompt + answer,
  };
};

/** For an answer whose upstream told none: four bytes a token. Agents reckon with it how full their context is. */
export const estimatedUsage = ({ estimatedPromptTokens }: ReplyCall, answerBytes: number): Usage => ({
  ...noUsage,
  inputTokens: estimatedPromptTokens,
  outputTokens: Math.ceil(answerBytes / 4),
});

/** A reasoning item: what it shows, and what only its maker can read. Undefined where it says nothing at all. */
export const readReasoning = (item: JsonObject): Block | undefined => {
  const text = [...textsOf(item.summary), ...textsOf(item.content)].join('\n\n');
  const opaque = readOpaque(item);
  return text === '' && !opaque ? undefined : { type: 'reasoning', text, ...(opaque && { opaque }) };
};

const readOpaque = ({ encrypted_content: data, id }: JsonObject): OpaqueReasoning | undefined => {
  const named = typeof id === 'string' && id !== '' ? { id } : undefined;
  // an item that is only named: its vendor has it, and nobody else
  if (typeof data !== 'string' || data === '')
    return named && { vendor: 'openai', kind: 'encrypted', data: '', ...named };
  if (isSealed(data)) return openSealed(data);
  return { vendor: 'openai', kind: 'encrypted', data, ...named };
};

const textsOf = (parts: JsonValue | undefined): readonly string[] => {
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part: JsonValue) =>
    isObject(part) && typeof part.text === 'string' && part.text !== '' ? [part.text] : [],
  );
};

export const textOrUndefined = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
