import { identitiesOf, surestOf, tagKeyOf } from '../../routing/classifier/identities.ts';
import type { TrainingRow } from '../trainer.ts';

/** How many rows belong to each kind, by all the names they have; "" for those that belong to nothing. */
export const countKinds = (rows: readonly TrainingRow[]): ReadonlyMap<string, number> => {
  const telling = tellingTags(rows);
  const counts = new Map<string, number>();
  const count = (kind: string): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const { subject } of rows) {
    const names = identitiesOf(subject);
    for (const name of names) {
      const key = tagKeyOf(name);
      if (key === '' || telling.has(key)) count(name);
    }
    if (surestOf(names, telling) === '') count('');
  }
  return counts;
};

/** A caller's word on the task is one by its name. */
const taskTag = 'task';

/**
 * Keys of tags that sort requests: most of their rows have a value that turns up in conversations besides
 * their own. Numbers of jobs, traces and users who came once do not.
 */
export const tellingTags = (rows: readonly TrainingRow[]): ReadonlySet<string> => {
  const groupsOf = new Map<string, { readonly first: string; rows: number; isShared: boolean }>();
  for (const { subject, group } of rows)
    for (const name of identitiesOf(subject)) {
      if (tagKeyOf(name) === '') continue;
      const seen = groupsOf.get(name) ?? { first: group, rows: 0, isShared: false };
      seen.rows += 1;
      seen.isShared ||= seen.first !== group;
      groupsOf.set(name, seen);
    }
  const keys = new Map<string, { shared: number; all: number }>();
  for (const [name, { rows: count, isShared }] of groupsOf) {
    const key = tagKeyOf(name);
    const so = keys.get(key) ?? { shared: 0, all: 0 };
    keys.set(key, { shared: so.shared + (isShared ? count : 0), all: so.all + count });
  }
  return new Set(
    [...keys].filter(([key, { shared, all }]) => key === taskTag || 2 * shared > all).map(([key]) => key),
  );
};
