import { isObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { ConfigPath } from './config-findings.ts';

/** The keys that may stand at a place, according to a JSON schema. `value` picks among alternatives told apart by a constant. */
export const keysAt = (schema: JsonObject, path: ConfigPath, value: unknown): readonly string[] => [
  ...new Set(schemasAt(schema, path, value).flatMap((found) => Object.keys(propertiesOf(found)))),
];

/** The sections (dotted, one or two deep) in which a key is at home. */
export const homesOf = (schema: JsonObject, key: string): readonly string[] => {
  const homes: string[] = [];
  for (const [section, below] of Object.entries(propertiesOf(schema))) {
    for (const variant of variantsOf(schema, below)) {
      if (key in propertiesOf(variant)) homes.push(section);
      const entry = variant.additionalProperties;
      if (isObject(entry) && variantsOf(schema, entry).some((inner) => key in propertiesOf(inner)))
        homes.push(`${section}.NAME`);
    }
  }
  return [...new Set(homes)];
};

const schemasAt = (root: JsonObject, path: ConfigPath, value: unknown): readonly JsonObject[] => {
  let schemas = fitting(variantsOf(root, root), value);
  let inside = value;
  for (const part of path) {
    inside = childOf(inside, part);
    schemas = fitting(
      schemas.flatMap((schema) => childSchemas(schema, part)).flatMap((schema) => variantsOf(root, schema)),
      inside,
    );
  }
  return schemas;
};

const childSchemas = (schema: JsonObject, part: string | number): readonly (JsonValue | undefined)[] => {
  if (typeof part === 'number') return [schema.items];
  const properties = propertiesOf(schema);
  return [Object.hasOwn(properties, part) ? properties[part] : schema.additionalProperties];
};

const variantsOf = (root: JsonObject, schema: JsonValue | undefined): readonly JsonObject[] => {
  if (!isObject(schema)) return [];
  const reference = typeof schema.$ref === 'string' ? resolve(root, schema.$ref) : undefined;
  const alternatives = [schema.anyOf, schema.oneOf, schema.allOf].filter(Array.isArray).flat() as JsonValue[];
  return [
    ...(reference ? variantsOf(root, reference) : [schema]),
    ...alternatives.flatMap((alternative) => variantsOf(root, alternative)),
  ];
};

/** Of alternatives told apart by a constant, those whose constant the value has; all where it has none of them. */
const fitting = (schemas: readonly JsonObject[], value: unknown): readonly JsonObject[] => {
  if (!isObject(value)) return schemas;
  const isTold = (schema: JsonObject) =>
    Object.entries(propertiesOf(schema)).some(
      ([key, property]) =>
        isObject(property) && property.const !== undefined && property.const === value[key],
    );
  const told = schemas.filter(isTold);
  return told.length > 0 ? told : schemas;
};

const propertiesOf = (schema: JsonObject | JsonValue | undefined): JsonObject =>
  isObject(schema) && isObject(schema.properties) ? schema.properties : {};

const childOf = (value: unknown, part: string | number): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, part)
    ? (value as Record<string | number, unknown>)[part]
    : undefined;

const resolve = (root: JsonObject, reference: string): JsonValue | undefined => {
  let found: JsonValue | undefined = root;
  for (const part of reference.replace(/^#\/?/, '').split('/').filter(Boolean))
    found = isObject(found) ? found[part] : undefined;
  return found;
};
