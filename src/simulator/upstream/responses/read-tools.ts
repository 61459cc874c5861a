import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { problem, unknown } from '../openai/problem.ts';
import { checkVerbosity } from '../openai/read-settings.ts';
import { checkName, checkStrictSchema } from '../openai/strict-schema.ts';
import type { PromptBuilder } from '../prompt.ts';
import { type Ask, type AskTool, isNothing, isText } from '../wire.ts';

/** Run by the vendor; nothing here runs them. */
const hostedTools = [
  'web_search',
  'web_search_preview',
  'file_search',
  'code_interpreter',
  'image_generation',
  'mcp',
  'computer',
  'computer_use_preview',
  'shell',
  'local_shell',
  'apply_patch',
  'tool_search',
  'namespace',
  'programmatic_tool_calling',
];

/** Tools that stand among the items, in namespaces: so Codex offers them to OpenAI's newest models. */
export const readAdditionalTools = (
  items: readonly JsonValue[],
  prompt: PromptBuilder,
): readonly AskTool[] => {
  const offers = items.filter(isObject).filter(({ type }) => type === 'additional_tools');
  const tools = offers.flatMap(({ tools: offered }) =>
    Array.isArray(offered) ? (offered as JsonValue[]) : [],
  );
  const inner = tools.flatMap((tool) =>
    isObject(tool) && tool.type === 'namespace' && Array.isArray(tool.tools)
      ? (tool.tools as JsonValue[])
      : [tool],
  );
  return inner.length > 0 ? readTools(inner, prompt) : [];
};

/** Tools are flat here, and strict unless they say that they are not; with `null` the vendor sees what it can do. */
export const readTools = (tools: JsonValue | undefined, prompt: PromptBuilder): readonly AskTool[] => {
  if (isNothing(tools)) return [];
  if (!Array.isArray(tools))
    throw problem("Invalid type for 'tools': expected an array.", 'tools', 'invalid_type');
  return (tools as readonly JsonValue[]).flatMap((tool, at): readonly AskTool[] => {
    const where = `tools[${at}]`;
    if (!isObject(tool) || !isText(tool.type))
      throw problem(
        `Missing required parameter: '${where}.type'.`,
        `${where}.type`,
        'missing_required_parameter',
      );
    prompt.json(tool);
    if (hostedTools.some((kind) => tool.type === kind || String(tool.type).startsWith(`${kind}_20`)))
      return [];
    if (tool.type !== 'function' && tool.type !== 'custom')
      throw problem(`Invalid value: '${tool.type}'.`, `${where}.type`, 'invalid_value');
    if ('function' in tool || 'custom' in tool)
      throw unknown(`${where}.${'function' in tool ? 'function' : 'custom'}`);
    const name = checkName(tool.name, `${where}.name`);
    if (tool.type === 'custom') return [{ name, schema: { type: 'object' }, isFreeText: true }];
    const { parameters } = tool;
    if (!isNothing(parameters) && (!isObject(parameters) || parameters.type !== 'object'))
      throw problem(
        `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"'.`,
        `${where}.parameters`,
        'invalid_function_parameters',
      );
    const schema = isObject(parameters) ? parameters : { type: 'object', properties: {} };
    if (tool.strict !== false && tool.strict !== null && isObject(parameters))
      checkStrictSchema(parameters, name, `${where}.parameters`);
    return [{ name, schema, isFreeText: false }];
  });
};

export const readToolChoice = (
  choice: JsonValue | undefined,
  tools: readonly AskTool[],
  body: JsonObject,
): Ask['toolChoice'] => {
  if (isNothing(choice)) return { type: tools.length > 0 ? 'auto' : 'none' };
  if (choice === 'auto' || choice === 'none') return { type: choice };
  const hasTools = Array.isArray(body.tools) && body.tools.length > 0;
  if (!hasTools)
    throw problem(
      "Tool choice must be 'auto' or 'none' where there are no 'tools'.",
      'tool_choice',
      'invalid_value',
    );
  if (choice === 'required') return { type: 'required' };
  if (!isObject(choice)) throw problem(`Invalid value: '${choice}'.`, 'tool_choice', 'invalid_value');
  if (choice.type === 'allowed_tools') {
    if (choice.mode !== 'auto' && choice.mode !== 'required')
      throw problem(
        "Missing required parameter: 'tool_choice.mode'.",
        'tool_choice.mode',
        'missing_required_parameter',
      );
    return { type: choice.mode };
  }
  if (choice.type !== 'function' && choice.type !== 'custom') return { type: 'auto' };
  if ('function' in choice) throw unknown('tool_choice.function');
  const { name } = choice;
  if (!isText(name) || !tools.some((tool) => tool.name === name))
    throw problem(
      `Tool choice '${String(name)}' not found in 'tools' parameter.`,
      'tool_choice',
      'invalid_value',
    );
  return { type: 'named', name };
};

/** `text`: the format is one level flatter than Chat's. */
export const readFormat = (text: JsonValue | undefined, isJsonSaid: () => boolean): Ask['format'] => {
  if (isNothing(text)) return { type: 'text' };
  if (!isObject(text)) throw problem("Invalid type for 'text': expected an object.", 'text', 'invalid_type');
  checkVerbosity(text.verbosity, 'text.verbosity');
  const { format } = text;
  if (isNothing(format)) return { type: 'text' };
  if (!isObject(format)) throw problem("Invalid type for 'text.format'.", 'text.format', 'invalid_type');
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json_object') {
    if (isJsonSaid()) return { type: 'json' };
    throw problem(
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      'input',
    );
  }
  if (format.type !== 'json_schema')
    throw problem(`Invalid value: '${format.type}'.`, 'text.format.type', 'invalid_value');
  if ('json_schema' in format) throw unknown('text.format.json_schema');
  const name = checkName(format.name, 'text.format.name');
  if (!isObject(format.schema))
    throw problem(
      "Missing required parameter: 'text.format.schema'.",
      'text.format.schema',
      'missing_required_parameter',
    );
  if (format.strict === true) checkStrictSchema(format.schema, name, 'text.format.schema');
  return { type: 'schema', schema: format.schema };
};
