import type { Tool, ToolChoice } from '../../core/chat.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import {
  kindOf,
  optionalArray,
  optionalObject,
  optionalString,
  refuse,
  requiredObject,
  requiredString,
} from '../fields.ts';
import { jsonSchemaOf, plainSchemaOf } from './read-schema.ts';
import { camelName, dialectName, field } from './wire.ts';

/** Functions, and each tool that Google runs as one of its own. */
export const readTools = (value: JsonValue | undefined): readonly Tool[] => {
  const list = optionalArray(value, 'tools');
  if (!list) return noTools;
  const tools: Tool[] = [];
  const names = new Set<string>();
  for (let at = 0; at < list.length; at++) {
    const raw = requiredObject(list[at], () => `tools.${at}`);
    for (const [key, inner] of Object.entries(raw)) {
      if (inner === undefined || inner === null) continue;
      const kind = camelName(key);
      if (kind !== 'functionDeclarations') {
        tools.push({ type: 'hosted', dialect: dialectName, kind, raw: { [kind]: inner } });
        continue;
      }
      const path = `tools.${at}.functionDeclarations`;
      const declarations = optionalArray(inner, path) ?? [];
      for (let index = 0; index < declarations.length; index++) {
        const tool = readFunction(declarations[index], () => `${path}.${index}`);
        if (names.has(tool.name))
          refuse(
            `${path}.${index}.name`,
            'is the name of an earlier function, too: names have to be unique.',
          );
        names.add(tool.name);
        tools.push(tool);
      }
    }
  }
  return tools;
};

const noTools: readonly Tool[] = [];

const readFunction = (value: JsonValue | undefined, path: () => string): Tool & { type: 'function' } => {
  const raw = requiredObject(value, path);
  const description = optionalString(raw.description, () => `${path()}.description`);
  const schema = optionalObject(raw.parameters, () => `${path()}.parameters`);
  const jsonSchema = optionalObject(
    field(raw, 'parametersJsonSchema'),
    () => `${path()}.parametersJsonSchema`,
  );
  if (schema && jsonSchema)
    refuse(() => `${path()}.parameters`, 'cannot stand beside `parametersJsonSchema`: send one of them.');
  return {
    type: 'function',
    name: requiredString(raw.name, () => `${path()}.name`),
    ...(description !== undefined && { description }),
    ...(schema && { schema: jsonSchemaOf(schema) }),
    ...(jsonSchema && { schema: plainSchemaOf(jsonSchema) }),
  };
};

export interface ReadToolConfig {
  readonly toolChoice?: ToolChoice;
  /** Calls are held to their schemas: what other dialects call strict. */
  readonly isValidated: boolean;
  readonly extras: JsonObject;
}

export const readToolConfig = (value: JsonValue | undefined, tools: readonly Tool[]): ReadToolConfig => {
  const config = optionalObject(value, 'toolConfig');
  if (!config) return noConfig;
  const calling = optionalObject(field(config, 'functionCallingConfig'), 'toolConfig.functionCallingConfig');
  const extras = [
    ...unknownMembers(config, 'toolConfig', ['functionCallingConfig']),
    ...(calling ? unknownMembers(calling, callingPath, ['mode', 'allowedFunctionNames']) : []),
  ];
  if (!calling) return { isValidated: false, extras: Object.fromEntries(extras) };
  const mode = (optionalString(calling.mode, `${callingPath}.mode`) || 'AUTO').toUpperCase();
  const toolChoice = readChoice(mode, readAllowed(calling, tools), tools);
  return {
    ...(toolChoice && { toolChoice }),
    isValidated: mode === 'VALIDATED',
    extras: Object.fromEntries(extras),
  };
};

const callingPath = 'toolConfig.functionCallingConfig';

const noConfig: ReadToolConfig = { isValidated: false, extras: {} };

const unknownMembers = (
  raw: JsonObject,
  path: string,
  known: readonly string[],
): readonly (readonly [string, JsonValue])[] =>
  Object.entries(raw).flatMap(([key, value]) =>
    value === undefined || value === null || known.includes(camelName(key))
      ? []
      : [[`${path}.${camelName(key)}`, value] as const],
  );

const readAllowed = (calling: JsonObject, tools: readonly Tool[]): readonly string[] => {
  const path = `${callingPath}.allowedFunctionNames`;
  const list = optionalArray(field(calling, 'allowedFunctionNames'), path) ?? [];
  return list.map((name, index) => {
    if (typeof name !== 'string')
      return refuse(`${path}.${index}`, `has to be a string; it is ${kindOf(name)}.`);
    if (!tools.some((tool) => tool.type === 'function' && tool.name === name))
      refuse(`${path}.${index}`, 'is the name of no function in `tools`.');
    return name;
  });
};

const readChoice = (
  mode: string,
  names: readonly string[],
  tools: readonly Tool[],
): ToolChoice | undefined => {
  switch (mode) {
    case 'NONE':
      return { type: 'none' };
    case 'ANY': {
      if (tools.length === 0) refuse(`${callingPath}.mode`, 'wants a call, but there are no `tools`.');
      const [only] = names;
      if (only === undefined) return { type: 'required' };
      return names.length === 1 ? { type: 'named', name: only } : { type: 'subset', names, isRequired: true };
    }
    case 'AUTO':
    case 'VALIDATED':
    case 'MODE_UNSPECIFIED':
      if (names.length > 0) return { type: 'subset', names, isRequired: false };
      return mode === 'MODE_UNSPECIFIED' ? undefined : { type: 'auto' };
    default:
      return refuse(`${callingPath}.mode`, 'has to be "AUTO", "ANY", "NONE" or "VALIDATED".');
  }
};
