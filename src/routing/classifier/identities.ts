import type { PredictionSubject } from '../../core/prediction.ts';

/** Values of tags longer than this are texts, not names. */
const longestValue = 80;
const mostTags = 16;

/** Below this the recogniser's word on a task is no identity. */
const sureEnough = 0.5;

/** Names of what a request belongs to: the strongest cheap signal there is. In a fixed order for each kind. */
export const identitiesOf = ({ features, route, agent, tags }: PredictionSubject): readonly string[] => {
  const names: string[] = [];
  if (features.task !== 'unsure' && features.taskConfidence >= sureEnough)
    names.push(`kind:${features.task}`);
  if (route !== '') names.push(`route:${route}`);
  if (agent !== '') names.push(`agent:${agent}`);
  if (features.toolSet !== '') names.push(`tools:${features.toolSet}`);
  let count = 0;
  for (const key in tags) {
    const value = tags[key] ?? '';
    if (value.length > longestValue || count >= mostTags) continue;
    names.push(`tag:${key}=${value}`);
    count += 1;
  }
  return names;
};

const bySureness = ['tag:task=', 'tag:', 'agent:', 'tools:', 'route:'] as const;

/**
 * The one that says most of what kind of request it is; "" where there is none but our own guess. Of tags
 * only those whose key is `telling` count: the number of a job or a trace is new with each of them.
 */
export const surestOf = (names: readonly string[], telling: ReadonlySet<string>): string => {
  for (const start of bySureness)
    for (const name of names)
      if (name.startsWith(start) && (start !== 'tag:' || telling.has(tagKeyOf(name)))) return name;
  return '';
};

/** `team` of `tag:team=search`; "" of what is no tag. */
export const tagKeyOf = (name: string): string =>
  name.startsWith('tag:') ? name.slice('tag:'.length, name.indexOf('=')) : '';
