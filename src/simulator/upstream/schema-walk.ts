import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';

const deepest = 100;

/** Every schema within a schema, itself first, with the path it stands at. */
export function* schemasIn(schema: JsonValue | undefined, path: string, depth = 0): Generator<SchemaAt> {
  if (!isObject(schema) || depth > deepest) return;
  yield { schema, path, depth };
  for (const key of ['properties', '$defs', 'definitions', 'patternProperties'])
    if (isObject(schema[key]))
      for (const [name, inner] of Object.entries(schema[key]))
        yield* schemasIn(inner, `${path}.${key}.${name}`, depth + 1);
  for (const key of ['items', 'additionalProperties', 'not', 'contains', 'if', 'then', 'else'])
    yield* schemasIn(schema[key], `${path}.${key}`, depth + 1);
  for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems'])
    for (const [at, inner] of listOf(schema[key]).entries())
      yield* schemasIn(inner, `${path}.${key}.${at}`, depth + 1);
}

export interface SchemaAt {
  readonly schema: JsonObject;
  readonly path: string;
  readonly depth: number;
}

export const isOfType = ({ type }: JsonObject, name: string): boolean =>
  type === name || listOf(type).includes(name);

export const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];

/** Whether a reference leads back into what it stands in. */
export const isRecursive = (root: JsonObject): boolean => {
  const definitions = { ...objectOf(root.definitions), ...objectOf(root.$defs) };
  const leadsTo = (schema: JsonValue | undefined): readonly string[] =>
    [...schemasIn(schema, '')].flatMap(({ schema: { $ref } }) => (typeof $ref === 'string' ? [$ref] : []));
  const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);
  const reaches = (from: string, name: string, seen: Set<string>): boolean =>
    leadsTo(definitions[from]).some((reference) => {
      const next = nameOf(reference);
      if (reference === '#' || next === name) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, name, seen);
    });
  return (
    leadsTo(root).includes('#') || Object.keys(definitions).some((name) => reaches(name, name, new Set()))
  );
};

const objectOf = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {});
