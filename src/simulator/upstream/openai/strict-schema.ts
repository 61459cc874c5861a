import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { isOfType, listOf, schemasIn } from '../schema-walk.ts';
import { isText, type WireProblem } from '../wire.ts';
import { problem } from './problem.ts';

/** Schemas that are kept to the letter have no use for these. */
const refusedKeywords = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
];

/** What a schema may not hold where answers or arguments are to fit it without exception. */
export const checkStrictSchema = (root: JsonObject, name: string, param: string): void => {
  const invalid = (path: string, reason: string): WireProblem =>
    problem(`Invalid schema for '${name}': In context=(${path}), ${reason}.`, param, 'invalid_json_schema');
  if (!isOfType(root, 'object') || 'anyOf' in root)
    throw invalid('', `schema must be of type "object" and without "anyOf" at its root`);
  for (const { schema, path } of schemasIn(root, 'root')) {
    const refused = refusedKeywords.find((keyword) => keyword in schema);
    if (refused !== undefined) throw invalid(path, `'${refused}' is not permitted`);
    if (!isOfType(schema, 'object') && !isObject(schema.properties)) continue;
    if (schema.additionalProperties !== false)
      throw invalid(path, `'additionalProperties' is required to be supplied and to be false`);
    const required = listOf(schema.required);
    const missing = Object.keys(isObject(schema.properties) ? schema.properties : {}).find(
      (property) => !required.includes(property),
    );
    if (missing !== undefined)
      throw invalid(path, `'required' has to name every key in properties. Missing '${missing}'`);
  }
};

export const checkName = (name: JsonValue | undefined, where: string): string => {
  if (!isText(name))
    throw problem(`Missing required parameter: '${where}'.`, where, 'missing_required_parameter');
  if (name.length > 64)
    throw problem(
      `Invalid '${where}': string too long. Expected a string with maximum length 64, but got ${name.length}.`,
      where,
      'string_above_max_length',
    );
  if (!/^[a-zA-Z0-9_-]+$/.test(name))
    throw problem(
      `Invalid '${where}': string does not match pattern '^[a-zA-Z0-9_-]+$'.`,
      where,
      'invalid_value',
    );
  return name;
};
