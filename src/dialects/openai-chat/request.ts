import type {
  ChatRequest,
  OutputFormat,
  ReasoningWish,
  Sampling,
  Tool,
  ToolChoice,
} from '../../core/chat.ts';
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
import { readCacheHint, readMessages } from './messages.ts';

/** The canonical request of a Chat body. Runs on every request: one walk, paths are made on failure only. */
export const readRequest = (body: JsonObject): ChatRequest => {
  const model = requiredString(body.model, 'model');
  const { system, turns } = readMessages(messagesOf(body));
  const tools = readTools(body);
  const toolChoice = readToolChoice(body, tools);
  const stream = optionalBoolean(body.stream, 'stream') ?? false;
  const streamOptions = optionalObject(body.stream_options, 'stream_options');
  const includesUsage = optionalBoolean(streamOptions?.include_usage, 'stream_options.include_usage');
  const maxOutputTokens = readMaxTokens(body);
  // a legacy caller can be told of one call only
  const usesFunctions = Array.isArray(body.functions);
  const parallelTools = usesFunctions
    ? false
    : optionalBoolean(body.parallel_tool_calls, 'parallel_tool_calls');
  const logprobs = readLogprobs(body);
  const endUser =
    optionalString(body.safety_identifier, 'safety_identifier') || optionalString(body.user, 'user');
  const metadata = optionalObject(body.metadata, 'metadata');
  const serviceTier = optionalString(body.service_tier, 'service_tier');
  const verbosity = optionalString(body.verbosity, 'verbosity');
  // one literal and assignments behind it: spreads that may be empty take ten times as long
  const request: Draft<ChatRequest> = {
    dialect: 'openai-chat',
    model,
    system,
    turns,
    tools,
    sampling: readSampling(body),
    stop: readStop(body.stop),
    format: readFormat(body.response_format),
    reasoning: readReasoning(body.reasoning_effort),
    stream,
    wantsUsage: !stream || includesUsage === true,
    choices: readChoices(body.n),
    extras: readExtras(body),
  };
  if (toolChoice) request.toolChoice = toolChoice;
  if (parallelTools !== undefined) request.parallelTools = parallelTools;
  if (maxOutputTokens !== undefined) request.maxOutputTokens = maxOutputTokens;
  if (logprobs) request.logprobs = logprobs;
  if (endUser) request.endUser = endUser;
  if (metadata) request.metadata = metadata;
  if (serviceTier !== undefined) request.serviceTier = serviceTier;
  if (verbosity !== undefined) request.verbosity = verbosity;
  if (usesFunctions) request.usesFunctions = usesFunctions;
  return request;
};

type Draft<Noun> = { -readonly [Field in keyof Noun]: Noun[Field] };

const messagesOf = (body: JsonObject): readonly JsonValue[] => {
  const { messages } = body;
  if (messages === undefined && body.input !== undefined)
    throw new GatewayError(
      'invalid-request',
      'This body has `input` and no `messages`: it is written for the Responses API. Post it to /v1/responses, or send `messages` here.',
      { param: 'messages' },
    );
  if (!Array.isArray(messages))
    return refuse('messages', `has to be a list of messages; it is ${kindOf(messages)}.`);
  if (messages.length === 0) return refuse('messages', 'is empty: send at least one message.');
  return messages as JsonValue[];
};

const readMaxTokens = (body: JsonObject): number | undefined => {
  const newer = optionalInteger(body.max_completion_tokens, 'max_completion_tokens');
  const older = optionalInteger(body.max_tokens, 'max_tokens');
  const field = newer === undefined ? 'max_tokens' : 'max_completion_tokens';
  const limit = newer ?? older;
  // local servers take -1 for "as much as there is room for"
  if (limit === undefined || limit === -1) return undefined;
  return limit >= 1 ? limit : refuse(field, `has to be at least 1; it is ${limit}.`);
};

const readSampling = (body: JsonObject): Sampling => {
  const temperature = optionalNumber(body.temperature, 'temperature');
  const topP = optionalNumber(body.top_p, 'top_p');
  // 64 bits, of which a number here holds 53: its bytes pass as they are
  const seed = optionalNumber(body.seed, 'seed');
  const presencePenalty = optionalNumber(body.presence_penalty, 'presence_penalty');
  const frequencyPenalty = optionalNumber(body.frequency_penalty, 'frequency_penalty');
  const logitBias = optionalObject(body.logit_bias, 'logit_bias');
  const sampling: Draft<Sampling> = {};
  if (temperature !== undefined) sampling.temperature = temperature;
  if (topP !== undefined) sampling.topP = topP;
  if (seed !== undefined) sampling.seed = seed;
  if (presencePenalty !== undefined) sampling.presencePenalty = presencePenalty;
  if (frequencyPenalty !== undefined) sampling.frequencyPenalty = frequencyPenalty;
  if (logitBias) sampling.logitBias = logitBias;
  return sampling;
};

