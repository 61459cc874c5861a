import { z } from 'zod';
import { defineCondition } from './condition.ts';

export const reasoning = defineCondition({
  type: 'reasoning',
  summary: 'Whether the caller asked for thinking of medium effort or more. Coding agents ask for it always.',
  config: z.boolean().describe('`true` or `false`'),
  compile:
    (wanted) =>
    ({ wantsReasoning }) =>
      wantsReasoning === wanted,
});
