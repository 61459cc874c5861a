import type { Block, ChatRequest } from '../../core/chat.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Capabilities, Model } from '../../core/model.ts';
import { decisiveExtras } from '../decisive-extras.ts';
import type { Target, WrittenRequest } from '../dialect.ts';
import { keptElsewhere } from '../kept-elsewhere.ts';
import { cannotSay } from './cannot-say.ts';
import { reasonsByLevels, writeThinking } from './reasoning.ts';
import { dialectName } from './wire.ts';
import { type Content, writeContents } from './write-contents.ts';
import { schemaSubset } from './write-schema.ts';
import { writeTools } from './write-tools.ts';

/** The body for a request that came in another dialect (WIRE 7.1 to 7.4). Its key order is always the same: the cache. */
export const writeRequest = (request: ChatRequest, { model, quirks }: Target): WrittenRequest => {
  const warnings = new Set<string>();
  refuseUnsayable(request, model);
  const { tools, toolConfig } = writeTools(request, model, warnings);
  const contents = writeContents(request, model, warnings);
  const format = writeFormat(request, model);
  const system = systemText(request, format.instruction, warnings);
  const isInFirst = system !== '' && !model.capabilities.hasSystemPrompt;
  const thinking = writeThinking(request, model);
  const stop = request.stop.filter((text) => text !== '');
  if (thinking.isDropped) warnings.add('reasoning_effort');
  const config: JsonObject = {
    ...writeLimit(request, model, warnings),
    ...writeSampling(request, model, warnings),
    ...(stop.length > 0 && { stopSequences: stop }),
    ...format.fields,
    ...writeDetail(request, warnings),
    ...(thinking.thinkingConfig && { thinkingConfig: thinking.thinkingConfig }),
  };
  const serviceTier = writeServiceTier(request, warnings);
  warnOfRest(request, warnings);
  const body: Record<string, JsonValue | undefined> = {
    ...(system !== '' && !isInFirst && { systemInstruction: { parts: [{ text: system }] } }),
    ...(tools && { tools }),
    ...(toolConfig && { toolConfig }),
    contents: written(isInFirst ? withWords(system, contents) : contents),
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
    ...(serviceTier !== undefined && { serviceTier }),
  };
  for (const name of quirks.refusedFields ?? []) {
    if (body[name] === undefined) continue;
    delete body[name];
    warnings.add(name);
  }
  return { body: body as JsonObject, warnings: [...warnings], headers: {} };
};

const written = (contents: readonly Content[]): JsonValue =>
  contents.map(({ role, parts }) => ({ role, parts }));

/** Some models have no place for instructions: they go before the first words. */
const withWords = (text: string, [first, ...rest]: readonly Content[]): readonly Content[] => [
  { role: 'user', parts: [{ text }, ...(first?.parts ?? [])] },
  ...rest,
];

/** What would change the answer if it were left out. */
const refuseUnsayable = (request: ChatRequest, { capabilities }: Model): void => {
  const { extras } = request;
  const kept = keptElsewhere(request);
  if (kept) cannotSay(kept.param, kept.what);
  if (request.choices > 1) cannotSay('n', 'asks for several answers at once');
  if (request.logprobs) cannotSay('logprobs', 'asks for probabilities');
  if (isAudioAsked(extras)) cannotSay('modalities', 'asks for audio');
  const decisive = request.dialect === dialectName ? [] : decisiveExtras;
  for (const name of [...unsayable, ...decisive])
    if (extras[name] !== undefined && extras[name] !== false)
      cannotSay(name, 'decides what the answer is made of');
  if (request.stop.length > 5) cannotSay('stop', 'has more than five stop sequences', 'Send five at most');
  if (request.stop.length > 0 && !capabilities.stop) cannotSay('stop', 'has stop sequences');
};

const isAudioAsked = ({ audio, modalities }: JsonObject): boolean =>
  audio !== undefined || (Array.isArray(modalities) && modalities.some((kind) => kind !== 'text'));

const unsayable = ['prediction', 'response_format', 'tool_choice'];

const systemText = (request: ChatRequest, instruction: string | undefined, warnings: Set<string>): string => {
  const texts = request.system.map(systemWords).filter((text) => text.trim() !== '');
  if (instruction) warnings.add('response_format');
  return [...texts, ...(instruction ? [instruction] : [])].join('\n\n');
};

const systemWords = (block: Block): string =>
  block.type === 'text'
    ? block.text
    : cannotSay('messages', `has a block of type "${block.type}" among the instructions`);

const writeLimit = ({ maxOutputTokens }: ChatRequest, model: Model, warnings: Set<string>): JsonObject => {
  if (maxOutputTokens === undefined) return {};
  if (maxOutputTokens > model.maxOutputTokens) warnings.add('max_tokens');
  // 0 fills a cache elsewhere; here it would mean "no limit"
  return { maxOutputTokens: Math.max(1, Math.min(maxOutputTokens, model.maxOutputTokens)) };
};

