import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';

/**
 * A schema in Google's older words (`"type": "STRING"`, `nullable`, whole numbers as strings) as plain JSON
 * schema, which every other dialect takes.
 */
export const jsonSchemaOf = (schema: JsonObject): JsonObject => {
  const members: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined || unsaid.has(key)) continue;
    const name = key === 'any_of' ? 'anyOf' : (camel.get(key) ?? key);
    members.push([name, within(name, value)]);
  }
  if (schema.nullable !== true) return Object.fromEntries(members);
  return nullable(Object.fromEntries(members));
};

/** A schema where a plain one belongs: some clients (Gemini CLI) write Google's older words there, too. */
export const plainSchemaOf = (schema: JsonObject): JsonObject =>
  typeof schema.type === 'string' && schema.type !== schema.type.toLowerCase()
    ? jsonSchemaOf(schema)
    : schema;

const camel: ReadonlyMap<string, string> = new Map(
  ['maxItems', 'minItems', 'maxLength', 'minLength', 'maxProperties', 'minProperties'].map((name) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    name,
  ]),
);

const counts: ReadonlySet<string> = new Set(camel.values());

/** Orders and samples, which are no rule; `nullable` is told in another way. */
const unsaid: ReadonlySet<string> = new Set([
  'nullable',
  'propertyOrdering',
  'property_ordering',
  'example',
  'default',
]);

const within = (key: string, value: JsonValue): JsonValue => {
  if (key === 'type' && typeof value === 'string') return value.toLowerCase();
  if (counts.has(key) && typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  if (key === 'properties' && isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, isObject(inner) ? jsonSchemaOf(inner) : inner]),
    );
  if (key === 'items' && isObject(value)) return jsonSchemaOf(value);
  if (key === 'anyOf' && Array.isArray(value))
    return value.map((inner: JsonValue) => (isObject(inner) ? jsonSchemaOf(inner) : inner));
  return value;
};

const nullable = (schema: JsonObject): JsonObject => {
  const { type, anyOf, enum: words } = schema;
  const withNull = Array.isArray(words) ? { enum: [...(words as JsonValue[]), null] } : {};
  if (typeof type === 'string') return { ...schema, type: [type, 'null'], ...withNull };
  return Array.isArray(anyOf) ? { ...schema, anyOf: [...(anyOf as JsonValue[]), { type: 'null' }] } : schema;
};
