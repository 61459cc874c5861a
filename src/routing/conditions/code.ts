import { z } from 'zod';
import { defineCondition } from './condition.ts';

const share = z.number().min(0).max(1);

export const code = defineCondition({
  type: 'code',
  summary: 'Whether the newest ask holds source code, or how much of it is.',
  config: z
    .union([z.boolean(), z.strictObject({ min: share.default(0), max: share.default(1) })])
    .describe('`true`, `false`, or the share of characters: `{ min: 0.5 }`.'),
  compile: (config) => {
    if (typeof config === 'boolean') return ({ hasCode }) => hasCode === config;
    const { min, max } = config;
    return ({ codeShare }) => min <= codeShare && codeShare <= max;
  },
});