const writeSampling = (
  { sampling, reasoning }: ChatRequest,
  { capabilities }: Model,
  warnings: Set<string>,
): JsonObject => {
  const { temperature, topP, topK, seed, presencePenalty, frequencyPenalty } = sampling;
  const isRefused = capabilities.sampling === 'no' || refusesNow(capabilities, reasoning);
  // before 3 on Vertex only
  const takesPenalties = !isRefused && reasonsByLevels(capabilities);
  const fields: readonly (readonly [string, string, number | undefined, boolean])[] = [
    ['temperature', 'temperature', inRange(temperature, 0, 2, 'temperature', warnings), !isRefused],
    ['topP', 'top_p', inRange(topP, 0, 1, 'top_p', warnings), !isRefused],
    ['topK', 'top_k', inRange(topK, 1, 1000, 'top_k', warnings), !isRefused],
    ['seed', 'seed', seed, true],
    ['presencePenalty', 'presence_penalty', presencePenalty, takesPenalties],
    ['frequencyPenalty', 'frequency_penalty', frequencyPenalty, takesPenalties],
  ];
  const written: [string, number][] = [];
  for (const [name, warning, value, isTaken] of fields) {
    if (value === undefined) continue;
    if (isTaken) written.push([name, value]);
    else if (value !== 0 || !warning.endsWith('penalty')) warnings.add(warning);
  }
  return Object.fromEntries(written);
};

const inRange = (
  value: number | undefined,
  least: number,
  most: number,
  name: string,
  warnings: Set<string>,
): number | undefined => {
  if (value === undefined || (value >= least && value <= most)) return value;
  warnings.add(name);
  return Math.min(Math.max(value, least), most);
};

const refusesNow = ({ sampling }: Capabilities, { mode, effort }: ChatRequest['reasoning']): boolean =>
  sampling === 'when-not-reasoning' && mode !== 'off' && effort !== 'none';

const json = 'application/json';
const jsonInstruction =
  'Answer with one JSON object and nothing else: no words before or after it, and no code fence.';

interface WrittenFormat {
  readonly fields: JsonObject;
  readonly instruction?: string;
}

const writeFormat = ({ format, tools }: ChatRequest, { capabilities }: Model): WrittenFormat => {
  if (format.type === 'text') return { fields: {} };
  const isBesideTools = tools.length > 0 && !capabilities.schemaWithTools;
  if (format.type === 'json')
    return isBesideTools || capabilities.structuredOutput === 'none'
      ? { fields: {}, instruction: jsonInstruction }
      : { fields: { responseMimeType: json } };
  if (capabilities.structuredOutput !== 'schema') cannotSay('response_format', 'wants an answer by a schema');
  if (isBesideTools)
    cannotSay(
      'response_format',
      'wants an answer by a schema while there are tools',
      'Leave one of them out',
    );
  const schema = schemaSubset(format.schema, 'response_format', { isLoose: false });
  const isDescribed = schema.description !== undefined || !format.description;
  return {
    fields: {
      responseMimeType: json,
      responseJsonSchema: isDescribed ? schema : { ...schema, description: format.description },
    },
  };
};

/** How closely pictures are looked at is said once for all of them. */
const writeDetail = ({ turns }: ChatRequest, warnings: Set<string>): JsonObject => {
  const details = new Set<string>();
  for (const { blocks } of turns)
    for (const block of blocks) if (block.type === 'image') details.add(block.detail ?? 'auto');
  const [detail] = details;
  if (details.size === 1 && (detail === 'low' || detail === 'high'))
    return { mediaResolution: `MEDIA_RESOLUTION_${detail.toUpperCase()}` };
  if ([...details].some((one) => one !== 'auto')) warnings.add('detail');
  return {};
};

const writeServiceTier = ({ serviceTier }: ChatRequest, warnings: Set<string>): string | undefined => {
  switch (serviceTier) {
    case undefined:
    case 'auto':
      return undefined;
    case 'priority':
    case 'fast':
      return 'priority';
    case 'flex':
      return 'flex';
    case 'default':
    case 'standard':
    case 'standard_only':
      return 'standard';
    default:
      warnings.add('service_tier');
      return undefined;
  }
};

/** Hints that Gemini has no word for. */
const warnOfRest = (request: ChatRequest, warnings: Set<string>): void => {
  const { logitBias } = request.sampling;
  if (logitBias && Object.keys(logitBias).length > 0) warnings.add('logit_bias');
  if (request.endUser !== undefined) warnings.add('user');
  if (request.metadata && Object.keys(request.metadata).length > 0) warnings.add('metadata');
  if (request.verbosity !== undefined) warnings.add('verbosity');
  for (const name of Object.keys(request.extras)) if (name !== 'modalities') warnings.add(name);
};