const readStop = (stop: JsonValue | undefined): readonly string[] => {
  if (stop === undefined || stop === null) return [];
  if (typeof stop === 'string') return [stop];
  if (!Array.isArray(stop))
    return refuse('stop', `has to be a string or a list of strings; it is ${kindOf(stop)}.`);
  return stop.map((text: JsonValue, index) =>
    typeof text === 'string' ? text : refuse(`stop.${index}`, `has to be a string; it is ${kindOf(text)}.`),
  );
};

const readChoices = (n: JsonValue | undefined): number => {
  const choices = optionalInteger(n, 'n') ?? 1;
  return choices >= 1 && choices <= 128 ? choices : refuse('n', `has to be from 1 to 128; it is ${choices}.`);
};

const readLogprobs = (body: JsonObject): { readonly top: number } | undefined => {
  const isWanted = optionalBoolean(body.logprobs, 'logprobs') ?? false;
  const top = optionalInteger(body.top_logprobs, 'top_logprobs') ?? 0;
  return isWanted || top > 0 ? { top } : undefined;
};

const readFormat = (value: JsonValue | undefined): OutputFormat => {
  const format = optionalObject(value, 'response_format');
  if (!format) return { type: 'text' };
  switch (requiredString(format.type, 'response_format.type')) {
    case 'json_object':
      return { type: 'json' };
    case 'json_schema': {
      const path = 'response_format.json_schema';
      const wish = requiredObject(format.json_schema, path);
      const description = optionalString(wish.description, `${path}.description`);
      return {
        type: 'schema',
        name: requiredString(wish.name, `${path}.name`),
        schema: optionalObject(wish.schema, `${path}.schema`) ?? {},
        isStrict: optionalBoolean(wish.strict, `${path}.strict`) ?? false,
        ...(description !== undefined && { description }),
      };
    }
    default:
      return { type: 'text' };
  }
};

const readReasoning = (value: JsonValue | undefined): ReasoningWish => {
  const effort = optionalString(value, 'reasoning_effort');
  if (effort === 'none') return { mode: 'off', effort };
  return isEffort(effort) ? { effort } : {};
};

const isEffort = (text: string | undefined): text is Effort => efforts.includes(text as Effort);

const readTools = (body: JsonObject): readonly Tool[] => {
  const tools: Tool[] = [];
  const list = optionalArray(body.tools, 'tools');
  if (list) for (let at = 0; at < list.length; at++) tools.push(readTool(list[at], at));
  const functions = optionalArray(body.functions, 'functions');
  if (functions)
    for (let at = 0; at < functions.length; at++)
      tools.push(
        readFunction(
          requiredObject(functions[at], () => `functions.${at}`),
          () => `functions.${at}`,
        ),
      );
  const search = optionalObject(body.web_search_options, 'web_search_options');
  if (search) tools.push({ type: 'hosted', dialect: 'openai-chat', kind: 'web_search_options', raw: search });
  return tools;
};

const readTool = (value: JsonValue | undefined, at: number): Tool => {
  const path = () => `tools.${at}`;
  const tool = requiredObject(value, path);
  const type = requiredString(tool.type, () => `${path()}.type`);
  if (type === 'function') {
    const read = readFunction(
      requiredObject(tool.function, () => `${path()}.function`),
      () => `${path()}.function`,
    );
    const cache = readCacheHint(tool);
    return cache ? { ...read, cache } : read;
  }
  if (type !== 'custom') return { type: 'hosted', dialect: 'openai-chat', kind: type, raw: tool };
  const custom = requiredObject(tool.custom, () => `${path()}.custom`);
  const description = optionalString(custom.description, () => `${path()}.custom.description`);
  const format = optionalObject(custom.format, () => `${path()}.custom.format`);
  return {
    type,
    name: requiredString(custom.name, () => `${path()}.custom.name`),
    ...(description !== undefined && { description }),
    ...(isObject(format?.grammar) && { grammar: format.grammar }),
  };
};

