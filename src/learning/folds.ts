import { hashOf } from '../simulator/chance.ts';

/** What is split: rows of one group stay together. */
export interface Grouped {
  readonly group: string;
}

/**
 * Deals rows into folds of nearly the same size; the same rows and seed give the same folds, in whatever
 * order the rows come. With `stratum`, each fold gets its share of every stratum.
 */
export const foldsOf = <Row extends Grouped>(
  rows: readonly Row[],
  count: number,
  { seed, stratum = () => '' }: { readonly seed: number; readonly stratum?: (row: Row) => string },
): readonly (readonly Row[])[] => {
  const byGroup = Map.groupBy(rows, ({ group }) => group);
  const groups = [...byGroup]
    .map(([group, members]) => ({
      members,
      stratum: stratum(members[0] as Row),
      group,
      place: hashOf('fold', seed, group),
    }))
    .sort(
      (left, right) =>
        compare(left.stratum, right.stratum) ||
        right.members.length - left.members.length ||
        left.place - right.place ||
        compare(left.group, right.group),
    );
  const folds: Row[][] = Array.from({ length: count }, () => []);
  const perStratum = new Map<string, Int32Array>();
  for (const { members, stratum: name } of groups) {
    const sizes = perStratum.get(name) ?? new Int32Array(count);
    perStratum.set(name, sizes);
    const at = emptiest(sizes, folds);
    sizes[at] = (sizes[at] ?? 0) + members.length;
    folds[at]?.push(...members);
  }
  return folds;
};

/** Two halves: what is chosen on the one is told on the other. */
export const halvesOf = <Row extends Grouped>(
  rows: readonly Row[],
  options: { readonly seed: number; readonly stratum?: (row: Row) => string },
): readonly [readonly Row[], readonly Row[]] => {
  const [first = [], second = []] = foldsOf(rows, 2, options);
  return [first, second];
};

/** Everything but one fold, for each fold. */
export const crossFolds = <Row>(
  folds: readonly (readonly Row[])[],
): readonly { readonly training: readonly Row[]; readonly test: readonly Row[] }[] =>
  folds.map((test, at) => ({ training: folds.flatMap((fold, other) => (other === at ? [] : fold)), test }));

/** The fold with the least of the stratum; of equals the one that is smallest in all. */
const emptiest = (sizes: Int32Array, folds: readonly (readonly unknown[])[]): number => {
  let best = 0;
  for (let at = 1; at < folds.length; at += 1) {
    const less =
      (sizes[at] ?? 0) - (sizes[best] ?? 0) || (folds[at]?.length ?? 0) - (folds[best]?.length ?? 0);
    if (less < 0) best = at;
  }
  return best;
};

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
