import type { ChatRequest, Tool } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Model } from '../../core/model.ts';
import { decisiveExtras } from '../decisive-extras.ts';
import type { Target, WrittenRequest } from '../dialect.ts';
import { shortName } from '../names.ts';
import {
  chooseEffort,
  isOpenAi,
  openAiExtras,
  refusesSampling,
  withJsonWord,
  writeEndUser,
  writeFunction,
  writeSchema,
  writeTierWish,
} from '../openai-parameters.ts';
import { cannotSay } from './cannot-say.ts';
import { addedTools } from './input.ts';
import { dialectName, minOutputTokens } from './wire.ts';
import { writeInput, writeInstructions } from './write-input.ts';

type Body = Record<string, JsonValue>;
type Warn = (what: string) => void;

/**
 * A request as a Responses body: one that came in another dialect, or in this one and was changed since.
 * What only the model can read of its own reasoning comes back to it. Same input, same bytes: the body is a
 * cache prefix.
 */
export const writeRequest = (asked: ChatRequest, target: Target): WrittenRequest => {
  const { model, quirks } = target;
  const { capabilities } = model;
  const warnings = new Set<string>();
  const warn: Warn = (what) => warnings.add(what);
  refuseUnsayable(asked, target);
  const request = withJsonWord(asked);

  const body: Body = { model: model.name };
  const instructions = writeInstructions(request);
  if (instructions !== undefined) body.instructions = instructions;
  body.input = writeInput(request, {
    model,
    systemRole: quirks.systemRole ?? capabilities.systemRole,
    warn,
  });
  writeTools(request, body, warn);
  if (request.maxOutputTokens !== undefined)
    body.max_output_tokens = withinLimits(request.maxOutputTokens, model, warn);
  writeReasoning(request, model, body, warn);
  writeSampling(request, model, body, warn);
  writeText(request, model, body, warn);
  writeIdentity(request, body, warn);
  writeState(request, model, body);
  if (request.stream) body.stream = true;
  writeExtras(request, body, warn);
  for (const field of quirks.refusedFields ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    if (field !== 'store' && field !== 'include') warn(field);
  }
  return { body, warnings: [...warnings], headers: {} };
};

/** Both less and more than a model can give is refused. */
const withinLimits = (tokens: number, { maxOutputTokens }: Model, warn: Warn): number => {
  const within = Math.min(Math.max(tokens, minOutputTokens), Math.max(maxOutputTokens, minOutputTokens));
  if (within !== tokens) warn('max_tokens');
  return within;
};

/** What would change the answer the caller can observe is refused, not dropped (WIRE 7.0). */
const refuseUnsayable = (request: ChatRequest, { model, emulatesStop }: Target): void => {
  const { extras } = request;
  const isHome = request.dialect === dialectName;
  if (request.stop.length > 0 && !emulatesStop) cannotSay('stop', 'has stop sequences');
  if (request.choices > 1) cannotSay('n', 'asks for several answers at once');
  if (request.logprobs && !isHome) cannotSay('logprobs', 'asks for probabilities');
  if (extras.audio !== undefined || isBeyondText(extras.modalities))
    cannotSay('modalities', 'asks for audio');
  if (extras.prediction !== undefined) cannotSay('prediction', 'foretells the answer');
  request.tools.forEach((tool, at) => {
    if (tool.type === 'hosted' && tool.dialect !== dialectName)
      cannotSay(`tools.${at}`, `is a tool its vendor runs ("${tool.kind}")`);
  });
  if (isHome) return;
  for (const field of ['response_format', 'tool_choice', ...decisiveExtras])
    if (extras[field] !== undefined && extras[field] !== false)
      cannotSay(field, 'decides what the answer is made of');
  const isPrefill = request.turns.at(-1)?.role === 'assistant' && !isOpenAi(request.dialect);
  if (isPrefill && !model.capabilities.prefill)
    cannotSay('messages', 'ends with a message of the assistant', 'End with one of the user');
};

const isBeyondText = (modalities: JsonValue | undefined): boolean =>
  Array.isArray(modalities) && modalities.some((kind) => kind !== 'text');

const writeTools = (request: ChatRequest, body: Body, warn: Warn): void => {
  // the others stand in the input
  const tools = request.tools.filter((tool) => tool.type !== 'hosted' || tool.kind !== addedTools);
  if (tools.length === 0) return;
  body.tools = tools.map((tool) => writeTool(tool, warn));
  const choice = request.toolChoice;
  const named = (name: string): JsonObject => ({
    type: request.tools.some((tool) => tool.type === 'custom' && tool.name === name) ? 'custom' : 'function',
    name: shortName(name),
  });
  if (choice?.type === 'named') body.tool_choice = named(choice.name);
  else if (choice?.type === 'subset')
    body.tool_choice = {
      type: 'allowed_tools',
      mode: choice.isRequired ? 'required' : 'auto',
      tools: choice.names.map(named),
    };
  else if (choice) body.tool_choice = choice.type;
  if (request.parallelTools !== undefined) body.parallel_tool_calls = request.parallelTools;
};

