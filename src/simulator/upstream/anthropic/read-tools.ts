import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { type Ask, type AskTool, isNothing, isText } from '../wire.ts';
import { refuse } from './problem.ts';
import type { Reading } from './reading.ts';
import { checkInputSchema, checkKeptSchema } from './schema.ts';

export const readTools = (
  tools: JsonValue | undefined,
  { prompt, marks, prefix }: Pick<Reading, 'prompt' | 'marks' | 'prefix'>,
): readonly AskTool[] => {
  if (tools === undefined) return [];
  if (!Array.isArray(tools)) throw refuse('tools', 'Input should be a valid list');
  const names = new Set<string>();
  return (tools as readonly JsonValue[]).flatMap((tool, at): readonly AskTool[] => {
    if (!isObject(tool)) throw refuse(`tools.${at}`, 'Input should be an object');
    if (!isNothing(tool.type) && tool.type !== 'custom' && !isHosted(tool))
      throw refuse(
        `tools.${at}`,
        `Input tag '${String(tool.type)}' found using 'type' does not match any of the expected tags`,
      );
    if (!isText(tool.name) && !isHosted(tool)) throw refuse(`tools.${at}.name`, 'Field required');
    const { name, description, input_schema: schema } = tool;
    const definition = { name, description, input_schema: schema };
    prefix.add('tools', JSON.stringify(definition));
    prompt.json(definition, marks.read(tool, `tools.${at}`));
    // the vendor's own tools have a versioned type and no schema; nothing here runs them
    if (isHosted(tool) || !isText(name)) return [];
    const path = `tools.${at}.custom`;
    const extra = Object.keys(tool).find((field) => !toolFields.includes(field));
    if (extra !== undefined) throw refuse(`${path}.${extra}`, 'Extra inputs are not permitted');
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name))
      throw refuse(`${path}.name`, "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
    if (names.has(name)) throw refuse('tools', 'Tool names must be unique.');
    names.add(name);
    if (!isObject(schema)) throw refuse(`${path}.input_schema`, 'Field required');
    checkInputSchema(schema, `${path}.input_schema`);
    if (tool.strict === true) checkKeptSchema(schema, `${path}.input_schema`);
    return [{ name, schema, isFreeText: false }];
  });
};

/** "web_search_20250305", "mcp_toolset". */
const isHosted = ({ type }: JsonObject): boolean => isText(type) && /_20\d{6}$|^mcp_toolset$/.test(type);

const toolFields = [
  ...['type', 'name', 'description', 'input_schema', 'strict', 'cache_control', 'defer_loading'],
  ...['eager_input_streaming', 'input_examples', 'allowed_callers'],
];

export const readToolChoice = (
  choice: JsonValue | undefined,
  tools: readonly AskTool[],
  { capabilities }: SimulatedModel,
  thinking: JsonValue | undefined,
): Ask['toolChoice'] => {
  if (choice === undefined) return { type: tools.length > 0 ? 'auto' : 'none' };
  const type = isObject(choice) ? choice.type : undefined;
  const extra = isObject(choice)
    ? Object.keys(choice).find((field) => !['type', 'name', 'disable_parallel_tool_use'].includes(field))
    : undefined;
  if (extra !== undefined) throw refuse(`tool_choice.${extra}`, 'Extra inputs are not permitted');
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
    throw refuse('tool_choice', `Tool '${String(name)}' not found in provided tools`);
  return { type: 'named', name };
};

export const readFormat = (config: JsonValue | undefined): Ask['format'] => {
  const format = isObject(config) ? config.format : undefined;
  if (isNothing(format)) return { type: 'text' };
  if (!isObject(format) || format.type !== 'json_schema' || !isObject(format.schema))
    throw refuse('output_config.format', 'Input should have type "json_schema" and a schema');
  const extra = Object.keys(format).find((field) => field !== 'type' && field !== 'schema');
  if (extra !== undefined) throw refuse(`output_config.format.${extra}`, 'Extra inputs are not permitted');
  checkKeptSchema(format.schema, 'output_config.format.schema');
  return { type: 'schema', schema: format.schema };
};
