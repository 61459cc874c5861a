import type { IncomingHttpHeaders } from 'node:http';
import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { PromptBuilder } from '../prompt.ts';
import { type Ask, type AskTool, isText, isWhole } from '../wire.ts';
import { refuse, threadless } from './problem.ts';
import { readThinking } from './read-thinking.ts';
import { cacheOf, readTurns } from './read-turns.ts';

/** Reads a Messages body, as strictly as the vendor does in the matters that gateways get wrong. */
export const readMessages = (body: JsonObject, headers: IncomingHttpHeaders, model: SimulatedModel): Ask => {
  checkFields(body, headers, model);
  const prompt = new PromptBuilder();
  const tools = readTools(body.tools, prompt);
  readSystem(body.system, prompt);
  const maxTokens = readLimit(body.max_tokens, model);
  const thinking = readThinking(body, model, maxTokens);
  const toolChoice = readToolChoice(body.tool_choice, tools, model, body.thinking);
  const { userText, results } = readTurns(body.messages, { prompt, model, hasTools: tools.length > 0 });
  const topLevel = cacheOf(body);
  if (topLevel) prompt.mark(topLevel);
  if (prompt.tokens > model.contextTokens)
    throw refuse('', `prompt is too long: ${prompt.tokens} tokens > ${model.contextTokens} maximum`);
  const stop = body.stop_sequences ?? [];
  if (!Array.isArray(stop) || !stop.every(isText))
    throw refuse('stop_sequences', 'Input should be a valid list');
  const blank = (stop as readonly string[]).findIndex((each) => each.trim() === '');
  if (blank >= 0) throw refuse(`stop_sequences.${blank}`, 'each stop sequence must contain non-whitespace');
  return {
    segments: prompt.segments,
    userText,
    results,
    tools,
    toolChoice,
    isParallel: !(isObject(body.tool_choice) && body.tool_choice.disable_parallel_tool_use === true),
    format: readFormat(body.output_config),
    stop: stop as readonly string[],
    maxTokens,
    thinking,
    isStream: body.stream === true,
    wantsUsage: true,
    choices: 1,
  };
};

/** Legal only together with an `anthropic-beta` header. */
const betaFields = [
  'context_management',
  'compaction',
  'fallbacks',
  'mcp_servers',
  'thread',
  'billing_policy',
];
/** Of another vendor: what a careless translation leaves in. */
const foreignFields = [
  'max_completion_tokens',
  'response_format',
  'stream_options',
  'frequency_penalty',
  'presence_penalty',
  'parallel_tool_calls',
  'reasoning_effort',
  'prompt_cache_key',
  'logit_bias',
  'logprobs',
  'seed',
  'user',
  'stop',
  'n',
];

const checkFields = (
  body: JsonObject,
  headers: IncomingHttpHeaders,
  { capabilities }: SimulatedModel,
): void => {
  const version = headers['anthropic-version'];
  if (version === undefined) throw refuse('anthropic-version', 'header is required');
  if (version !== '2023-06-01' && version !== '2026-10-21')
    throw refuse('anthropic-version', `"${version}" is not a valid version`);
  const extra = [...foreignFields, ...(headers['anthropic-beta'] === undefined ? betaFields : [])].find(
    (field) => field in body,
  );
  if (extra !== undefined) throw refuse(extra, 'Extra inputs are not permitted');
  for (const field of ['temperature', 'top_p', 'top_k'])
    if (body[field] !== undefined && version === '2026-10-21')
      throw refuse(field, 'not supported in API version 2026-10-21');
  if (capabilities.sampling === 'no')
    for (const field of ['temperature', 'top_p', 'top_k'])
      if (body[field] !== undefined && body[field] !== 1)
        throw refuse(field, 'is not supported by this model');
  if (typeof body.temperature === 'number' && (body.temperature < 0 || body.temperature > 1))
    throw refuse('temperature', 'Input should be from 0 to 1');
  if (!Array.isArray(body.messages)) throw refuse('messages', 'Field required');
  if (isObject(body.thread)) throw threadless();
};

const readLimit = (limit: JsonValue | undefined, { maxOutputTokens }: SimulatedModel): number => {
  if (limit === undefined) throw refuse('max_tokens', 'Field required');
  if (!isWhole(limit) || limit < 0) throw refuse('max_tokens', 'Input should be a valid integer, 0 or more');
  if (limit > maxOutputTokens)
    throw refuse(
      'max_tokens',
      `${limit} > ${maxOutputTokens}, which is the maximum allowed number of output tokens for this model`,
    );
  return limit;
};

