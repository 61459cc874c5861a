import { isObject } from '../core/json.ts';

export interface Reachable {
  readonly when?: unknown;
  readonly atLeast?: unknown;
  readonly atMost?: unknown;
  readonly among?: unknown;
}

/**
 * Rules that never get their turn, each with the earlier one that takes everything it would match.
 * Rules that only bound a choice take nothing, and one that decides may have to give way to such before it.
 * Sees only plain cases: the same conditions, wider ranges, longer lists. Says nothing where it is not sure.
 */
export const unreachableRules = (
  rules: readonly Reachable[],
): readonly { readonly index: number; readonly takenBy: number }[] =>
  rules.flatMap((rule, index) => {
    const takenBy = decidingFirst(rules).findIndex(
      (earlier, before) => before < index && takesAll(earlier.when, rule.when),
    );
    return takenBy >= 0 ? [{ index, takenBy }] : [];
  });

const decidingFirst = (rules: readonly Reachable[]): readonly Reachable[] => {
  const bound = rules.findIndex(({ atLeast, atMost, among }) => (atLeast ?? atMost ?? among) !== undefined);
  return bound < 0 ? rules : rules.slice(0, bound);
};

/** All conditions of a rule have to hold: one that asks for less than another takes all that the other would. */
const takesAll = (earlier: unknown, later: unknown): boolean =>
  conditionsOf(earlier).every(([type, config]) => {
    const narrower = isObject(later) && Object.hasOwn(later, type) ? later[type] : undefined;
    return narrower !== undefined && isWider(config, narrower);
  });

const isWider = (wide: unknown, narrow: unknown): boolean => {
  if (isSame(wide, narrow)) return true;
  const [many, few] = [textsOf(wide), textsOf(narrow)];
  // a list of texts is one of which any will do
  if (many && few) return few.every((entry) => many.includes(entry));
  return isRange(wide) && isRange(narrow) && least(wide) <= least(narrow) && most(wide) >= most(narrow);
};

const conditionsOf = (when: unknown): readonly (readonly [string, unknown])[] =>
  isObject(when) ? Object.entries(when).filter(([, config]) => config !== undefined) : [];

const textsOf = (value: unknown): readonly string[] | undefined => {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.every((entry) => typeof entry === 'string') ? values : undefined;
};

type Range = { readonly min?: number; readonly max?: number };

const isRange = (value: unknown): value is Range =>
  isObject(value) &&
  Object.keys(value).length > 0 &&
  Object.entries(value).every(
    ([key, bound]) => ['min', 'max'].includes(key) && (bound === undefined || typeof bound === 'number'),
  );

const least = ({ min }: Range): number => min ?? Number.NEGATIVE_INFINITY;
const most = ({ max }: Range): number => max ?? Number.POSITIVE_INFINITY;

const isSame = (a: unknown, b: unknown): boolean => {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((entry, index) => isSame(entry, b[index]));
  if (!isObject(a) || !isObject(b)) return Object.is(a, b);
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(a[key], b[key]));
};
