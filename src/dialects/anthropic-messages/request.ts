import type {
  ChatRequest,
  OutputFormat,
  ReasoningWish,
  Sampling,
  Tool,
  ToolChoice,
} from '../../core/chat.ts';
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
import { citedDocuments, readCacheControl, readContent } from './blocks.ts';
import { readMessages } from './messages.ts';
import { dialectName } from './wire.ts';

/** The canonical request of a Messages body. Runs on every request: one walk, paths are made on failure only. */
export const readRequest = (body: JsonObject): ChatRequest => {
  const request = readCountRequest(body);
  if (request.maxOutputTokens === undefined)
    refuse('max_tokens', 'is missing: say how many tokens the answer may have at most.');
  return request;
};

/** The same of a body for `count_tokens`, which needs no `max_tokens`. */
export const readCountRequest = (body: JsonObject): ChatRequest => {
  const model = requiredString(body.model, 'model');
  const messages = messagesOf(body);
  const isContinued = isObject(body.thread);
  const { turns, usesTools } = readMessages(messages, { isContinued });
  const tools = readTools(body);
  if (usesTools && tools.length === 0 && !isContinued)
    refuse(
      'tools',
      'is missing, but the conversation has tool calls: send the definitions of their tools along.',
    );
  const choice = optionalObject(body.tool_choice, 'tool_choice');
  const toolChoice = choice && readToolChoice(choice, tools);
  const maxOutputTokens = readMaxTokens(body);
  const endUser = readEndUser(body);
  const metadata = readMetadata(body);
  const serviceTier = optionalString(body.service_tier, 'service_tier');
  return {
    dialect: dialectName,
    model,
    system:
      body.system === undefined || body.system === null
        ? []
        : readContent(body.system, 'system', () => 'system'),
    turns,
    tools,
    ...(toolChoice && { toolChoice }),
    ...(choice?.disable_parallel_tool_use === true && { parallelTools: false }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    sampling: readSampling(body),
    stop: readStop(body),
    format: readFormat(body),
    reasoning: readReasoning(body),
    stream: optionalBoolean(body.stream, 'stream') ?? false,
    wantsUsage: true,
    choices: 1,
    ...(endUser && { endUser }),
    ...(metadata && { metadata }),
    ...(serviceTier !== undefined && { serviceTier }),
    extras: readExtras(body, messages),
  };
};

const messagesOf = (body: JsonObject): readonly JsonValue[] => {
  const { messages } = body;
  if (!Array.isArray(messages))
    return refuse('messages', `has to be a list of messages; it is ${kindOf(messages)}.`);
  if (messages.length === 0) return refuse('messages', 'is empty: send at least one message.');
  return messages as JsonValue[];
};

const readMaxTokens = (body: JsonObject): number | undefined => {
  const limit = optionalInteger(body.max_tokens, 'max_tokens');
  // 0 is legal: it fills the prompt cache
  return limit === undefined || limit >= 0
    ? limit
    : refuse('max_tokens', `has to be at least 0; it is ${limit}.`);
};

const readSampling = (body: JsonObject): Sampling => {
  const temperature = optionalNumber(body.temperature, 'temperature');
  const topP = optionalNumber(body.top_p, 'top_p');
  const topK = optionalInteger(body.top_k, 'top_k');
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
  };
};

const readStop = (body: JsonObject): readonly string[] => {
  const list = optionalArray(body.stop_sequences, 'stop_sequences') ?? [];
  return list.map((text, index) =>
    typeof text === 'string'
      ? text
      : refuse(`stop_sequences.${index}`, `has to be a string; it is ${kindOf(text)}.`),
  );
};

/** `output_format` is what the beta called it. */
const readFormat = (body: JsonObject): OutputFormat => {
  const config = optionalObject(body.output_config, 'output_config');
  const isOld = !config || config.format === undefined || config.format === null;
  const path = isOld ? 'output_format' : 'output_config.format';
  const format = optionalObject(isOld ? body.output_format : config.format, path);
  if (format?.type !== 'json_schema') return { type: 'text' };
  return {
    type: 'schema',
    name: 'answer',
    schema: requiredObject(format.schema, `${path}.schema`),
    isStrict: true,
  };
};

const readReasoning = (body: JsonObject): ReasoningWish => {
  const thinking = optionalObject(body.thinking, 'thinking');
  const effort = optionalString(
    optionalObject(body.output_config, 'output_config')?.effort,
    'output_config.effort',
  );
  const mode = thinking && modes.get(requiredString(thinking.type, 'thinking.type'));
  const budgetTokens =
    mode === 'on' ? optionalInteger(thinking?.budget_tokens, 'thinking.budget_tokens') : undefined;
  if (mode === 'on' && budgetTokens === undefined)
    refuse('thinking.budget_tokens', 'is missing: manual thinking needs a budget of at least 1024 tokens.');
  const display = optionalString(thinking?.display, 'thinking.display');
  return {
    ...(mode && { mode }),
    ...(isEffort(effort) && { effort }),
    ...(budgetTokens !== undefined && { budgetTokens }),
    ...(display === 'summarized' && { isShown: true }),
    ...(display === 'omitted' && { isShown: false }),
  };
};

