import type { Block } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { EndReason } from '../../core/reply.ts';
import { answerTokens, tokenCount, type Usage } from '../../core/usage.ts';
import { shortName } from '../names.ts';

/** The words of the Messages wire that requests, replies and streams share. */

export const dialectName = 'anthropic-messages';

/** Takes `temperature`, `top_p` and `top_k` from models that do; the newer version refuses them all. */
export const samplingVersion = '2023-06-01';
export const currentVersion = '2026-10-21';

/** Of an id of a call. */
export const maxIdLength = 64;

/** The least budget that manual thinking takes. */
export const minThinkingTokens = 1024;

/** What a `stop_reason` means. */
export const readStopReason = (reason: JsonValue | undefined): EndReason =>
  (typeof reason === 'string' && endReasons.get(reason)) || 'unknown';

const endReasons: ReadonlyMap<string, EndReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop-sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'context-full'],
  ['tool_use', 'tool-calls'],
  ['pause_turn', 'paused'],
  ['compaction', 'paused'],
  ['refusal', 'refusal'],
]);

/** Agents go on by `tool_use` alone, so it stands wherever a whole call does, and nowhere else. */
export const writeStopReason = (
  reason: EndReason,
  said: { readonly calls: boolean; readonly refusal: boolean },
): string => {
  switch (reason) {
    case 'length':
      return 'max_tokens';
    case 'context-full':
      return 'model_context_window_exceeded';
    case 'content-filter':
    case 'refusal':
      return 'refusal';
    case 'paused':
      return 'pause_turn';
    default:
      if (said.calls) return 'tool_use';
      if (said.refusal) return 'refusal';
      return reason === 'stop-sequence' ? 'stop_sequence' : 'end_turn';
  }
};

/** The usage object, each token in one class; undefined where there is none. */
export const readUsage = (raw: JsonValue | undefined): Usage | undefined => {
  if (!isObject(raw)) return undefined;
  const counts = isArrayOf(raw.iterations) ? sumOf(raw.iterations) : countsOf(raw);
  const details = isObject(raw.output_tokens_details) ? raw.output_tokens_details : {};
  const reasoningTokens = Math.min(tokenCount(details.thinking_tokens), counts.output);
  return {
    inputTokens: counts.input,
    cacheReadTokens: counts.read,
    cacheWrite5mTokens: counts.write5m,
    cacheWrite30mTokens: 0,
    cacheWrite1hTokens: counts.write1h,
    cacheWrite12hTokens: 0,
    outputTokens: counts.output - reasoningTokens,
    reasoningTokens,
  };
};

interface Counts {
  readonly input: number;
  readonly read: number;
  readonly write5m: number;
  readonly write1h: number;
  readonly output: number;
}

const countsOf = (raw: JsonObject): Counts => {
  const split = isObject(raw.cache_creation) ? raw.cache_creation : {};
  const told1h = tokenCount(split.ephemeral_1h_input_tokens);
  const told5m = tokenCount(split.ephemeral_5m_input_tokens);
  const written =
    typeof raw.cache_creation_input_tokens === 'number'
      ? tokenCount(raw.cache_creation_input_tokens)
      : told5m + told1h;
  const write1h = Math.min(told1h, written);
  return {
    input: tokenCount(raw.input_tokens),
    read: tokenCount(raw.cache_read_input_tokens),
    write5m: written - write1h,
    write1h,
    output: tokenCount(raw.output_tokens),
  };
};

// with compaction or an advisor the top-level counts leave those calls out, but they are billed
const sumOf = (iterations: readonly JsonValue[]): Counts => {
  const sum = { input: 0, read: 0, write5m: 0, write1h: 0, output: 0 };
  for (const iteration of iterations) {
    if (!isObject(iteration)) continue;
    const counts = countsOf(iteration);
    sum.input += counts.input;
    sum.read += counts.read;
    sum.write5m += counts.write5m;
    sum.write1h += counts.write1h;
    sum.output += counts.output;
  }
  return sum;
};

const isArrayOf = (value: JsonValue | undefined): value is readonly JsonValue[] =>
  Array.isArray(value) && value.some(isObject);

/** The tier that the answer was billed at: fast mode has its own prices, whatever `service_tier` says. */
export const readServiceTier = (raw: JsonValue | undefined): string | undefined => {
  if (!isObject(raw)) return undefined;
  if (raw.speed === 'fast') return 'fast';
  return typeof raw.service_tier === 'string' ? raw.service_tier : undefined;
};

/** Usage as a stream tells it: later counts replace earlier ones, what is not told again stays. */
export const mergeUsage = (
  earlier: JsonObject | undefined,
  later: JsonValue | undefined,
): JsonObject | undefined => {
  if (!isObject(later)) return earlier;
  if (!earlier) return later;
  const told = Object.entries(later).filter(([, value]) => value !== null);
  return { ...earlier, ...Object.fromEntries(told) };
};

/** Anthropic's way of counting: `input_tokens` are the uncached ones, `output_tokens` include thinking. */
export const writeUsage = (usage: Usage, serviceTier: string | undefined): JsonObject => {
  const write5m = usage.cacheWrite5mTokens + usage.cacheWrite30mTokens;
  const write1h = usage.cacheWrite1hTokens + usage.cacheWrite12hTokens;
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: write5m + write1h,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
    output_tokens: answerTokens(usage),
    output_tokens_details: { thinking_tokens: usage.reasoningTokens },
    server_tool_use: null,
    service_tier: serviceTier === undefined ? null : (tiers.get(serviceTier) ?? 'standard'),
  };
};

const tiers: ReadonlyMap<string, string> = new Map([
  ['priority', 'priority'],
  ['fast', 'priority'],
  ['batch', 'batch'],
]);

/** Tokens of an answer whose upstream told none: four bytes each. */
export const estimatedTokens = (bytes: number): number => Math.ceil(bytes / 4);

/** Names that other dialects allow and Messages does not are cut and marked; the caller's writer knows them again. */
export const toolName = (name: string): string => (nameFits.test(name) ? name : shortName(name));

const nameFits = /^[a-zA-Z0-9_-]{1,128}$/;

/** A reasoning block that its own maker signed; any other must never reach a caller who will replay it. */
export const isOwnReasoning = (block: Block): boolean =>
  block.type === 'reasoning' && block.opaque?.vendor === 'anthropic';
