import { type Features, type Task, tasks } from '../../core/features.ts';
import { defineFeature } from '../feature.ts';
import { isBackgroundCall } from './background.ts';
import { recogniseAsk } from './recognise.ts';

/**
 * What kind of work is asked for: what the caller's tag `task` says, else what the newest ask says; never
 * what instructions or tools say that come with every call.
 */
export const task = defineFeature({
  name: 'task',
  read: ({ request, ask, tags, purpose }, soFar) => {
    const told = tags.task;
    if (told !== undefined && isTask(told)) return { task: told, taskConfidence: 1 };
    if (isBackgroundCall(request, ask, purpose)) return { task: 'background', taskConfidence: 1 };
    const { task: found, confidence } = recogniseAsk(ask);
    if (hasMedia(soFar) && needsWordsOnly.has(found)) return { task: 'unsure', taskConfidence: 0 };
    return { task: found, taskConfidence: confidence };
  },
});

const names: ReadonlySet<string> = new Set(tasks);

const isTask = (name: string): name is Task => names.has(name);

const hasMedia = ({ images = 0, documents = 0, audios = 0 }: Partial<Features>): boolean =>
  images + documents + audios > 0;

/** With a picture or paper beside them these say little of the work: it is in what is shown. */
const needsWordsOnly: ReadonlySet<Task> = new Set<Task>([
  'smalltalk',
  'question',
  'background',
  'completion',
]);
