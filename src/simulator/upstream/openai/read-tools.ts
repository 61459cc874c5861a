import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { PromptBuilder } from '../prompt.ts';
import { type Ask, type AskTool, isNothing, isText } from '../wire.ts';
import { problem } from './problem.ts';
import { checkName, checkStrictSchema } from './strict-schema.ts';

const mostTools = 128;

/** Tools are nested here: `{type, function: {…}}`. */
export const readTools = (tools: JsonValue | undefined, prompt: PromptBuilder): readonly AskTool[] => {
  if (isNothing(tools)) return [];
  if (!Array.isArray(tools) || tools.length === 0) throw problem("Invalid 'tools': empty array.", 'tools');
  if (tools.length > mostTools)
    throw problem(
      `Invalid 'tools': array too long, at most ${mostTools}.`,
      'tools',
      'array_above_max_length',
    );
  return (tools as readonly JsonValue[]).map((tool, at): AskTool => {
    const where = `tools[${at}]`;
    const kind = isObject(tool) ? tool.type : undefined;
    if (!isObject(tool) || (kind !== 'function' && kind !== 'custom'))
      throw problem(
        `Invalid value: '${String(kind)}'. Supported values are: 'function' and 'custom'.`,
        `${where}.type`,
        'invalid_value',
      );
    const inner = tool[kind];
    if (!isObject(inner))
      throw problem(
        `Missing required parameter: '${where}.${kind}'.`,
        `${where}.${kind}`,
        'missing_required_parameter',
      );
    const name = checkName(inner.name, `${where}.${kind}.name`);
    prompt.json(inner);
    if (kind === 'custom') return { name, schema: { type: 'object' }, isFreeText: true };
    const schema = isNothing(inner.parameters) ? { type: 'object', properties: {} } : inner.parameters;
    if (!isObject(schema) || schema.type !== 'object')
      throw problem(
        `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"', got 'type: ${isObject(schema) ? String(schema.type) : typeof schema}'.`,
        `${where}.function.parameters`,
        'invalid_function_parameters',
      );
    if (inner.strict === true) checkStrictSchema(schema, name, `${where}.function.parameters`);
    return { name, schema, isFreeText: false };
  });
};

export const readToolChoice = (
  choice: JsonValue | undefined,
  tools: readonly AskTool[],
): Ask['toolChoice'] => {
  if (isNothing(choice)) return { type: tools.length > 0 ? 'auto' : 'none' };
  if (tools.length === 0)
    throw problem("'tool_choice' is only allowed when 'tools' are specified.", 'tool_choice');
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
  if (isObject(choice) && choice.type === 'allowed_tools' && isObject(choice.allowed_tools)) {
    const { mode, tools: allowed } = choice.allowed_tools;
    if ((mode !== 'auto' && mode !== 'required') || !Array.isArray(allowed))
      throw problem(
        "Invalid value for 'tool_choice.allowed_tools': a mode and tools are needed.",
        'tool_choice',
        'invalid_value',
      );
    return { type: mode };
  }
  const name = isObject(choice) ? nameIn(choice) : undefined;
  if (!isText(name) || !tools.some((tool) => tool.name === name))
    throw problem(
      `Invalid value for 'tool_choice': the tool '${String(name)}' was not found in 'tools'.`,
      'tool_choice',
    );
  return { type: 'named', name };
};

const nameIn = (choice: JsonObject): JsonValue | undefined => {
  const inner =
    choice.type === 'custom' ? choice.custom : choice.type === 'function' ? choice.function : undefined;
  return isObject(inner) ? inner.name : undefined;
};

export const readFormat = (format: JsonValue | undefined, messages: readonly JsonValue[]): Ask['format'] => {
  if (isNothing(format)) return { type: 'text' };
  if (!isObject(format))
    throw problem(
      "Invalid type for 'response_format': expected an object.",
      'response_format',
      'invalid_type',
    );
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json_object') {
    if (!/json/i.test(JSON.stringify(messages)))
      throw problem(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        'messages',
      );
    return { type: 'json' };
  }
  const named = format.json_schema;
  if (format.type !== 'json_schema' || !isObject(named))
    throw problem("Missing required parameter: 'response_format.json_schema'.", 'response_format');
  const name = checkName(named.name, 'response_format.json_schema.name');
  if (!isObject(named.schema))
    throw problem(
      "Missing required parameter: 'response_format.json_schema.schema'.",
      'response_format',
      'missing_required_parameter',
    );
  if (named.strict === true) checkStrictSchema(named.schema, name, 'response_format.json_schema.schema');
  return { type: 'schema', schema: named.schema };
};
