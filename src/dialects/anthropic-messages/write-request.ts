import { hash } from 'node:crypto';
import type { ChatRequest } from '../../core/chat.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Model } from '../../core/model.ts';
import { decisiveExtras } from '../decisive-extras.ts';
import type { Target, WrittenRequest } from '../dialect.ts';
import { keptElsewhere } from '../kept-elsewhere.ts';
import { CacheMarks, marked } from './cache-marks.ts';
import { cannotSay } from './cannot-say.ts';
import { writeReasoning } from './reasoning.ts';
import { schemaSubset } from './schema.ts';
import { currentVersion, dialectName, samplingVersion } from './wire.ts';
import { writeMessages } from './write-messages.ts';
import { writeTools } from './write-tools.ts';

/** The body for a request that came in another dialect (WIRE 7.1 to 7.4). Its key order is always the same: the cache. */
export const writeRequest = (request: ChatRequest, { model, quirks }: Target): WrittenRequest => {
  const warnings = new Set<string>();
  refuseUnsayable(request, model);
  const { tools, tool_choice } = writeTools(request, model, warnings);
  const messages = writeMessages(request, model, warnings);
  const reasoning = writeReasoning(request, model, maxTokensOf(request, model, warnings));
  if (reasoning.isDropped) warnings.add('reasoning_effort');
  const format = writeFormat(request, model);
  const system = writeSystem(request, warnings);
  const sampling = writeSampling(request, model, reasoning.isThinking, warnings);
  const config = { ...(reasoning.effort && { effort: reasoning.effort }), ...(format && { format }) };
  warnOfRest(request, warnings);
  const marks = new CacheMarks([
    ...(tools ?? []),
    ...(Array.isArray(system) ? system : []),
    ...messages.flatMap(({ content }) => content),
  ]);
  const body: JsonObject = {
    model: model.name,
    max_tokens: reasoning.maxTokens,
    ...(tools && { tools: marks.limit(tools) }),
    ...(tool_choice && { tool_choice }),
    ...(system !== undefined && { system: typeof system === 'string' ? system : marks.limit(system) }),
    messages: messages.map(({ role, content }) => ({ role, content: marks.limit(content) })),
    ...(reasoning.thinking && { thinking: reasoning.thinking }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
    ...sampling,
    ...(request.stop.length > 0 && { stop_sequences: request.stop }),
    ...(request.endUser !== undefined && { metadata: { user_id: hiddenUser(request) } }),
    ...writeServiceTier(request, warnings),
    ...(request.stream && { stream: true }),
  };
  return {
    body: withoutRefused(body, quirks.refusedFields, warnings),
    warnings: [...warnings],
    headers: { 'anthropic-version': Object.keys(sampling).length > 0 ? samplingVersion : currentVersion },
  };
};

/** What would change the answer if it were left out. */
const refuseUnsayable = (request: ChatRequest, model: Model): void => {
  const { extras } = request;
  const kept = keptElsewhere(request);
  if (kept) cannotSay(kept.param, kept.what);
  if (request.choices > 1) cannotSay('n', 'asks for several answers at once');
  if (request.logprobs) cannotSay('logprobs', 'asks for probabilities');
  if (isAudioAsked(extras)) cannotSay('modalities', 'asks for audio');
  const decisive = request.dialect === dialectName ? [] : decisiveExtras;
  for (const field of [...unsayable, ...decisive])
    if (extras[field] !== undefined && extras[field] !== false)
      cannotSay(field, 'decides what the answer is made of');
  if (request.stop.length > 0 && !model.capabilities.stop) cannotSay('stop', 'has stop sequences');
  for (const text of request.stop)
    if (text.trim() === '') cannotSay('stop', 'has a sequence of nothing but white space');
};

const isAudioAsked = ({ audio, modalities }: JsonObject): boolean =>
  audio !== undefined || (Array.isArray(modalities) && modalities.some((kind) => kind !== 'text'));

const unsayable = ['prediction', 'response_format', 'tool_choice'];

const defaultMaxTokens = { stream: 32_000, whole: 16_000 };

const maxTokensOf = (
  { maxOutputTokens, stream }: ChatRequest,
  model: Model,
  warnings: Set<string>,
): number => {
  const wanted = maxOutputTokens ?? (stream ? defaultMaxTokens.stream : defaultMaxTokens.whole);
  if (maxOutputTokens !== undefined && wanted > model.maxOutputTokens) warnings.add('max_tokens');
  return Math.min(wanted, model.maxOutputTokens);
};

const jsonInstruction =
  'Answer with one JSON object and nothing else: no words before or after it, and no code fence.';

/** One text, unless the caller marked where its cache ends. */
const writeSystem = (
  request: ChatRequest,
  warnings: Set<string>,
): string | readonly JsonObject[] | undefined => {
  const blocks: JsonObject[] = [];
  for (const block of request.system) {
    if (block.type !== 'text')
      cannotSay('messages', `has a block of type "${block.type}" among the instructions`);
    else if (block.text.trim() !== '') blocks.push(marked(block, { type: 'text', text: block.text }));
  }
  if (request.format.type === 'json') {
    blocks.push({ type: 'text', text: jsonInstruction });
    warnings.add('response_format');
  }
  if (blocks.length === 0) return undefined;
  return blocks.some((block) => block.cache_control)
    ? blocks
    : blocks.map((block) => block.text).join('\n\n');
};

const writeFormat = ({ format }: ChatRequest, model: Model): JsonObject | undefined => {
  if (format.type !== 'schema') return undefined;
  if (model.capabilities.structuredOutput !== 'schema')
    cannotSay('response_format', 'wants an answer by a schema');
  const schema = schemaSubset(format.schema, 'response_format.json_schema.schema');
  const isDescribed = schema.description !== undefined || !format.description;
  return {
    type: 'json_schema',
    schema: isDescribed ? schema : { ...schema, description: format.description },
  };
};

const writeSampling = (
  { sampling }: ChatRequest,
  model: Model,
  isThinking: boolean,
  warnings: Set<string>,
): JsonObject => {
  const { temperature, topP, topK } = sampling;
  const { sampling: takes } = model.capabilities;
  if (takes === 'no' || isThinking) {
    if (temperature !== undefined) warnings.add('temperature');
    if (topP !== undefined) warnings.add('top_p');
    if (topK !== undefined) warnings.add('top_k');
    return {};
  }
  if (temperature !== undefined && temperature > 1) warnings.add('temperature');
  // newer models refuse the two together, and older ones are told not to be sent both
  if (temperature !== undefined && topP !== undefined) warnings.add('top_p');
  return {
    ...(temperature !== undefined && { temperature: Math.min(1, Math.max(0, temperature)) }),
    ...(temperature === undefined && topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
  };
};

/** Another vendor is told apart the caller's users, not who they are; the same mark as in other dialects. */
const hiddenUser = ({ dialect, endUser = '' }: ChatRequest): string =>
  dialect === dialectName ? endUser : hash('sha256', `tierwise:${endUser}`);

const writeServiceTier = ({ serviceTier }: ChatRequest, warnings: Set<string>): JsonObject => {
  switch (serviceTier) {
    case undefined:
    case 'auto':
      return {};
    case 'priority':
    case 'fast':
      return { service_tier: 'auto' };
    case 'default':
    case 'standard':
      return { service_tier: 'standard_only' };
    default:
      warnings.add('service_tier');
      return {};
  }
};

/** Hints that Messages has no word for. */
const warnOfRest = (request: ChatRequest, warnings: Set<string>): void => {
  const { seed, presencePenalty, frequencyPenalty, logitBias } = request.sampling;
  if (seed !== undefined) warnings.add('seed');
  if (presencePenalty) warnings.add('presence_penalty');
  if (frequencyPenalty) warnings.add('frequency_penalty');
  if (logitBias && Object.keys(logitBias).length > 0) warnings.add('logit_bias');
  if (request.metadata && Object.keys(request.metadata).length > 0) warnings.add('metadata');
  if (request.verbosity !== undefined) warnings.add('verbosity');
  for (const field of Object.keys(request.extras)) if (field !== 'modalities') warnings.add(field);
};

const withoutRefused = (
  body: JsonObject,
  refused: readonly string[] | undefined,
  warnings: Set<string>,
): JsonObject => {
  if (!refused?.some((field) => body[field] !== undefined)) return body;
  const kept: [string, JsonValue | undefined][] = [];
  for (const entry of Object.entries(body))
    if (refused.includes(entry[0])) warnings.add(entry[0]);
    else kept.push(entry);
  return Object.fromEntries(kept);
};
