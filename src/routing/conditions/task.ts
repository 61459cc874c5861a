import { z } from 'zod';
import { tasks } from '../../core/features.ts';
import { defineCondition } from './condition.ts';
import { listOf, oneOrMany } from './one-or-many.ts';

export const task = defineCondition({
  type: 'task',
  summary:
    'The kind of work, as recognised from the newest ask or named by the tag `task` (`x-tierwise-tags: task=code-review`): one of these.',
  config: oneOrMany(z.enum(tasks)).describe(
    'One task or a list: `[coding, debugging]`; `unsure` is one of them.',
  ),
  compile: (wanted) => {
    const set = new Set<string>(listOf(wanted));
    return (subject) => set.has(subject.task);
  },
});
