import { z } from 'zod';
import { anyGlobTest } from '../../kit/glob.ts';
import { defineCondition } from './condition.ts';
import { listOf, oneOrMany } from './one-or-many.ts';

export const tag = defineCondition({
  type: 'tag',
  summary: 'What callers say of a request in the header `x-tierwise-tags: job=nightly, team=search`.',
  config: z
    .record(z.string().min(1), oneOrMany(z.string()))
    .refine((tags) => Object.keys(tags).length > 0, 'names no tag')
    .describe('Key and value, or a list of values; `*` stands for anything. All keys named must fit.'),
  compile: (wanted) => {
    const tests = Object.entries(wanted).map(([key, values]) => ({ key, fits: anyGlobTest(listOf(values)) }));
    return ({ tags }) =>
      tests.every(({ key, fits }) => {
        const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
        return value !== undefined && fits(value);
      });
  },
});
