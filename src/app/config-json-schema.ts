import { z } from 'zod';
import { isObject, type JsonObject } from '../core/json.ts';
import { configSchema } from './config-schema.ts';

/** The shape of a configuration file as JSON schema, everything in its place: for suggestions and the reference page. */
export const configJsonSchema = (): JsonObject => {
  made ??= withoutNoise(z.toJSONSchema(configSchema, { ...dialect, reused: 'inline' }) as JsonObject);
  return made;
};

/** The same as a file for editors, what is said often said once. */
export const configSchemaFile = (): string => {
  const schema = z.toJSONSchema(configSchema, { ...dialect, reused: 'ref' }) as JsonObject;
  const head = { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Tierwise configuration' };
  return `${JSON.stringify({ ...head, ...withoutNoise(schema) }, null, 2)}\n`;
};

const dialect = { io: 'input', unrepresentable: 'any', target: 'draft-7' } as const;

let made: JsonObject | undefined;

/** Bounds that only say "a safe integer" tell an author nothing. */
const withoutNoise = (schema: JsonObject): JsonObject => {
  const result: Record<string, JsonObject[string]> = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === '$schema' || (typeof value === 'number' && Math.abs(value) === Number.MAX_SAFE_INTEGER))
      continue;
    if (Array.isArray(value))
      result[name] = value.map((entry) => (isObject(entry) ? withoutNoise(entry) : entry));
    else result[name] = isObject(value) ? withoutNoise(value) : value;
  }
  return result;
};
