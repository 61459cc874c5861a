import { isObject, type JsonObject } from '../../../core/json.ts';
import { isOfType, isRecursive, listOf, schemasIn } from '../schema-walk.ts';
import { refuse } from './problem.ts';

const refusedKeywords = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['pattern', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'not', 'oneOf', 'if', 'then'],
  ...['else', 'patternProperties', 'dependentRequired', 'dependentSchemas', 'contains', 'propertyNames'],
];
const formats = [
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
];

/** What a schema may not hold where an answer or arguments are kept to it. */
export const checkKeptSchema = (root: JsonObject, path: string): void => {
  if (isRecursive(root)) throw refuse(path, 'Recursive schemas are not supported');
  for (const { schema, path: at } of schemasIn(root, path)) {
    const type = String(schema.type);
    if ((isOfType(schema, 'object') || isObject(schema.properties)) && schema.additionalProperties !== false)
      throw refuse(at, "For 'object' type, 'additionalProperties' must be explicitly set to false");
    const refused = refusedKeywords.find((keyword) => keyword in schema);
    if (refused !== undefined) throw refuse(at, `For '${type}' type, property '${refused}' is not supported`);
    if (typeof schema.minItems === 'number' && schema.minItems > 1)
      throw refuse(at, `For 'array' type, 'minItems' values other than 0 or 1 are not supported`);
    if (typeof schema.format === 'string' && !formats.includes(schema.format))
      throw refuse(at, `For '${type}' type, format '${schema.format}' is not supported`);
  }
};

/** What no tool may have at the root of its input, strict or not. */
export const checkInputSchema = (schema: JsonObject, path: string): void => {
  if (schema.type !== 'object') throw refuse(`${path}.type`, "Input should be 'object'");
  const choice = ['oneOf', 'allOf', 'anyOf'].find((keyword) => keyword in schema);
  if (choice !== undefined)
    throw refuse(path, 'input_schema does not support oneOf, allOf, or anyOf at the top level');
  if ('required' in schema && listOf(schema.required).some((name) => typeof name !== 'string'))
    throw refuse(path, 'JSON schema is invalid');
};