const readFunction = (tool: JsonObject, path: () => string): Tool & { type: 'function' } => {
  const description = optionalString(tool.description, () => `${path()}.description`);
  const schema = optionalObject(tool.parameters, () => `${path()}.parameters`);
  const strict = optionalBoolean(tool.strict, () => `${path()}.strict`);
  return {
    type: 'function',
    name: requiredString(tool.name, () => `${path()}.name`),
    ...(description !== undefined && { description }),
    ...(schema && { schema }),
    ...(strict !== undefined && { strict }),
  };
};

const readToolChoice = (body: JsonObject, tools: readonly Tool[]): ToolChoice | undefined => {
  const field = body.tool_choice === undefined || body.tool_choice === null ? 'function_call' : 'tool_choice';
  const choice = body[field];
  if (choice === undefined || choice === null) return undefined;
  if (typeof choice === 'string') {
    if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
    // how Mistral says it
    if (choice === 'any') return { type: 'required' };
    return refuse(field, 'has to be "auto", "none", "required" or an object that names a tool.');
  }
  const wish = requiredObject(choice, field);
  if (field === 'function_call') return namedTool(wish.name, 'function_call.name', tools);
  switch (requiredString(wish.type, 'tool_choice.type')) {
    case 'function': {
      const named = requiredObject(wish.function, 'tool_choice.function');
      return namedTool(named.name, 'tool_choice.function.name', tools);
    }
    case 'custom': {
      const named = requiredObject(wish.custom, 'tool_choice.custom');
      return namedTool(named.name, 'tool_choice.custom.name', tools);
    }
    case 'allowed_tools':
      return readSubset(requiredObject(wish.allowed_tools, 'tool_choice.allowed_tools'), tools);
    default:
      return undefined;
  }
};

const namedTool = (value: JsonValue | undefined, path: string, tools: readonly Tool[]): ToolChoice => {
  const name = requiredString(value, path);
  if (!hasTool(tools, name)) refuse(path, 'names a tool that is not in `tools`.');
  return { type: 'named', name };
};

const readSubset = (allowed: JsonObject, tools: readonly Tool[]): ToolChoice => {
  const path = 'tool_choice.allowed_tools';
  const mode = optionalString(allowed.mode, `${path}.mode`) ?? 'auto';
  if (mode !== 'auto' && mode !== 'required') refuse(`${path}.mode`, 'has to be "auto" or "required".');
  const names = (optionalArray(allowed.tools, `${path}.tools`) ?? []).map((value, at) => {
    const tool = requiredObject(value, `${path}.tools.${at}`);
    const definition = isObject(tool.function) ? tool.function : isObject(tool.custom) ? tool.custom : tool;
    const name = requiredString(definition.name, `${path}.tools.${at}.function.name`);
    if (!hasTool(tools, name)) refuse(`${path}.tools.${at}`, 'names a tool that is not in `tools`.');
    return name;
  });
  return { type: 'subset', names, isRequired: mode === 'required' };
};

const hasTool = (tools: readonly Tool[], name: string): boolean =>
  tools.some((tool) => tool.type !== 'hosted' && tool.name === name);

const readExtras = (body: JsonObject): JsonObject => {
  let extras: [string, JsonValue][] | undefined;
  for (const key of Object.keys(body)) {
    const value = body[key];
    if (value === undefined || value === null || (canonicalFields.has(key) && !isUnsaid(key, value)))
      continue;
    extras ??= [];
    extras.push([key, value]);
  }
  // fromEntries, because a caller may well send a field "__proto__"
  return extras ? Object.fromEntries(extras) : noExtras;
};

/** A known field with a word of a compatible server, which the canonical request has no place for. */
const isUnsaid = (key: string, value: JsonValue): boolean => {
  if (key === 'reasoning_effort') return !isEffort(value as string);
  if (key === 'response_format') return isObject(value) && !knownFormats.has(value.type);
  return key === 'tool_choice' && isObject(value) && !knownChoices.has(value.type);
};

const noExtras: JsonObject = {};

const knownChoices: ReadonlySet<JsonValue | undefined> = new Set(['function', 'custom', 'allowed_tools']);

const knownFormats: ReadonlySet<JsonValue | undefined> = new Set(['text', 'json_object', 'json_schema']);

const canonicalFields: ReadonlySet<string> = new Set(
  'model messages tools functions tool_choice function_call web_search_options parallel_tool_calls max_tokens max_completion_tokens temperature top_p seed presence_penalty frequency_penalty logit_bias stop response_format reasoning_effort stream stream_options n logprobs top_logprobs user safety_identifier metadata service_tier verbosity'.split(
    ' ',
  ),
);
