import { z } from 'zod';
import { defineStrategy } from './strategy.ts';
import { useSchema, wishFor } from './use.ts';

export const fixedConfig = z.strictObject({
  type: z.literal('fixed'),
  use: useSchema.describe('A tier or model id, or a list of them.'),
});

/** Always the same tier or model: a control to measure against, or a plain alias. */
export const fixed = defineStrategy({
  type: 'fixed',
  summary: 'Always the same tier or model.',
  config: fixedConfig,
  compile: ({ use }, { tiers }) => {
    const wish = wishFor(use, tiers, 'fixed');
    return () => wish;
  },
});