const readSystem = (system: JsonValue | undefined, prompt: PromptBuilder): void => {
  if (system === undefined) return;
  prompt.message('system');
  if (isText(system)) {
    prompt.text(system);
    return;
  }
  if (!Array.isArray(system)) throw refuse('system', 'Input should be a valid string or list of text blocks');
  for (const [at, block] of (system as readonly JsonValue[]).entries()) {
    if (!isObject(block) || block.type !== 'text' || !isText(block.text))
      throw refuse(`system.${at}`, 'Input should be a text block');
    if (block.text === '') throw refuse(`system.${at}`, 'text content blocks must be non-empty');
    prompt.text(block.text, cacheOf(block));
  }
};

const readTools = (tools: JsonValue | undefined, prompt: PromptBuilder): readonly AskTool[] => {
  if (tools === undefined) return [];
  if (!Array.isArray(tools)) throw refuse('tools', 'Input should be a valid list');
  const names = new Set<string>();
  return (tools as readonly JsonValue[]).flatMap((tool, at): readonly AskTool[] => {
    if (!isObject(tool) || !isText(tool.name)) throw refuse(`tools.${at}.name`, 'Field required');
    if ('function' in tool) throw refuse(`tools.${at}.function`, 'Extra inputs are not permitted');
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(tool.name))
      throw refuse(`tools.${at}.custom.name`, "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
    if (names.has(tool.name)) throw refuse('tools', 'Tool names must be unique.');
    names.add(tool.name);
    prompt.json(
      { name: tool.name, description: tool.description, input_schema: tool.input_schema },
      cacheOf(tool),
    );
    // the vendor's own tools have a versioned type and no schema; nothing here runs them
    if (isText(tool.type) && tool.type !== 'custom') return [];
    if (!isObject(tool.input_schema)) throw refuse(`tools.${at}.custom.input_schema`, 'Field required');
    if (tool.input_schema.type !== 'object')
      throw refuse(`tools.${at}.custom.input_schema.type`, "Input should be 'object'");
    return [{ name: tool.name, schema: tool.input_schema, isFreeText: false }];
  });
};

const readToolChoice = (
  choice: JsonValue | undefined,
  tools: readonly AskTool[],
  { capabilities }: SimulatedModel,
  thinking: JsonValue | undefined,
): Ask['toolChoice'] => {
  if (choice === undefined) return { type: tools.length > 0 ? 'auto' : 'none' };
  const type = isObject(choice) ? choice.type : undefined;
  if (type === 'auto' || type === 'none') return { type };
  if (type !== 'any' && type !== 'tool')
    throw refuse('tool_choice', "Input tag should be one of 'auto', 'any', 'tool', 'none'");
  if (tools.length === 0) throw refuse('tool_choice', 'may only be specified while providing tools');
  if (!capabilities.forcedTools) throw refuse('tool_choice', `"${type}" is not supported by this model`);
  if (isObject(thinking) && thinking.type === 'enabled')
    throw refuse('', 'Thinking may not be enabled when tool_choice forces tool use.');
  if (type === 'any') return { type: 'required' };
  const name = isObject(choice) ? choice.name : undefined;
  if (!isText(name) || !tools.some((tool) => tool.name === name))
    throw refuse('tool_choice', `Tool '${name}' not found in provided tools`);
  return { type: 'named', name };
};

const readFormat = (config: JsonValue | undefined): Ask['format'] => {
  const format = isObject(config) ? config.format : undefined;
  if (format === undefined || format === null) return { type: 'text' };
  if (!isObject(format) || format.type !== 'json_schema' || !isObject(format.schema))
    throw refuse('output_config.format', 'Input should have type "json_schema" and a schema');
  checkObjects(format.schema, 'output_config.format.schema', 0);
  return { type: 'schema', schema: format.schema };
};

const checkObjects = (schema: JsonValue | undefined, path: string, depth: number): void => {
  if (!isObject(schema) || depth > 30) return;
  if (schema.type === 'object' && schema.additionalProperties !== false)
    throw refuse(path, "For 'object' type, 'additionalProperties' must be explicitly set to false");
  for (const key of ['minimum', 'maximum', 'minLength', 'maxLength', 'maxItems', 'uniqueItems', 'multipleOf'])
    if (key in schema)
      throw refuse(path, `For '${String(schema.type)}' type, property '${key}' is not supported`);
  for (const [name, property] of Object.entries(isObject(schema.properties) ? schema.properties : {}))
    checkObjects(property, `${path}.${name}`, depth + 1);
  checkObjects(schema.items, `${path}.items`, depth + 1);
};
