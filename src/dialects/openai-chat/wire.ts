import { hash } from 'node:crypto';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { EndReason } from '../../core/reply.ts';
import { answerTokens, promptTokens, tokenCount, type Usage } from '../../core/usage.ts';

/** The words of the Chat wire that requests, replies and streams share. */

export const doneFrame = 'data: [DONE]\n\n';

/** What a `finish_reason` means. A tool call overrides "stop", whatever the server says. */
export const readFinishReason = (
  finish: JsonValue | undefined,
  said: { readonly calls: boolean; readonly refusal: boolean },
): EndReason => {
  const reason = (typeof finish === 'string' && endReasons.get(finish)) || 'unknown';
  if (reason !== 'stop' && reason !== 'unknown') return reason;
  if (said.calls) return 'tool-calls';
  return said.refusal ? 'refusal' : reason;
};

export const writeFinishReason = (
  reason: EndReason,
  said: { readonly calls: boolean; readonly refusal: boolean },
): string => {
  switch (reason) {
    case 'length':
    case 'context-full':
      return 'length';
    case 'content-filter':
      return 'content_filter';
    case 'refusal':
      // a refusal in words stands in `message.refusal`, and the model did stop by itself
      return said.refusal ? 'stop' : 'content_filter';
    default:
      return said.calls ? 'tool_calls' : 'stop';
  }
};

const endReasons: ReadonlyMap<string, EndReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
  // words of compatible servers
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop-sequence'],
  ['max_tokens', 'length'],
  ['model_length', 'context-full'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'refusal'],
]);

/** The usage object, each token in one class; undefined where there is none. */
export const readUsage = (raw: JsonValue | undefined): Usage | undefined => {
  if (!isObject(raw)) return undefined;
  const promptDetails = isObject(raw.prompt_tokens_details) ? raw.prompt_tokens_details : {};
  const answerDetails = isObject(raw.completion_tokens_details) ? raw.completion_tokens_details : {};
  const prompt = tokenCount(raw.prompt_tokens);
  const answer = tokenCount(raw.completion_tokens);
  // DeepSeek and Moonshot have names of their own for cached tokens
  const cached = tokenCount(promptDetails.cached_tokens ?? raw.prompt_cache_hit_tokens ?? raw.cached_tokens);
  const written = tokenCount(promptDetails.cache_write_tokens);
  const writtenDetails = promptDetails.cache_write_tokens_details;
  const written12h = Math.min(
    written,
    isObject(writtenDetails) ? tokenCount(writtenDetails.ttl_12h_tokens) : 0,
  );
  const told = tokenCount(answerDetails.reasoning_tokens);
  // some servers (xAI, Gemini's compatible endpoint) leave reasoning out of completion_tokens: only the total shows it
  const hidden = Math.max(0, tokenCount(raw.total_tokens) - prompt - answer);
  const isApart = hidden > 0 && (told === 0 || told === hidden);
  return {
    inputTokens: Math.max(0, prompt - cached - written),
    cacheReadTokens: cached,
    cacheWrite5mTokens: 0,
    cacheWrite30mTokens: written - written12h,
    cacheWrite1hTokens: 0,
    cacheWrite12hTokens: written12h,
    outputTokens: isApart ? answer : Math.max(0, answer - told),
    reasoningTokens: isApart ? hidden : told,
  };
};

/** OpenAI's way of counting: the prompt includes what was cached, the answer includes reasoning. */
export const writeUsage = (usage: Usage): JsonObject => {
  const prompt = promptTokens(usage);
  const answer = answerTokens(usage);
  const written =
    usage.cacheWrite5mTokens +
    usage.cacheWrite30mTokens +
    usage.cacheWrite1hTokens +
    usage.cacheWrite12hTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: answer,
    total_tokens: prompt + answer,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: written,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
};

/**
 * An id for a call that its server gave none: the same for the same call, another in every answer,
 * because conversations mix the calls of many answers.
 */
export const madeUpCallId = (answer: JsonValue, index: number, name: string): string =>
  `call_${hash('sha256', JSON.stringify([answer, index, name])).slice(0, 24)}`;

export const textOrUndefined = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
