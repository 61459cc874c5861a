import { isObject, type JsonObject, type JsonValue } from '../core/json.ts';

/** A tool's schema as OpenAI takes it: an object, and one that says which properties it has. */
export const toolSchema = (schema: JsonObject | undefined): JsonObject => {
  if (!schema) return { type: 'object', properties: {} };
  const isPlain = !combiners.some((key) => key in schema);
  const isObjectType = schema.type === 'object' || (schema.type === undefined && isPlain);
  if (!isObjectType || (schema.type === 'object' && (isObject(schema.properties) || !isPlain))) return schema;
  return { ...schema, type: 'object', properties: schema.properties ?? {} };
};

const combiners = ['$ref', 'anyOf', 'oneOf', 'allOf'];

/**
 * Whether OpenAI would take a schema with `strict`: every object closed, every property required, no
 * combination at the root. Other vendors' strict modes ask for less.
 */
export const strictReady = (schema: JsonObject): boolean =>
  schema.type === 'object' && !combiners.some((key) => key in schema) && holds(schema, 0);

const holds = (schema: JsonValue | undefined, depth: number): boolean => {
  if (!isObject(schema)) return typeof schema !== 'boolean';
  if (depth > 10) return false;
  const isObjectType =
    schema.type === 'object' || (Array.isArray(schema.type) && schema.type.includes('object'));
  if (isObjectType || isObject(schema.properties)) {
    if (schema.additionalProperties !== false) return false;
    const required: readonly JsonValue[] = Array.isArray(schema.required) ? schema.required : [];
    const properties = isObject(schema.properties) ? schema.properties : {};
    if (!Object.keys(properties).every((key) => required.includes(key))) return false;
  }
  if ('oneOf' in schema || 'allOf' in schema || 'not' in schema) return false;
  return (
    holds(schema.items, depth + 1) &&
    every(schema.anyOf, depth) &&
    values(schema.properties).every((inner) => holds(inner, depth + 1)) &&
    values(schema.$defs).every((inner) => holds(inner, depth + 1)) &&
    values(schema.definitions).every((inner) => holds(inner, depth + 1))
  );
};

const every = (list: JsonValue | undefined, depth: number): boolean =>
  !Array.isArray(list) || list.every((inner: JsonValue) => holds(inner, depth + 1));

const values = (value: JsonValue | undefined): readonly (JsonValue | undefined)[] =>
  isObject(value) ? Object.values(value) : [];