const writeTool = (tool: Tool, warn: Warn): JsonValue => {
  if (tool.type === 'hosted') return tool.raw;
  // strict unless told otherwise: a caller who said nothing would be held to the subset of schemas
  if (tool.type === 'function') return { type: 'function', strict: false, ...writeFunction(tool, warn) };
  return {
    type: 'custom',
    name: shortName(tool.name),
    ...(tool.description !== undefined && { description: tool.description }),
    ...(isObject(tool.grammar) && { format: { type: 'grammar', ...tool.grammar } }),
  };
};

const writeReasoning = (request: ChatRequest, model: Model, body: Body, warn: Warn): void => {
  const effort = chooseEffort(request, model.maxOutputTokens, model.capabilities, warn);
  const isShown = request.reasoning.isShown === true && model.capabilities.reasoning.type !== 'none';
  if (effort === undefined && !isShown) return;
  body.reasoning = { ...(effort && { effort }), ...(isShown && { summary: 'auto' }) };
};

const writeSampling = (request: ChatRequest, { capabilities }: Model, body: Body, warn: Warn): void => {
  const { sampling } = request;
  const isRefused = refusesSampling(request, capabilities);
  for (const [field, value] of Object.entries({ temperature: sampling.temperature, top_p: sampling.topP })) {
    if (value === undefined) continue;
    if (isRefused) warn(field);
    else body[field] = value;
  }
  const { topK, seed, presencePenalty, frequencyPenalty, logitBias } = sampling;
  if (topK !== undefined) warn('top_k');
  if (seed !== undefined) warn('seed');
  if (presencePenalty) warn('presence_penalty');
  if (frequencyPenalty) warn('frequency_penalty');
  if (logitBias && Object.keys(logitBias).length > 0) warn('logit_bias');
};

const writeText = ({ format, verbosity }: ChatRequest, model: Model, body: Body, warn: Warn): void => {
  const text: Body = {};
  if (format.type === 'json') text.format = { type: 'json_object' };
  else if (format.type === 'schema') text.format = { type: 'json_schema', ...writeSchema(format, warn) };
  // models that do not reason know one way to talk
  if (verbosity !== undefined && model.capabilities.reasoning.type === 'none') warn('verbosity');
  else if (verbosity !== undefined) text.verbosity = verbosity;
  if (Object.keys(text).length > 0) body.text = text;
};

const writeIdentity = (request: ChatRequest, body: Body, warn: Warn): void => {
  const { dialect, metadata, serviceTier: tier } = request;
  if (request.endUser !== undefined) body.safety_identifier = writeEndUser(request);
  if (metadata) {
    if (isOpenAi(dialect)) body.metadata = metadata;
    else warn('metadata');
  }
  if (tier === undefined) return;
  const word = isOpenAi(dialect) ? tier : writeTierWish(tier);
  if (word !== undefined) body.service_tier = word;
  else if (tier !== 'auto') warn('service_tier');
};

/** What the vendor shall keep is a matter of its own callers; for others the whole conversation is sent each time. */
const writeState = ({ state, logprobs }: ChatRequest, { capabilities }: Model, body: Body): void => {
  body.store = state?.store ?? false;
  if (state?.previousId !== undefined) body.previous_response_id = state.previousId;
  if (state?.conversation !== undefined) body.conversation = state.conversation;
  if (state?.isBackground) body.background = true;
  const include: JsonValue[] = [];
  if (capabilities.reasoning.type !== 'none') include.push('reasoning.encrypted_content');
  if (logprobs) {
    include.push('message.output_text.logprobs');
    if (logprobs.top > 0) body.top_logprobs = logprobs.top;
  }
  if (include.length > 0) body.include = include;
};

/** Between OpenAI's two dialects what they have in common is kept; all of it only on the way home. */
const writeExtras = ({ dialect, extras }: ChatRequest, body: Body, warn: Warn): void => {
  for (const [field, value] of Object.entries(extras)) {
    if (value === undefined || field === 'modalities') continue;
    if (dialect === dialectName) put(body, field, value);
    else if (isOpenAi(dialect) && openAiExtras.has(field)) body[field] = value;
    else warn(field);
  }
};

const put = (body: Body, field: string, value: JsonValue): void => {
  const [outer, inner] = field.split('.');
  if (inner !== undefined && (outer === 'reasoning' || outer === 'text'))
    body[outer] = { ...(body[outer] as JsonObject | undefined), [inner]: value };
  else if (field === 'include')
    body.include = [...((body.include as JsonValue[]) ?? []), ...(value as JsonValue[])];
  // a caller may well send a field "__proto__"
  else Object.defineProperty(body, field, { value, enumerable: true, writable: true, configurable: true });
};