const modes: ReadonlyMap<string, 'off' | 'on' | 'adaptive'> = new Map([
  ['disabled', 'off'],
  ['enabled', 'on'],
  ['adaptive', 'adaptive'],
  ['between_tools', 'adaptive'],
]);

const isEffort = (text: JsonValue | undefined): text is Effort => efforts.includes(text as Effort);

const readTools = (body: JsonObject): readonly Tool[] => {
  const tools: Tool[] = [];
  const list = optionalArray(body.tools, 'tools');
  if (list) {
    const names = new Set<string>();
    for (let at = 0; at < list.length; at++) {
      const raw = requiredObject(list[at], () => `tools.${at}`);
      tools.push(readTool(raw, () => `tools.${at}`));
      if (typeof raw.name !== 'string') continue;
      if (names.has(raw.name))
        refuse(() => `tools.${at}.name`, 'is the name of an earlier tool, too: names have to be unique.');
      names.add(raw.name);
    }
  }
  const servers = optionalArray(body.mcp_servers, 'mcp_servers');
  for (const [at, server] of servers?.entries() ?? []) {
    const raw = requiredObject(server, () => `mcp_servers.${at}`);
    tools.push({ type: 'hosted', dialect: dialectName, kind: 'mcp_servers', raw });
  }
  return tools;
};

/** A versioned `type` names a tool that the vendor runs or has trained for. */
const readTool = (raw: JsonObject, path: () => string): Tool => {
  if (raw.type !== undefined && raw.type !== null && raw.type !== 'custom')
    return {
      type: 'hosted',
      dialect: dialectName,
      kind: requiredString(raw.type, () => `${path()}.type`),
      raw,
    };
  const description = optionalString(raw.description, () => `${path()}.description`);
  const strict = optionalBoolean(raw.strict, () => `${path()}.strict`);
  const cache = readCacheControl(raw, path);
  return {
    type: 'function',
    name: requiredString(raw.name, () => `${path()}.name`),
    ...(description !== undefined && { description }),
    schema: requiredObject(raw.input_schema, () => `${path()}.input_schema`),
    ...(strict !== undefined && { strict }),
    ...(cache && { cache }),
  };
};

/** Undefined for words that were thought of after this was written; they go into the extras. */
const readToolChoice = (choice: JsonObject, tools: readonly Tool[]): ToolChoice | undefined => {
  switch (requiredString(choice.type, 'tool_choice.type')) {
    case 'auto':
      return { type: 'auto' };
    case 'none':
      return { type: 'none' };
    case 'any':
      if (tools.length === 0) refuse('tool_choice', 'wants a call, but there are no `tools`.');
      return { type: 'required' };
    case 'tool': {
      const name = requiredString(choice.name, 'tool_choice.name');
      // a server's toolset does not list the names in it
      if (
        !tools.some((tool) => nameOf(tool) === name || (tool.type === 'hosted' && nameOf(tool) === undefined))
      )
        refuse('tool_choice.name', 'is the name of no tool in `tools`.');
      return { type: 'named', name };
    }
    default:
      return undefined;
  }
};

const nameOf = (tool: Tool): JsonValue | undefined => {
  if (tool.type !== 'hosted') return tool.name;
  return isObject(tool.raw) ? tool.raw.name : undefined;
};

const readEndUser = (body: JsonObject): string | undefined =>
  optionalString(optionalObject(body.metadata, 'metadata')?.user_id, 'metadata.user_id');

const readMetadata = (body: JsonObject): JsonObject | undefined => {
  if (!isObject(body.metadata)) return undefined;
  const others = Object.entries(body.metadata).filter(([key]) => key !== 'user_id');
  return others.length > 0 ? Object.fromEntries(others) : undefined;
};

const readExtras = (body: JsonObject, messages: readonly JsonValue[]): JsonObject => {
  const extras: [string, JsonValue][] = [];
  for (const key of Object.keys(body)) {
    const value = body[key];
    if (value !== undefined && value !== null && !canonicalFields.has(key)) extras.push([key, value]);
  }
  const { thinking, tool_choice: choice, output_config: config } = body;
  if (isObject(thinking) && !modes.has(thinking.type as string)) extras.push(['thinking', thinking]);
  if (isObject(choice) && !knownChoices.has(choice.type as string)) extras.push(['tool_choice', choice]);
  if (isObject(config))
    for (const [key, value] of Object.entries(config)) {
      const isKnown =
        key === 'effort'
          ? isEffort(value)
          : key === 'format' && isObject(value) && value.type === 'json_schema';
      if (value !== undefined && value !== null && !isKnown) extras.push([`output_config.${key}`, value]);
    }
  for (const path of citedDocuments(messages)) extras.push([path, true]);
  // fromEntries, because a caller may well send a field "__proto__"
  return extras.length > 0 ? Object.fromEntries(extras) : noExtras;
};

const noExtras: JsonObject = {};

const knownChoices: ReadonlySet<string> = new Set(['auto', 'any', 'tool', 'none']);

const canonicalFields: ReadonlySet<string> = new Set(
  'model messages system max_tokens tools mcp_servers tool_choice temperature top_p top_k stop_sequences stream metadata service_tier thinking output_config output_format'.split(
    ' ',
  ),
);
