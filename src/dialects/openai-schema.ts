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

export interface StrictSchema {
  readonly schema: JsonObject;
  /** A property that could be left out has to be given now: for arguments of a tool that is another tool. */
  readonly demandsMore: boolean;
}

/**
 * A schema in the subset that OpenAI takes with `strict` (other vendors' strict modes ask for less): every
 * object closed, every property required, what the subset has no keyword for said in the description.
 * Whatever it allows, the caller's own schema allows, too. Undefined where there is no such schema.
 */
export const strictSchema = (schema: JsonObject): StrictSchema | undefined => {
  const rewriting = new Rewriting();
  if (schema.type !== 'object' || combiners.some((key) => key in schema)) return undefined;
  const strict = rewriting.of(schema, 0);
  return strict && { schema: strict, demandsMore: rewriting.demandsMore };
};

const maxDepth = 10;
const maxProperties = 5_000;

class Rewriting {
  demandsMore = false;
  #properties = 0;

  of(value: JsonValue | undefined, depth: number): JsonObject | undefined {
    if (!isObject(value) || depth > maxDepth) return undefined;
    // nothing may stand beside a reference
    if (typeof value.$ref === 'string') return value.$ref.startsWith('#') ? { $ref: value.$ref } : undefined;
    const schema = mended(value);
    if (!schema || impossible.some((key) => key in schema)) return undefined;
    const entries: [string, JsonValue][] = [];
    const said: string[] = [];
    for (const [key, inner] of Object.entries(schema)) {
      if (inner === undefined || silent.has(key) || closers.has(key)) continue;
      const written = this.#keyword(key, inner, depth);
      if (written !== undefined) entries.push([key, written]);
      else if (nested.has(key)) return undefined;
      else said.push(`${key}: ${JSON.stringify(inner).slice(0, 500)}`);
    }
    if (!this.#close(schema, entries)) return undefined;
    if (isOfType(schema, 'array') && !isObject(schema.items)) return undefined;
    return Object.fromEntries(withWords(entries, said));
  }

  /** Undefined where the subset has no such keyword, or nothing in it for the value. */
  #keyword(key: string, value: JsonValue, depth: number): JsonValue | undefined {
    switch (key) {
      case 'properties':
      case '$defs':
      case 'definitions':
        return this.#each(value, key === 'properties' ? depth + 1 : depth);
      case 'items':
        return this.of(value, depth);
      case 'anyOf': {
        if (!Array.isArray(value)) return undefined;
        const branches = value.map((branch: JsonValue) => this.of(branch, depth));
        return branches.every((branch) => branch !== undefined) ? branches : undefined;
      }
      case 'format':
        return formats.has(value) ? value : undefined;
      default:
        return kept.has(key) ? value : undefined;
    }
  }

  #each(value: JsonValue, depth: number): JsonObject | undefined {
    if (!isObject(value)) return undefined;
    const entries: [string, JsonValue][] = [];
    for (const [key, inner] of Object.entries(value)) {
      const written = this.of(inner, depth);
      if (!written || ++this.#properties > maxProperties) return undefined;
      entries.push([key, written]);
    }
    return Object.fromEntries(entries);
  }

  /** False for an object that is open on purpose: a map, or anything at all. */
  #close(schema: JsonObject, entries: [string, JsonValue][]): boolean {
    if (!isOfType(schema, 'object')) return true;
    const { properties, additionalProperties } = schema;
    if (!isObject(properties)) return false;
    if (additionalProperties !== undefined && additionalProperties !== false) return false;
    const names = Object.keys(properties);
    const required: readonly JsonValue[] = Array.isArray(schema.required) ? schema.required : [];
    this.demandsMore ||= names.some((name) => !required.includes(name) && !mayBeNull(properties[name]));
    entries.push(['required', names], ['additionalProperties', false]);
    return true;
  }
}

/** The same schema in words the subset knows; undefined where it has none. */
const mended = (schema: JsonObject): JsonObject | undefined => {
  let { oneOf, allOf, nullable, ...rest } = schema;
  if (oneOf !== undefined) {
    if (rest.anyOf !== undefined) return undefined;
    rest = { ...rest, anyOf: oneOf };
  }
  if (Array.isArray(allOf)) {
    const [only] = allOf;
    if (allOf.length !== 1 || !isObject(only) || combiners.some((key) => key in only)) return undefined;
    rest = { ...only, ...rest };
  }
  if (rest.type === undefined && rest.anyOf === undefined) {
    const type = isObject(rest.properties) ? 'object' : typeOfValues(rest);
    if (type === undefined) return undefined;
    rest = { ...rest, type };
  }
  return nullable === true && typeof rest.type === 'string' ? { ...rest, type: [rest.type, 'null'] } : rest;
};

const typeOfValues = (schema: JsonObject): string | undefined => {
  const values: readonly JsonValue[] =
    schema.const !== undefined ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : [];
  const types = new Set(values.map((value) => typeof value));
  const [only] = types;
  return types.size === 1 && (only === 'string' || only === 'number' || only === 'boolean')
    ? only
    : undefined;
};

const isOfType = ({ type }: JsonObject, wanted: string): boolean =>
  type === wanted || (Array.isArray(type) && type.includes(wanted));

const mayBeNull = (schema: JsonValue | undefined): boolean =>
  isObject(schema) &&
  (isOfType(schema, 'null') ||
    schema.nullable === true ||
    [schema.anyOf, schema.oneOf].some((list) => Array.isArray(list) && list.some(mayBeNull)));

const withWords = (
  entries: readonly [string, JsonValue][],
  said: readonly string[],
): readonly [string, JsonValue][] => {
  if (said.length === 0) return entries;
  const words = said.join('; ');
  const described = entries.findIndex(([key]) => key === 'description');
  const before = entries[described]?.[1];
  if (typeof before !== 'string') return [...entries, ['description', words]];
  return entries.with(described, ['description', `${before}\n${words}`]);
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const kept = words(
  'type description title enum const pattern multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems',
);
const nested = words('properties $defs definitions items anyOf');
const closers = words('required additionalProperties');
const silent = words('$schema $id $comment $anchor examples deprecated readOnly writeOnly');
/** What would be left out by saying it in words alone. */
const impossible = ['patternProperties', 'prefixItems', '$dynamicRef'];
const formats: ReadonlySet<JsonValue> = words(
  'date-time time date duration email hostname ipv4 ipv6 uuid',
) as ReadonlySet<JsonValue>;
