import { z } from 'zod';
import { defineCondition } from './condition.ts';
import { listOf, oneOrMany } from './one-or-many.ts';

export const structured = defineCondition({
  type: 'structured',
  summary: 'Whether the answer must be JSON, and by which means.',
  config: z
    .union([z.boolean(), oneOrMany(z.enum(['none', 'json', 'schema']))])
    .describe('`true` for any structure, `false` for none, or `json`, `schema`, `none`.'),
  compile: (config) => {
    if (typeof config === 'boolean') return (subject) => (subject.structured !== 'none') === config;
    const set = new Set<string>(listOf(config));
    return (subject) => set.has(subject.structured);
  },
});
