import { z } from 'zod';
import { wishFor } from './rules.ts';
import { defineStrategy } from './strategy.ts';

export const fixedConfig = z.strictObject({
  type: z.literal('fixed'),
  use: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe('A tier or model id, or a list of them.'),
});

/** Always the same tier or model: a control to measure against, or a plain alias. */
export const fixed = defineStrategy({
  type: 'fixed',
  summary: 'Always the same tier or model.',
  config: fixedConfig,
  compile: ({ use }, { tiers: tierModels }) => {
    const { rule: _, ...wish } = wishFor(use, tierModels, 'fixed');
    return () => ({ ...wish, reasons: [`fixed: ${typeof use === 'string' ? use : use.join(', ')}`] });
  },
});
