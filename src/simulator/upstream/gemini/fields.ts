import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { invalid, unknownField } from './problem.ts';

/** What lies under these is the caller's own and keeps its names. */
const opaque = new Set([
  ...['args', 'response', 'parameters', 'parametersJsonSchema', 'responseJsonSchema', 'responseSchema'],
  ...['responseFormat', 'labels', '_responseJsonSchema'],
]);

/** Google's JSON takes a field by either of its names; here they are all read by the one in camel case. */
export const camelled = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(camelled);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const own = name.includes('_')
        ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
        : name;
      return [own, opaque.has(own) || inner === undefined ? inner : camelled(inner)];
    }),
  );
};

/** An object of these fields and no others. */
export const objectAt = (
  value: JsonValue | undefined,
  path: string,
  fields: ReadonlySet<string>,
): JsonObject => {
  if (!isObject(value)) throw invalid(`Invalid value at '${path}': expected an object.`, path);
  const extra = Object.keys(value).find((name) => !fields.has(name) && !name.startsWith('future'));
  if (extra !== undefined) throw unknownField(extra, path);
  return value;
};

export const fieldsOf = (names: string): ReadonlySet<string> => new Set(names.split(' '));

export const arrayAt = (value: JsonValue | undefined, path: string): readonly JsonValue[] => {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(`Invalid value at '${path}': expected an array.`, path);
  return value as readonly JsonValue[];
};
