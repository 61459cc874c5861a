import type { ChatRequest, Tool, ToolChoice } from '../../core/chat.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import type { Model } from '../../core/model.ts';
import { customToolSchema } from '../custom-calls.ts';
import { letteredName } from '../names.ts';
import { cannotSay } from './cannot-say.ts';
import { dialectName } from './wire.ts';
import { type SchemaRoom, schemaRoom, schemaSubset } from './write-schema.ts';

export interface WrittenTools {
  readonly tools?: readonly JsonObject[];
  readonly toolConfig?: JsonObject;
}

/** Declarations and choice. Throws `not-translatable` for hosted tools of others and calls that cannot be forced. */
export const writeTools = (request: ChatRequest, model: Model, warnings: Set<string>): WrittenTools => {
  const functions: JsonObject[] = [];
  const hosted: JsonObject[] = [];
  const room = schemaRoom();
  const names = new Set<string>();
  request.tools.forEach((tool, index) => {
    const path = `tools.${index}`;
    if (tool.type !== 'hosted') {
      if (names.has(tool.name))
        cannotSay(path, 'has the name of an earlier tool', 'Give each tool a name of its own');
      names.add(tool.name);
      functions.push(writeFunction(tool, path, room, warnings));
    } else if (tool.dialect === dialectName) hosted.push(tool.raw as JsonObject);
    else cannotSay(path, `is the hosted tool "${tool.kind.slice(0, 64)}"`);
  });
  if (functions.length === 0) return hosted.length > 0 ? { tools: hosted } : {};
  if (request.parallelTools === false) warnings.add('parallel_tool_calls');
  const isStrict = request.tools.some((tool) => tool.type === 'function' && tool.strict === true);
  const calling = writeChoice(request.toolChoice, isStrict, model);
  return {
    tools: [{ functionDeclarations: functions }, ...hosted],
    ...(calling && { toolConfig: { functionCallingConfig: calling } }),
  };
};

const writeFunction = (
  tool: Exclude<Tool, { type: 'hosted' }>,
  path: string,
  room: SchemaRoom,
  warnings: Set<string>,
): JsonObject => {
  if (tool.type === 'custom' && tool.grammar !== undefined) warnings.add('grammar');
  const schema = tool.type === 'custom' ? customToolSchema : tool.schema;
  const written = schema && hasArguments(schema) && rootObject(schema, path, room);
  return {
    name: letteredName(tool.name),
    ...(tool.description !== undefined && { description: tool.description }),
    ...(written && { parametersJsonSchema: written }),
  };
};

/** A function without any is declared without a schema: an object of no properties has been refused. */
const hasArguments = (schema: JsonObject): boolean =>
  (isObject(schema.properties) && Object.keys(schema.properties).length > 0) ||
  Object.entries(schema).some(
    ([key, value]) => !plainWords.has(key) && !(key === 'additionalProperties' && value === false),
  );

const plainWords: ReadonlySet<string> = new Set([
  'type',
  'properties',
  'required',
  '$schema',
  'title',
  'description',
]);

/** What has another form is declared as an object all the same: Google takes nothing else for a function. */
const rootObject = (schema: JsonObject, path: string, room: SchemaRoom): JsonObject => {
  const { type, ...written } = schemaSubset(schema, path, { isLoose: true, room });
  if (type !== undefined && type !== 'object')
    cannotSay(path, 'has a schema that is not of the type "object"', 'Put it into a property of one');
  return { type: 'object', ...written };
};

const writeChoice = (
  choice: ToolChoice | undefined,
  isStrict: boolean,
  model: Model,
): JsonObject | undefined => {
  const free = isStrict ? 'VALIDATED' : 'AUTO';
  switch (choice?.type) {
    case undefined:
      return isStrict ? { mode: free } : undefined;
    case 'auto':
      return { mode: free };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      mayForce(model);
      return { mode: 'ANY' };
    case 'named':
      mayForce(model);
      return { mode: 'ANY', allowedFunctionNames: [letteredName(choice.name)] };
    case 'subset':
      if (choice.isRequired) mayForce(model);
      // names go with these two modes only
      return {
        mode: choice.isRequired ? 'ANY' : 'VALIDATED',
        allowedFunctionNames: choice.names.map(letteredName),
      };
  }
};

const mayForce = ({ capabilities }: Model): void => {
  if (!capabilities.forcedTools)
    cannotSay('tool_choice', 'forces a call', 'Use "auto", or a model that can be forced');
};
