import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { cannotSay } from './cannot-say.ts';

/**
 * A schema in the words that structured output takes (WIRE 4.5): objects are closed, constraints it
 * does not know go into the description, where the model can still read them. Throws
 * `not-translatable` where the meaning would be lost: recursion, foreign references, free-form maps.
 */
export const schemaSubset = (schema: JsonObject, param: string): JsonObject => {
  refuseRecursion(schema, param);
  return rewrite(schema, param);
};

const rewrite = (schema: JsonObject, param: string): JsonObject => {
  const members: [string, JsonValue][] = [];
  const constraints: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined || unsaid.has(key)) continue;
    if (isConstraint(key, value)) constraints.push(`${key}: ${JSON.stringify(value)}`);
    else members.push([key === 'oneOf' ? 'anyOf' : key, within(key, value, param)]);
  }
  if (isObjectSchema(schema)) {
    refuseMap(schema, param);
    members.push(['additionalProperties', false]);
  }
  if (constraints.length === 0) return Object.fromEntries(members);
  const said = typeof schema.description === 'string' && schema.description ? `${schema.description} ` : '';
  const others = members.filter(([key]) => key !== 'description');
  return Object.fromEntries([...others, ['description', `${said}(${constraints.join(', ')})`]]);
};

const within = (key: string, value: JsonValue, param: string): JsonValue => {
  if (schemaMaps.has(key) && isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, isObject(inner) ? rewrite(inner, param) : inner]),
    );
  if (schemaLists.has(key) && Array.isArray(value))
    return value.map((inner: JsonValue) => (isObject(inner) ? rewrite(inner, param) : inner));
  return key === 'items' && isObject(value) ? rewrite(value, param) : value;
};

const isObjectSchema = (schema: JsonObject): boolean =>
  schema.type === 'object' ||
  (Array.isArray(schema.type) && schema.type.includes('object')) ||
  (schema.type === undefined && isObject(schema.properties));

/** An object of any keys cannot be closed without losing what it is for. */
const refuseMap = (schema: JsonObject, param: string): void => {
  if (isObject(schema.properties) && Object.keys(schema.properties).length > 0) return;
  if (isObject(schema.additionalProperties) || isObject(schema.patternProperties))
    cannotSay(param, 'has an object whose keys are free', 'Name its `properties`');
};

const isConstraint = (key: string, value: JsonValue): boolean => {
  if (key === 'format') return !knownFormats.has(value as string);
  if (key === 'minItems') return value !== 0 && value !== 1;
  return constraintWords.has(key);
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const constraintWords = words(
  'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern maxItems uniqueItems minProperties maxProperties not contains minContains maxContains propertyNames patternProperties dependentRequired dependentSchemas if then else unevaluatedItems unevaluatedProperties',
);

const knownFormats = words('date-time time date duration email hostname uri ipv4 ipv6 uuid');

const unsaid = words('$schema $id additionalProperties');

const schemaMaps = words('properties $defs definitions');

const schemaLists = words('anyOf oneOf allOf prefixItems');

/** Follows every reference from the root; one that comes back to a schema still being followed is a circle. */
const refuseRecursion = (root: JsonObject, param: string): void => {
  const following = new Set<JsonValue>();
  const done = new Set<JsonValue>();
  const follow = (value: JsonValue | undefined): void => {
    if (typeof value !== 'object' || value === null || done.has(value)) return;
    if (following.has(value)) cannotSay(param, 'refers to itself', 'Write it out to the depth you need');
    following.add(value);
    if (Array.isArray(value)) for (const inner of value) follow(inner);
    else if (isObject(value))
      for (const [key, inner] of Object.entries(value))
        if (key === '$ref' && typeof inner === 'string') follow(resolve(root, inner, param));
        else if (key !== '$defs' && key !== 'definitions' && !literals.has(key)) follow(inner);
    following.delete(value);
    done.add(value);
  };
  follow(root);
};

const literals = words('enum const default examples');

const resolve = (root: JsonObject, reference: string, param: string): JsonValue | undefined => {
  if (!reference.startsWith('#'))
    return cannotSay(param, 'refers to another document', 'Put what it refers to into `$defs`');
  let value: JsonValue | undefined = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(name)];
    else value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
};
