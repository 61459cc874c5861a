import { hash } from 'node:crypto';
import type { OpaqueReasoning } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { EndReason } from '../../core/reply.ts';
import { promptTokens, tokenCount, type Usage } from '../../core/usage.ts';
import { isSealed, openSealed } from '../sealed-reasoning.ts';

/** The words of the Gemini wire that requests, replies and streams share. */

export const dialectName = 'gemini';

/** Stands where a signature is demanded and none was ever given: history of other models. */
export const unsigned = 'skip_thought_signature_validator';

/** Ids of calls, as long as other dialects take them. */
export const maxIdLength = 64;

/** A field by its name in camel case: Google takes `system_instruction` for `systemInstruction`, too. */
export const field = (raw: JsonObject, name: string): JsonValue | undefined => {
  const value = raw[name];
  if (value !== undefined) return value;
  const other = snakeNames.get(name);
  return other === undefined ? undefined : raw[other];
};

/** The same the other way: what a key of a body is called in camel case. */
export const camelName = (key: string): string =>
  key.includes('_') ? key.replace(/(?<=[a-z])_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : key;

const snakeNames: ReadonlyMap<string, string> = new Map(
  `systemInstruction generationConfig toolConfig serviceTier generateContentRequest inlineData fileData
   functionCall functionResponse thoughtSignature videoMetadata mediaResolution mimeType fileUri
   functionDeclarations parametersJsonSchema functionCallingConfig allowedFunctionNames topP topK
   candidateCount maxOutputTokens stopSequences presencePenalty frequencyPenalty responseLogprobs
   responseMimeType responseSchema responseJsonSchema responseModalities thinkingConfig includeThoughts
   thinkingBudget thinkingLevel displayName`
    .split(/\s+/)
    .map((name) => [name, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]),
);

/** What a `finishReason` means. A call overrides "STOP", which is all that Gemini says of it. */
export const readFinishReason = (finish: JsonValue | undefined, hasCalls: boolean): EndReason => {
  const reason = (typeof finish === 'string' && endReasons.get(finish)) || 'unknown';
  return hasCalls && (reason === 'stop' || reason === 'unknown') ? 'tool-calls' : reason;
};

const endReasons: ReadonlyMap<string, EndReason> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['CONTINUATION', 'length'],
  ['TOO_MANY_TOOL_CALLS', 'length'],
  ['MALFORMED_FUNCTION_CALL', 'malformed-call'],
  ['UNEXPECTED_TOOL_CALL', 'malformed-call'],
  ['MALFORMED_RESPONSE', 'malformed-call'],
  ...[
    'SAFETY',
    'RECITATION',
    'LANGUAGE',
    'BLOCKLIST',
    'PROHIBITED_CONTENT',
    'SPII',
    'IMAGE_SAFETY',
    'IMAGE_PROHIBITED_CONTENT',
    'IMAGE_RECITATION',
    'IMAGE_OTHER',
  ].map((word) => [word, 'content-filter'] as const),
]);

/** A prompt that was blocked has no candidate, only a reason. */
export const isBlocked = (body: JsonObject): boolean =>
  isObject(body.promptFeedback) && typeof body.promptFeedback.blockReason === 'string';

export const writeFinishReason = (reason: EndReason, hasCalls: boolean): string => {
  switch (reason) {
    case 'length':
    case 'context-full':
      return 'MAX_TOKENS';
    case 'content-filter':
    case 'refusal':
      return 'SAFETY';
    case 'malformed-call':
      return 'MALFORMED_FUNCTION_CALL';
    case 'unknown':
      return hasCalls ? 'STOP' : 'OTHER';
    default:
      return 'STOP';
  }
};

/** The usage object, each token in one class; undefined where there is none. */
export const readUsage = (raw: JsonValue | undefined): Usage | undefined => {
  if (!isObject(raw)) return undefined;
  const prompt = tokenCount(raw.promptTokenCount) + tokenCount(raw.toolUsePromptTokenCount);
  const cached = tokenCount(raw.cachedContentTokenCount);
  const thoughts = tokenCount(raw.thoughtsTokenCount);
  // left out where nothing was seen yet, and by some servers altogether: then the total tells
  const isTold = typeof raw.candidatesTokenCount === 'number';
  const hidden = Math.max(0, tokenCount(raw.totalTokenCount) - prompt - thoughts);
  return {
    inputTokens: Math.max(0, prompt - cached),
    cacheReadTokens: cached,
    cacheWrite5mTokens: 0,
    cacheWrite30mTokens: 0,
    cacheWrite1hTokens: 0,
    cacheWrite12hTokens: 0,
    outputTokens: isTold ? tokenCount(raw.candidatesTokenCount) : hidden,
    reasoningTokens: thoughts,
  };
};

/** Google's way of counting: the prompt includes what was cached, `candidatesTokenCount` leaves thoughts out. */
export const writeUsage = (usage: Usage): JsonObject => {
  const prompt = promptTokens(usage);
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: usage.outputTokens,
    totalTokenCount: prompt + usage.outputTokens + usage.reasoningTokens,
    ...(usage.cacheReadTokens > 0 && { cachedContentTokenCount: usage.cacheReadTokens }),
    ...(usage.reasoningTokens > 0 && { thoughtsTokenCount: usage.reasoningTokens }),
  };
};

/** Tokens of an answer whose upstream told none: four bytes each. */
export const estimatedTokens = (bytes: number): number => Math.ceil(bytes / 4);

/** Google's own, or what was sealed in its place; undefined for none and for the sentinel. */
export const readSignature = (value: JsonValue | undefined): OpaqueReasoning | undefined => {
  if (typeof value !== 'string' || value === '' || value === unsigned) return undefined;
  return isSealed(value) ? openSealed(value) : { vendor: 'google', kind: 'thought-signature', data: value };
};

/** An id for a call without one: the same for the same call, another in every answer. */
export const madeUpCallId = (answerId: string, index: number, name: string, args: string): string =>
  `call_${hash('sha256', JSON.stringify([answerId, index, name, args])).slice(0, 24)}`;

export const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
