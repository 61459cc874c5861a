import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import type { PromptBuilder } from '../prompt.ts';
import { type Ask, type AskTool, isNothing, isText } from '../wire.ts';
import { arrayAt, fieldsOf, objectAt } from './fields.ts';
import { invalid } from './problem.ts';
import { checkOpenApiSchema } from './schema.ts';

const hostedTools =
  'googleSearch googleSearchRetrieval urlContext codeExecution fileSearch computerUse googleMaps mcpServers';
const toolFields = fieldsOf(`functionDeclarations ${hostedTools}`);
const declarationFields = fieldsOf(
  'name description parameters parametersJsonSchema response responseJsonSchema behavior',
);
const mostDeclarations = 512;

export interface ReadTools {
  readonly tools: readonly AskTool[];
  readonly hasHosted: boolean;
}

export const readTools = (
  value: JsonValue | undefined,
  model: SimulatedModel,
  prompt: PromptBuilder,
): ReadTools => {
  const tools: AskTool[] = [];
  let hasHosted = false;
  for (const [at, each] of arrayAt(value, 'tools').entries()) {
    const tool = objectAt(each, `tools[${at}]`, toolFields);
    hasHosted ||= Object.keys(tool).some((name) => name !== 'functionDeclarations');
    const path = `tools[${at}].function_declarations`;
    for (const [index, declaration] of arrayAt(tool.functionDeclarations, path).entries())
      tools.push(readDeclaration(declaration, `${path}[${index}]`, tools, prompt));
  }
  if (tools.length > 0 && !model.capabilities.tools)
    throw invalid(`Function calling is not enabled for models/${model.name}`, 'tools');
  if (tools.length > mostDeclarations)
    throw invalid(`At most ${mostDeclarations} function declarations are supported.`, 'tools');
  if (tools.length > 0 && hasHosted && isOld(model))
    throw invalid('Built-in tools and function calling cannot be combined at this model.', 'tools');
  return { tools, hasHosted };
};

/** Before Gemini 3. */
export const isOld = ({ rules }: SimulatedModel): boolean => (rules?.generation ?? 3) < 3;

const readDeclaration = (
  value: JsonValue,
  path: string,
  before: readonly AskTool[],
  prompt: PromptBuilder,
): AskTool => {
  const declaration = objectAt(value, path, declarationFields);
  const { name, parameters, parametersJsonSchema } = declaration;
  if (!isText(name) || !isToolName(name))
    throw invalid(
      `Invalid function name at '${path}.name'. Must start with a letter or an underscore, be of a-z, A-Z, 0-9, underscores, dots, colons or dashes, and have at most 128 characters.`,
      `${path}.name`,
    );
  if (before.some((tool) => tool.name === name))
    throw invalid(`Duplicate function declaration found: ${name}`, `${path}.name`);
  if (!isNothing(parameters) && !isNothing(parametersJsonSchema))
    throw invalid(`Only one of parameters and parameters_json_schema may be set at '${path}'.`, path);
  if (!isNothing(parameters)) checkOpenApiSchema(parameters, `${path}.parameters`);
  if (!isNothing(parametersJsonSchema) && !isObject(parametersJsonSchema))
    throw invalid(`Invalid value at '${path}.parameters_json_schema': expected a JSON schema.`, path);
  const schema = parametersJsonSchema ?? parameters;
  if (isObject(schema) && String(schema.type).toLowerCase() !== 'object')
    throw invalid(`The schema at '${path}.parameters' should be of type OBJECT.`, `${path}.parameters`);
  prompt.json(declaration);
  return {
    name,
    schema: isObject(schema) ? lowered(schema) : { type: 'object', properties: {} },
    isFreeText: false,
  };
};

export const isToolName = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(name);

/** Types in lower case, as the maker of instances reads them. */
export const lowered = (schema: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      name === 'type' && isText(value)
        ? value.toLowerCase()
        : name === 'properties' && isObject(value)
          ? Object.fromEntries(
              Object.entries(value).map(([key, inner]) => [key, isObject(inner) ? lowered(inner) : inner]),
            )
          : isObject(value)
            ? lowered(value)
            : Array.isArray(value)
              ? (value as readonly JsonValue[]).map((inner) => (isObject(inner) ? lowered(inner) : inner))
              : value,
    ]),
  );

const configFields = fieldsOf('functionCallingConfig retrievalConfig includeServerSideToolInvocations');
const callingFields = fieldsOf('mode allowedFunctionNames streamFunctionCallArguments');

/** The choice, with the tools that it leaves. */
export const readToolChoice = (
  value: JsonValue | undefined,
  tools: readonly AskTool[],
): { readonly choice: Ask['toolChoice']; readonly tools: readonly AskTool[] } => {
  const usual = { choice: { type: tools.length > 0 ? 'auto' : 'none' }, tools } as const;
  if (isNothing(value)) return usual;
  const config = objectAt(value, 'tool_config', configFields).functionCallingConfig;
  if (isNothing(config)) return usual;
  const path = 'tool_config.function_calling_config';
  const { mode, allowedFunctionNames } = objectAt(config, path, callingFields);
  const names = arrayAt(allowedFunctionNames, `${path}.allowed_function_names`);
  if (!isNothing(mode) && !['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'].includes(String(mode)))
    throw invalid(`Invalid value at '${path}.mode': ${JSON.stringify(mode)}`, `${path}.mode`);
  if (names.length > 0 && mode !== 'ANY' && mode !== 'VALIDATED')
    throw invalid(
      'Allowed function names are only supported with the function calling modes ANY and VALIDATED.',
      path,
    );
  const missing = names.find((name) => !tools.some((tool) => tool.name === name));
  if (missing !== undefined)
    throw invalid(
      `allowed_function_names holds '${String(missing)}', which is not a declared function.`,
      path,
    );
  if (mode === 'ANY' && tools.length === 0)
    throw invalid('Function calling mode ANY needs function declarations.', path);
  const left = names.length > 0 ? tools.filter(({ name }) => names.includes(name)) : tools;
  if (mode === 'NONE') return { choice: { type: 'none' }, tools };
  if (mode !== 'ANY') return { choice: usual.choice, tools: left };
  return left.length === 1 && names.length === 1
    ? { choice: { type: 'named', name: left[0]?.name ?? '' }, tools: left }
    : { choice: { type: 'required' }, tools: left };
};
