import type { ChatRequest, OutputFormat, ReasoningWish, Sampling, StateWish } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { type Effort, efforts } from '../../core/model.ts';
import {
  kindOf,
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  refuse,
  requiredObject,
  requiredString,
} from '../fields.ts';
import { type ReadInput, readInput } from './input.ts';
import { isForeignChoice, readToolChoice, readTools } from './tools.ts';
import { dialectName } from './wire.ts';

/** The canonical request of a Responses body. Runs on every request: one walk, paths are made on failure only. */
export const readRequest = (body: JsonObject): ChatRequest => {
  const model = requiredString(body.model, 'model');
  const instructions = optionalString(body.instructions, 'instructions');
  const isNamed = isPresent(body.prompt);
  const previousId = optionalString(body.previous_response_id, 'previous_response_id') || undefined;
  const conversation = readConversation(body.conversation);
  if (previousId !== undefined && conversation !== undefined)
    refuse('conversation', 'cannot stand beside `previous_response_id`: send one of them.');
  const isContinued = previousId !== undefined || conversation !== undefined || isNamed;
  const input = readWhole(body, isContinued);
  const tools = [...readTools(body), ...input.tools];
  const toolChoice = readToolChoice(body.tool_choice, tools);
  const parallelTools = optionalBoolean(body.parallel_tool_calls, 'parallel_tool_calls');
  const maxOutputTokens = readMaxTokens(body);
  const text = optionalObject(body.text, 'text');
  const verbosity = optionalString(text?.verbosity, 'text.verbosity');
  const logprobs = readLogprobs(body);
  const endUser =
    optionalString(body.safety_identifier, 'safety_identifier') || optionalString(body.user, 'user');
  const metadata = optionalObject(body.metadata, 'metadata');
  const serviceTier = optionalString(body.service_tier, 'service_tier');
  const state: StateWish = {
    store: optionalBoolean(body.store, 'store') ?? true,
    ...(previousId !== undefined && { previousId }),
    ...(conversation !== undefined && { conversation }),
    isBackground: optionalBoolean(body.background, 'background') ?? false,
    hasReferences: input.hasReferences || isNamed,
  };
  return {
    dialect: dialectName,
    model,
    system: instructions ? [{ type: 'text', text: instructions }, ...input.system] : input.system,
    turns: input.turns,
    tools,
    ...(toolChoice && { toolChoice }),
    ...(parallelTools !== undefined && { parallelTools }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    sampling: readSampling(body),
    stop: [],
    format: readFormat(text),
    reasoning: readReasoningWish(optionalObject(body.reasoning, 'reasoning')),
    stream: optionalBoolean(body.stream, 'stream') ?? false,
    wantsUsage: true,
    choices: 1,
    ...(logprobs && { logprobs }),
    ...(endUser && { endUser }),
    ...(metadata && { metadata }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(verbosity !== undefined && { verbosity }),
    state,
    extras: readExtras(body, isForeignChoice(body.tool_choice, toolChoice)),
  };
};

const isPresent = (value: JsonValue | undefined): boolean => value !== undefined && value !== null;

const readWhole = (body: JsonObject, isContinued: boolean): ReadInput => {
  const { input } = body;
  if (typeof input === 'string') {
    const turns = [
      { role: 'user' as const, blocks: input === '' ? [] : [{ type: 'text' as const, text: input }] },
    ];
    return { system: [], turns, tools: [], hasReferences: false };
  }
  if (Array.isArray(input)) {
    if (input.length === 0 && !isContinued) refuse('input', 'is empty: send at least one item.');
    return readInput(input as JsonValue[], isContinued);
  }
  if (isPresent(input))
    return refuse('input', `has to be a string or a list of items; it is ${kindOf(input)}.`);
  if (isContinued) return { system: [], turns: [], tools: [], hasReferences: false };
  if (isPresent(body.messages))
    throw new GatewayError(
      'invalid-request',
      'This body has `messages` and no `input`: it is written for Chat Completions. Post it to /v1/chat/completions, or send `input` here.',
      { param: 'input' },
    );
  return refuse('input', `has to be a string or a list of items; it is ${kindOf(input)}.`);
};

const readConversation = (value: JsonValue | undefined): string | undefined =>
  isObject(value)
    ? requiredString(value.id, 'conversation.id')
    : optionalString(value, 'conversation') || undefined;

const readMaxTokens = (body: JsonObject): number | undefined => {
  const limit = optionalInteger(body.max_output_tokens, 'max_output_tokens');
  return limit === undefined || limit >= 1
    ? limit
    : refuse('max_output_tokens', `has to be at least 1; it is ${limit}.`);
};

const readSampling = (body: JsonObject): Sampling => {
  const temperature = optionalNumber(body.temperature, 'temperature');
  const topP = optionalNumber(body.top_p, 'top_p');
  return { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { topP }) };
};

const readLogprobs = (body: JsonObject): { readonly top: number } | undefined => {
  const top = optionalInteger(body.top_logprobs, 'top_logprobs') ?? 0;
  const isIncluded = includesOf(body).includes('message.output_text.logprobs');
  return isIncluded || top > 0 ? { top } : undefined;
};

const includesOf = (body: JsonObject): readonly JsonValue[] => optionalArray(body.include, 'include') ?? [];

const readFormat = (text: JsonObject | undefined): OutputFormat => {
  const format = optionalObject(text?.format, 'text.format');
  if (!format) return { type: 'text' };
  switch (requiredString(format.type, 'text.format.type')) {
    case 'json_object':
      return { type: 'json' };
    case 'json_schema': {
      const description = optionalString(format.description, 'text.format.description');
      return {
        type: 'schema',
        name: requiredString(format.name, 'text.format.name'),
        schema: requiredObject(format.schema, 'text.format.schema'),
        isStrict: optionalBoolean(format.strict, 'text.format.strict') ?? false,
        ...(description !== undefined && { description }),
      };
    }
    default:
      return { type: 'text' };
  }
};

const readReasoningWish = (wish: JsonObject | undefined): ReasoningWish => {
  const effort = optionalString(wish?.effort, 'reasoning.effort');
  const summary =
    optionalString(wish?.summary, 'reasoning.summary') ??
    optionalString(wish?.generate_summary, 'reasoning.generate_summary');
  return {
    ...(effort === 'none' && { mode: 'off' as const }),
    ...(isEffort(effort) && { effort }),
    ...(summary !== undefined && summary !== 'none' && { isShown: true }),
  };
};

const isEffort = (text: string | undefined): text is Effort => efforts.includes(text as Effort);

/** Fields without a canonical meaning; of objects that are understood in part, the rest under a dotted name. */
const readExtras = (body: JsonObject, hasForeignChoice: boolean): JsonObject => {
  const extras: [string, JsonValue][] = [];
  const add = (key: string, value: JsonValue | undefined): void => {
    if (value !== undefined && value !== null) extras.push([key, value]);
  };
  for (const key of Object.keys(body)) {
    if (!canonicalFields.has(key)) add(key, body[key]);
    else if (key === 'reasoning' && isObject(body.reasoning)) {
      if (!isEffort(body.reasoning.effort as string)) add('reasoning.effort', body.reasoning.effort);
      for (const inner of Object.keys(body.reasoning))
        if (!reasoningFields.has(inner)) add(`reasoning.${inner}`, body.reasoning[inner]);
    } else if (key === 'text' && isObject(body.text)) {
      const { format } = body.text;
      if (isObject(format) && !knownFormats.has(format.type)) add('text.format', format);
      for (const inner of Object.keys(body.text))
        if (inner !== 'format' && inner !== 'verbosity') add(`text.${inner}`, body.text[inner]);
    } else if (key === 'include') {
      const others = includesOf(body).filter((name) => !knownIncludes.has(name));
      if (others.length > 0) add(key, others);
    } else if (key === 'tool_choice' && hasForeignChoice) add(key, body.tool_choice);
    else if (key === 'truncation' && body.truncation !== 'disabled') add(key, body.truncation);
  }
  // fromEntries, because a caller may well send a field "__proto__"
  return extras.length > 0 ? Object.fromEntries(extras) : noExtras;
};

const noExtras: JsonObject = {};

const knownFormats: ReadonlySet<JsonValue | undefined> = new Set(['text', 'json_object', 'json_schema']);

const reasoningFields: ReadonlySet<string> = new Set(['effort', 'summary', 'generate_summary']);

/** A caller always gets back what only the model can read; probabilities are a wish of their own. */
const knownIncludes: ReadonlySet<JsonValue> = new Set([
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
]);

const canonicalFields: ReadonlySet<string> = new Set(
  'model input instructions tools tool_choice parallel_tool_calls max_output_tokens temperature top_p top_logprobs include text reasoning stream stream_options safety_identifier user metadata service_tier store previous_response_id conversation background truncation'.split(
    ' ',
  ),
);
