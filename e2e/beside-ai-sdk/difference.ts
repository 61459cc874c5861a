import { isObject, type JsonValue } from '../../src/core/json.ts';

/** One place where two bodies do not say the same. */
export interface Difference {
  /** "messages.0.content.1.type"; numbers as they stand in our body, or in theirs where ours has none. */
  readonly path: string;
  readonly ours: JsonValue | undefined;
  readonly theirs: JsonValue | undefined;
}

/** Every place where the values differ, deepest first only where both are of one kind. */
export const differencesOf = (
  ours: JsonValue | undefined,
  theirs: JsonValue | undefined,
  path = '',
): readonly Difference[] => {
  if (isObject(ours) && isObject(theirs)) {
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...keys].flatMap((key) => differencesOf(ours[key], theirs[key], path ? `${path}.${key}` : key));
  }
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    const length = Math.max(ours.length, theirs.length);
    return Array.from({ length }, (_, at) => at).flatMap((at) =>
      differencesOf(ours[at] as JsonValue, theirs[at] as JsonValue, `${path}.${at}`),
    );
  }
  return Object.is(ours, theirs) ? [] : [{ path, ours, theirs }];
};
