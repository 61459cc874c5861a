import type { ChatRequest, OutputFormat, ReasoningWish, Sampling } from '../../core/chat.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { type Effort, efforts } from '../../core/model.ts';
import {
  kindOf,
  optionalArray,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  refuse,
} from '../fields.ts';
import { jsonSchemaOf, plainSchemaOf } from './read-schema.ts';
import { camelName, field } from './wire.ts';

type ConfigFields = Pick<
  ChatRequest,
  'maxOutputTokens' | 'sampling' | 'stop' | 'format' | 'reasoning' | 'choices' | 'logprobs'
>;

export interface ReadConfig {
  readonly fields: ConfigFields;
  readonly extras: JsonObject;
}

/** What the answer is to be like. */
export const readGenerationConfig = (value: JsonValue | undefined): ReadConfig => {
  const config = optionalObject(value, 'generationConfig') ?? nothing;
  const maxOutputTokens = numberIn(config, 'maxOutputTokens');
  if (maxOutputTokens !== undefined && maxOutputTokens < 0)
    refuse('generationConfig.maxOutputTokens', `has to be at least 1; it is ${maxOutputTokens}.`);
  const choices = numberIn(config, 'candidateCount') ?? 0;
  if (choices < 0 || choices > 128 || !Number.isInteger(choices))
    refuse('generationConfig.candidateCount', 'has to be a whole number from 1 up.');
  const isScored = optionalBoolean(field(config, 'responseLogprobs'), 'generationConfig.responseLogprobs');
  return {
    fields: {
      // on this wire 0 is a number that was not set
      ...(maxOutputTokens && { maxOutputTokens: Math.floor(maxOutputTokens) }),
      sampling: readSampling(config),
      stop: readStop(config),
      format: readFormat(config),
      reasoning: readReasoning(config),
      choices: choices || 1,
      ...(isScored && { logprobs: { top: numberIn(config, 'logprobs') ?? 0 } }),
    },
    extras: readExtras(config),
  };
};

const nothing: JsonObject = {};

/** Numbers may come as strings: so the wire's rules have it. */
const numberIn = (config: JsonObject, name: string): number | undefined => {
  const value = field(config, name);
  const path = () => `generationConfig.${name}`;
  return optionalNumber(typeof value === 'string' && numeric.test(value) ? Number(value) : value, path);
};

const numeric = /^-?\d{1,15}(?:\.\d{1,15})?$/;

const readSampling = (config: JsonObject): Sampling => {
  const temperature = numberIn(config, 'temperature');
  const topP = numberIn(config, 'topP');
  const topK = numberIn(config, 'topK');
  const seed = numberIn(config, 'seed');
  const presencePenalty = numberIn(config, 'presencePenalty');
  const frequencyPenalty = numberIn(config, 'frequencyPenalty');
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(seed !== undefined && { seed }),
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
  };
};

const readStop = (config: JsonObject): readonly string[] => {
  const list = optionalArray(field(config, 'stopSequences'), 'generationConfig.stopSequences') ?? [];
  return list.map((text, index) =>
    typeof text === 'string'
      ? text
      : refuse(`generationConfig.stopSequences.${index}`, `has to be a string; it is ${kindOf(text)}.`),
  );
};

const jsonType = 'application/json';

const readFormat = (config: JsonObject): OutputFormat => {
  const type = optionalString(field(config, 'responseMimeType'), 'generationConfig.responseMimeType');
  const schema = optionalObject(field(config, 'responseSchema'), 'generationConfig.responseSchema');
  const jsonSchema =
    optionalObject(field(config, 'responseJsonSchema'), 'generationConfig.responseJsonSchema') ??
    // what the field was called while it was new
    optionalObject(config._responseJsonSchema, 'generationConfig._responseJsonSchema');
  if (schema && jsonSchema)
    refuse('generationConfig.responseSchema', 'cannot stand beside `responseJsonSchema`: send one of them.');
  if (type !== undefined && type !== '' && type !== jsonType) return { type: 'text' };
  if (jsonSchema)
    return { type: 'schema', name: 'answer', schema: plainSchemaOf(jsonSchema), isStrict: true };
  if (schema) return { type: 'schema', name: 'answer', schema: jsonSchemaOf(schema), isStrict: true };
  return { type: type === jsonType ? 'json' : 'text' };
};

const readReasoning = (config: JsonObject): ReasoningWish => {
  const thinking = optionalObject(field(config, 'thinkingConfig'), 'generationConfig.thinkingConfig');
  if (!thinking) return {};
  const path = (name: string) => `generationConfig.thinkingConfig.${name}`;
  const isShown = optionalBoolean(field(thinking, 'includeThoughts'), path('includeThoughts')) ?? false;
  const budget = optionalNumber(field(thinking, 'thinkingBudget'), path('thinkingBudget'));
  const effort = effortOf(optionalString(field(thinking, 'thinkingLevel'), path('thinkingLevel')));
  if (budget !== undefined && effort)
    refuse(path('thinkingLevel'), 'cannot stand beside `thinkingBudget`: send one of them.');
  if (effort) return { effort, isShown };
  // Gemini thinks by itself, so who wants to see it wants it thought
  if (budget === undefined) return isShown ? { mode: 'adaptive', isShown } : { isShown };
  if (budget === 0) return { mode: 'off', isShown };
  return budget < 0 ? { mode: 'adaptive', isShown } : { mode: 'on', budgetTokens: budget, isShown };
};

const effortOf = (level: string | undefined): Effort | undefined => {
  const word = level?.toLowerCase();
  return efforts.find((effort) => effort === word);
};

const readExtras = (config: JsonObject): JsonObject => {
  const extras: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(config)) {
    const name = camelName(key);
    if (value === undefined || value === null || (canonicalFields.has(name) && !isForeign(name, value)))
      continue;
    extras.push([`generationConfig.${name}`, value]);
  }
  return Object.fromEntries(extras);
};

/** Answers that are not plain text or JSON: pictures, sound, one word of a list. */
const isForeign = (name: string, value: JsonValue): boolean => {
  if (name === 'responseMimeType') return value !== '' && value !== 'text/plain' && value !== jsonType;
  if (name !== 'responseModalities') return false;
  return !Array.isArray(value) || value.some((kind) => `${kind}`.toUpperCase() !== 'TEXT');
};

const canonicalFields: ReadonlySet<string> = new Set(
  'temperature topP topK candidateCount maxOutputTokens stopSequences presencePenalty frequencyPenalty seed responseLogprobs logprobs responseMimeType responseModalities responseSchema responseJsonSchema _responseJsonSchema thinkingConfig'.split(
    ' ',
  ),
);
