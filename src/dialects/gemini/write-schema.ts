import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { cannotSay } from './cannot-say.ts';

/**
 * A schema in the words that Google takes (WIRE 5.1): references are written out, `const` becomes `enum`, a
 * type that may be null becomes `anyOf`, constraints it does not know go into the description, where the
 * model can still read them. `isLoose`: what
 * refers to itself, or to nothing, is left open there; else it is refused.
 */
export const schemaSubset = (
  schema: JsonObject,
  param: string,
  { isLoose, room = schemaRoom() }: { readonly isLoose: boolean; readonly room?: SchemaRoom },
): JsonObject => new SchemaWriter(schema, param, isLoose, room).write(schema);

/** How much the schemas of one request may come to: references that double at each step would fill the memory. */
export interface SchemaRoom {
  nodes: number;
}

export const schemaRoom = (): SchemaRoom => ({ nodes: 100_000 });

const maxDepth = 200;
const maxReferenceLength = 1000;

class SchemaWriter {
  readonly #root: JsonObject;
  readonly #param: string;
  readonly #isLoose: boolean;
  readonly #following = new Set<JsonValue>();
  readonly #room: SchemaRoom;
  #depth = 0;

  constructor(root: JsonObject, param: string, isLoose: boolean, room: SchemaRoom) {
    this.#room = room;
    this.#root = root;
    this.#param = param;
    this.#isLoose = isLoose;
  }

  write(given: JsonObject): JsonObject {
    if (--this.#room.nodes < 0 || ++this.#depth > maxDepth)
      cannotSay(this.#param, 'is too large once its references are written out', 'Make it smaller');
    const written = this.#rewrite(given);
    this.#depth -= 1;
    return written;
  }

  #rewrite(given: JsonObject): JsonObject {
    if (typeof given.$ref === 'string') return this.#follow(given, given.$ref);
    const schema = Array.isArray(given.allOf)
      ? this.#merged(given, given.allOf as readonly JsonValue[])
      : given;
    const members: [string, JsonValue][] = [];
    const constraints: string[] = [];
    for (const [key, value] of Object.entries(schema)) {
      if (value === undefined || key === 'type' || key === 'nullable') continue;
      if (key === 'const') {
        if (schema.enum === undefined) members.push(['enum', [value]]);
      } else if (key === 'items' && Array.isArray(value))
        members.push(['prefixItems', this.#within('prefixItems', value)]);
      else if (key === 'required') members.push([key, this.#required(schema, value)]);
      else if (key === 'format' ? formats.has(value as string) : known.has(key))
        members.push([key, this.#within(key, value)]);
      else if (told.has(key)) constraints.push(`${key}: ${JSON.stringify(value)}`);
    }
    return withType(schema, described(members, constraints));
  }

  #within(key: string, value: JsonValue): JsonValue {
    if (key === 'properties' && isObject(value))
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#inner(inner)]));
    if (schemaLists.has(key) && Array.isArray(value))
      return value.map((inner: JsonValue) => this.#inner(inner));
    if (key === 'items') return this.#inner(value);
    return key === 'additionalProperties' && isObject(value) ? this.write(value) : value;
  }

  /** Names without a property are refused. */
  #required({ properties }: JsonObject, value: JsonValue): JsonValue {
    if (!isObject(properties) || !Array.isArray(value)) return value;
    return value.filter((name: JsonValue) => typeof name === 'string' && Object.hasOwn(properties, name));
  }

  /** `true` and `false` are schemas, too, but not to Google. */
  #inner(value: JsonValue | undefined): JsonObject {
    return isObject(value) ? this.write(value) : {};
  }

  #follow(given: JsonObject, reference: string): JsonObject {
    const target = resolve(this.#root, reference);
    if (target === undefined && !this.#isLoose)
      cannotSay(this.#param, 'refers to something that is not in it', 'Put that into `$defs`');
    const { $ref: _, ...beside } = given;
    if (!isObject(target)) return this.write(beside);
    if (this.#following.has(target)) {
      if (!this.#isLoose) cannotSay(this.#param, 'refers to itself', 'Write it out to the depth you need');
      const { type, description } = { ...target, ...beside };
      return {
        ...(typeof type === 'string' && { type }),
        ...(typeof description === 'string' && { description }),
      };
    }
    this.#following.add(target);
    const written = this.write({ ...target, ...beside });
    this.#following.delete(target);
    return written;
  }

  /** What all of several schemas ask for, as one: properties side by side, of other words the first. */
  #merged(schema: JsonObject, all: readonly JsonValue[]): JsonObject {
    const { allOf: _, ...own } = schema;
    let merged: JsonObject = own;
    for (const one of all) {
      if (!isObject(one)) continue;
      const part = typeof one.$ref === 'string' ? this.#follow(one, one.$ref) : this.write(one);
      merged = {
        ...part,
        ...merged,
        ...(isObject(part.properties) && {
          properties: { ...part.properties, ...(isObject(merged.properties) ? merged.properties : {}) },
        }),
        ...(Array.isArray(part.required) && {
          required: [...new Set([...listOf(merged.required), ...listOf(part.required)])],
        }),
      };
    }
    return merged;
  }
}

const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];

const described = (members: [string, JsonValue][], constraints: readonly string[]): JsonObject => {
  const schema = Object.fromEntries(members);
  if (constraints.length === 0) return schema;
  const said = typeof schema.description === 'string' && schema.description ? `${schema.description} ` : '';
  return { ...schema, description: `${said}(${constraints.join(', ')})` };
};

/** One type stays; of several, or one that may be null, each gets a branch with what belongs to values. */
const withType = ({ type, nullable }: JsonObject, schema: JsonObject): JsonObject => {
  const types = (Array.isArray(type) ? (type as readonly JsonValue[]) : [type]).filter(
    (name): name is string => typeof name === 'string' && name !== 'null',
  );
  const mayBeNull = nullable === true || (Array.isArray(type) && type.includes('null'));
  const [only] = types;
  if (!mayBeNull && types.length <= 1)
    return type === 'null' ? { type, ...schema } : { ...(only !== undefined && { type: only }), ...schema };
  const { title, description, anyOf, ...values } = schema;
  const about = { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
  const ends = mayBeNull ? [{ type: 'null' }] : [];
  if (anyOf !== undefined) return { ...about, ...values, anyOf: [...listOf(anyOf), ...ends] };
  const branches = types.length > 0 ? types.map((name) => branchOf(name, values)) : [values];
  return { ...about, anyOf: [...branches, ...ends] };
};

const branchOf = (type: string, { enum: words, ...values }: JsonObject): JsonObject => {
  const own = listOf(words).filter((word) => word !== null);
  return { type, ...values, ...(own.length > 0 && { enum: own }) };
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const known = words(
  'title description enum items prefixItems minItems maxItems minimum maximum anyOf oneOf properties additionalProperties required propertyOrdering',
);

const formats = words('date-time date time float double int32 int64');

const told = words(
  'format pattern minLength maxLength exclusiveMinimum exclusiveMaximum multipleOf uniqueItems minProperties maxProperties not contains minContains maxContains',
);

const schemaLists = words('anyOf oneOf prefixItems');

const resolve = (root: JsonObject, reference: string): JsonValue | undefined => {
  if (!reference.startsWith('#') || reference.length > maxReferenceLength) return undefined;
  let value: JsonValue | undefined = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(name)];
    else value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
};
