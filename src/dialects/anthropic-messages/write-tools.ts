import type { ChatRequest, Tool, ToolChoice } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Model } from '../../core/model.ts';
import { customToolSchema } from '../custom-calls.ts';
import { marked } from './cache-marks.ts';
import { cannotSay } from './cannot-say.ts';
import { schemaSubset } from './schema.ts';
import { dialectName, toolName } from './wire.ts';

export interface WrittenTools {
  readonly tools?: readonly JsonObject[];
  readonly tool_choice?: JsonObject;
}

/** Definitions and choice. Throws `not-translatable` for hosted tools of others and for calls that cannot be forced. */
export const writeTools = (request: ChatRequest, model: Model, warnings: Set<string>): WrittenTools => {
  const { toolChoice: choice } = request;
  const allowed = choice?.type === 'subset' ? new Set(choice.names) : undefined;
  if (allowed) warnings.add('tool_choice.allowed_tools');
  const tools = request.tools.flatMap((tool, index) =>
    allowed && !(tool.type !== 'hosted' && allowed.has(tool.name))
      ? []
      : [writeTool(tool, index, model, warnings)],
  );
  refuseTwins(request.tools);
  if (tools.length === 0) {
    const remembered = rememberedTools(request);
    return remembered.length > 0 ? { tools: remembered, tool_choice: { type: 'none' } } : {};
  }
  const written = writeChoice(choice, model);
  if (request.parallelTools !== false || written?.type === 'none')
    return { tools, ...(written && { tool_choice: written }) };
  return { tools, tool_choice: { ...(written ?? { type: 'auto' }), disable_parallel_tool_use: true } };
};

/** Chat takes two tools of one name, Messages none. */
const refuseTwins = (tools: readonly Tool[]): void => {
  const seen = new Set<string>();
  for (const [index, tool] of tools.entries()) {
    if (tool.type === 'hosted') continue;
    const name = toolName(tool.name);
    if (seen.has(name))
      cannotSay(`tools.${index}`, 'has the name of an earlier tool', 'Give each tool a name of its own');
    seen.add(name);
  }
};

const writeTool = (tool: Tool, index: number, model: Model, warnings: Set<string>): JsonObject => {
  const path = `tools.${index}`;
  switch (tool.type) {
    case 'hosted':
      if (tool.dialect === dialectName) return tool.raw as JsonObject;
      return cannotSay(path, `is the hosted tool "${tool.kind.slice(0, 64)}"`);
    case 'custom':
      if (tool.grammar !== undefined) warnings.add('grammar');
      return {
        name: toolName(tool.name),
        ...(tool.description !== undefined && { description: tool.description }),
        input_schema: customToolSchema,
      };
    case 'function': {
      const isStrict = tool.strict === true && model.capabilities.structuredOutput === 'schema';
      if (tool.strict === true && !isStrict) warnings.add('strict');
      const schema = rootObject(tool.schema, path);
      return marked(tool, {
        name: toolName(tool.name),
        ...(tool.description !== undefined && { description: tool.description }),
        input_schema: isStrict ? schemaSubset(schema, path) : schema,
        ...(isStrict && { strict: true }),
      });
    }
  }
};

const rootObject = (schema: JsonObject | undefined, path: string): JsonObject => {
  if (!schema || Object.keys(schema).length === 0) return { type: 'object', properties: {} };
  for (const word of ['anyOf', 'oneOf', 'allOf'])
    if (schema[word] !== undefined)
      cannotSay(path, `has \`${word}\` at the root of its schema`, 'Move it into a property');
  if (schema.type === 'object') return schema;
  if (schema.type !== undefined) cannotSay(path, 'has a schema that is not of the type "object"');
  return { type: 'object', ...schema };
};

/** A conversation that has called tools needs their definitions, even if none may be called any more. */
const rememberedTools = (request: ChatRequest): readonly JsonObject[] => {
  const names = new Set<string>();
  for (const { blocks } of request.turns)
    for (const block of blocks) if (block.type === 'tool-call') names.add(block.name);
  return [...names].map((name) => ({
    name: toolName(name),
    input_schema: { type: 'object', properties: {} },
  }));
};

const writeChoice = (choice: ToolChoice | undefined, model: Model): JsonObject | undefined => {
  if (!choice || choice.type === 'auto') return undefined;
  if (choice.type === 'none') return { type: 'none' };
  if (choice.type === 'subset' && !choice.isRequired) return undefined;
  if (!model.capabilities.forcedTools)
    cannotSay('tool_choice', 'forces a call', 'Use "auto", or a model that can be forced');
  return choice.type === 'named' ? { type: 'tool', name: toolName(choice.name) } : { type: 'any' };
};
