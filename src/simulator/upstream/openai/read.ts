import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { PromptBuilder } from '../prompt.ts';
import { type Ask, type AskTool, isText, isWhole, type Thinking, WireProblem } from '../wire.ts';
import { problem } from './problem.ts';
import { readMessages } from './read-messages.ts';

/** Reads a Chat Completions body, as strictly as the vendor does in the matters that gateways get wrong. */
export const readChat = (body: JsonObject, model: SimulatedModel): Ask => {
  const prompt = new PromptBuilder();
  const tools = readTools(body.tools, prompt);
  const messages = body.messages;
  if (!Array.isArray(messages)) throw problem("Missing required parameter: 'messages'.", 'messages');
  if (messages.length === 0) throw problem("'messages' must hold at least one message.", 'messages');
  const { userText, results } = readMessages(messages as readonly JsonValue[], prompt);
  const format = readFormat(body.response_format, messages as readonly JsonValue[]);
  const stop =
    body.stop === undefined || body.stop === null ? [] : isText(body.stop) ? [body.stop] : body.stop;
  if (!Array.isArray(stop) || stop.length > 4 || !stop.every(isText))
    throw problem("'stop' is a text or a list of up to four.", 'stop');
  checkSampling(body, model);
  if (body.stream_options !== undefined && body.stream_options !== null && body.stream !== true)
    throw problem("'stream_options' is only allowed when 'stream' is true.", 'stream_options');
  const choices = body.n ?? 1;
  if (!isWhole(choices) || choices < 1 || choices > 128)
    throw problem("'n' is a whole number from 1 to 128.", 'n');
  if (prompt.tokens > model.contextTokens)
    throw new WireProblem(
      400,
      `This model's maximum context length is ${model.contextTokens} tokens. However, your messages resulted in ${prompt.tokens} tokens.`,
      { param: 'messages', code: 'context_length_exceeded' },
    );
  return {
    segments: prompt.segments,
    userText,
    results,
    tools,
    toolChoice: readToolChoice(body.tool_choice, tools),
    isParallel: body.parallel_tool_calls !== false,
    format,
    stop: stop as readonly string[],
    maxTokens: readLimit(body, model),
    thinking: readThinking(body.reasoning_effort, model),
    isStream: body.stream === true,
    wantsUsage: isObject(body.stream_options) && body.stream_options.include_usage === true,
    choices,
  };
};

const readTools = (tools: JsonValue | undefined, prompt: PromptBuilder): readonly AskTool[] => {
  if (tools === undefined || tools === null) return [];
  if (!Array.isArray(tools) || tools.length === 0) throw problem("Invalid 'tools': empty array.", 'tools');
  if (tools.length > 128)
    throw problem("Invalid 'tools': array too long, at most 128.", 'tools', 'array_above_max_length');
  return (tools as readonly JsonValue[]).map((tool, at): AskTool => {
    const where = `tools[${at}]`;
    const inner = isObject(tool) ? (tool.type === 'custom' ? tool.custom : tool.function) : undefined;
    if (!isObject(tool) || !isObject(inner) || !isText(inner.name))
      throw problem(`Missing required parameter: '${where}.function.name'.`, `${where}.function`);
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(inner.name))
      throw problem(
        `Invalid '${where}.function.name': string does not match pattern '^[a-zA-Z0-9_-]+$'.`,
        `${where}.function.name`,
      );
    prompt.json(inner);
    const schema = isObject(inner.parameters) ? inner.parameters : { type: 'object', properties: {} };
    return { name: inner.name, schema, isFreeText: tool.type === 'custom' };
  });
};

const readToolChoice = (choice: JsonValue | undefined, tools: readonly AskTool[]): Ask['toolChoice'] => {
  if (choice === undefined || choice === null) return { type: tools.length > 0 ? 'auto' : 'none' };
  if (tools.length === 0)
    throw problem("'tool_choice' is only allowed when 'tools' are specified.", 'tool_choice');
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
  if (isObject(choice) && choice.type === 'allowed_tools' && isObject(choice.allowed_tools))
    return { type: choice.allowed_tools.mode === 'required' ? 'required' : 'auto' };
  const inner = isObject(choice) ? (choice.type === 'custom' ? choice.custom : choice.function) : undefined;
  const name = isObject(inner) ? inner.name : undefined;
  if (!isText(name) || !tools.some((tool) => tool.name === name))
    throw problem(
      `Invalid value for 'tool_choice': the tool '${name}' was not found in 'tools'.`,
      'tool_choice',
    );
  return { type: 'named', name };
};

const readFormat = (format: JsonValue | undefined, messages: readonly JsonValue[]): Ask['format'] => {
  if (!isObject(format) || format.type === 'text') return { type: 'text' };
  if (format.type === 'json_object') {
    if (!/json/i.test(JSON.stringify(messages)))
      throw problem(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        'messages',
      );
    return { type: 'json' };
  }
  const named = format.json_schema;
  if (format.type !== 'json_schema' || !isObject(named) || !isText(named.name) || !isObject(named.schema))
    throw problem("Missing required parameter: 'response_format.json_schema'.", 'response_format');
  return { type: 'schema', schema: named.schema };
};

const checkSampling = (body: JsonObject, { capabilities }: SimulatedModel): void => {
  const { temperature } = body;
  if (typeof temperature === 'number' && (temperature < 0 || temperature > 2))
    throw problem("Invalid 'temperature': expected a value from 0 to 2.", 'temperature');
  if (capabilities.sampling === 'yes') return;
  for (const field of ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty'])
    if (
      body[field] !== undefined &&
      body[field] !== null &&
      body[field] !== (field.endsWith('penalty') ? 0 : 1)
    )
      throw problem(
        `Unsupported value: '${field}' does not support this value with this model. Only the default is supported.`,
        field,
        'unsupported_value',
      );
};

const readLimit = (body: JsonObject, { capabilities, maxOutputTokens }: SimulatedModel): number => {
  if (
    body.max_tokens !== undefined &&
    body.max_tokens !== null &&
    capabilities.maxTokensField !== 'max_tokens'
  )
    throw problem(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    );
  for (const field of ['max_completion_tokens', 'max_tokens']) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    if (!isWhole(value) || value < 1)
      throw problem(`Invalid '${field}': integer below minimum value, expected 1 or more.`, field);
    if (value > maxOutputTokens)
      throw problem(
        `${field} is too large: ${value}. This model supports at most ${maxOutputTokens} completion tokens.`,
        field,
      );
    return value;
  }
  return maxOutputTokens;
};

const effortTokens: Readonly<Record<string, number>> = {
  minimal: 64,
  low: 256,
  medium: 800,
  high: 2000,
  xhigh: 4000,
  max: 8000,
};

const readThinking = (effort: JsonValue | undefined, { capabilities }: SimulatedModel): Thinking => {
  if (effort === undefined || effort === null) return { type: 'none', upToTokens: 0 };
  const { reasoning } = capabilities;
  const takes = reasoning.type === 'effort' ? (reasoning.efforts as readonly string[]) : [];
  if (!isText(effort) || !takes.includes(effort))
    throw problem(
      takes.length === 0
        ? "Unsupported parameter: 'reasoning_effort' is not supported with this model."
        : `Unsupported value: 'reasoning_effort' does not support '${effort}' with this model. Supported values are: ${takes.join(', ')}.`,
      'reasoning_effort',
      takes.length === 0 ? 'unsupported_parameter' : 'unsupported_value',
    );
  const tokens = effortTokens[effort] ?? 0;
  return tokens === 0 ? { type: 'none', upToTokens: 0 } : { type: 'hidden', upToTokens: tokens };
};
