import { z } from 'zod';
import { compileWhen, whenSchema } from '../conditions/index.ts';
import { defaultRules } from '../default-rules.ts';
import { defineStrategy } from './strategy.ts';
import { useSchema, wishFor } from './use.ts';

export const ruleSchema = z.strictObject({
  name: z.string().min(1).max(120).describe('Told in headers, logs and reports.'),
  when: whenSchema.prefault({}).describe('All of these must hold; nothing named always holds.'),
  use: useSchema,
});

export type Rule = z.output<typeof ruleSchema>;

export const rulesConfig = z.strictObject({
  type: z.literal('rules'),
  rules: z.array(ruleSchema).optional().describe('First match wins. Default: the selection matrix.'),
  otherwise: useSchema.default('mid').describe('Where no rule holds.'),
});

/** Explicit criteria in order; the first rule that holds decides. */
export const rules = defineStrategy({
  type: 'rules',
  summary: 'Explicit criteria in order; the first rule that holds decides.',
  config: rulesConfig,
  compile: ({ rules: list = defaultRules(), otherwise }, { tiers }) => {
    const compiled = list.map(({ name, when, use }) => ({
      holds: compileWhen(when),
      wish: { ...wishFor(use, tiers, `rule "${name}"`), rule: name },
    }));
    const fallback = wishFor(otherwise, tiers, 'no rule holds');
    return ({ subject }) => {
      for (const { holds, wish } of compiled) if (holds(subject)) return wish;
      return fallback;
    };
  },
});
