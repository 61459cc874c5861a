import type { ConfigPath } from './config-findings.ts';

/**
 * The value without the thing at a path or, where that is what is missing, without what should have held it.
 * A list goes as a whole: the places of its other entries would shift. Undefined where nothing is left to cut.
 */
export const cutPath = (
  value: unknown,
  path: ConfigPath,
): { readonly value: unknown; readonly path: ConfigPath } | undefined => {
  const holder = path.slice(0, -1);
  if (!isThere(value, holder)) return undefined;
  let wanted = isThere(value, path) ? path : holder;
  while (typeof wanted.at(-1) === 'number') wanted = wanted.slice(0, -1);
  return wanted.length === 0 ? undefined : { value: without(value, wanted), path: wanted };
};

const isThere = (value: unknown, path: ConfigPath): boolean => {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return false;
    found = (found as Record<string | number, unknown>)[part];
  }
  return true;
};

const without = (value: unknown, [first, ...rest]: ConfigPath): unknown => {
  if (Array.isArray(value))
    return value.map((entry, index) => (index === first ? without(entry, rest) : entry));
  const { [first as string]: inside, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [first as string]: without(inside, rest) };
};
