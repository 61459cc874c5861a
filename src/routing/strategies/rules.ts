import { z } from 'zod';
import type { ModelId } from '../../core/model.ts';
import { compileWhen, whenSchema } from '../conditions/index.ts';
import { isTier, listed, tierIn } from './listed.ts';
import { defineStrategy, type TierModels, type Wish } from './strategy.ts';

const use = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .describe('A tier or a model id, or a list of them: the first is asked first, the rest are fallbacks.');

export const ruleSchema = z.strictObject({
  name: z.string().min(1).max(120).describe('Told in headers, logs and reports.'),
  when: whenSchema.prefault({}).describe('All of these must hold; nothing named always holds.'),
  use,
});

export type Use = z.infer<typeof use>;
export type Rule = z.output<typeof ruleSchema>;

export const rulesConfig = z.strictObject({
  type: z.literal('rules'),
  rules: z.array(ruleSchema).optional().describe('First match wins. Default: the selection matrix.'),
  otherwise: use.default('mid').describe('Where no rule holds.'),
});

/** Explicit criteria in order; the first rule that holds decides. */
export const rules = defineStrategy({
  type: 'rules',
  summary: 'Explicit criteria in order; the first rule that holds decides.',
  config: rulesConfig,
  compile: ({ rules: list = [], otherwise }, { tiers: tierModels }) => {
    const compiled = list.map(({ name, when, use: wanted }) => ({
      holds: compileWhen(when),
      wish: wishFor(wanted, tierModels, name),
    }));
    const fallback = wishFor(otherwise, tierModels, undefined);
    return ({ subject }) => {
      for (const { holds, wish } of compiled) if (holds(subject)) return wish;
      return fallback;
    };
  },
});

/** What a `use` stands for, worked out once. The tier of a list is that of its first entry. */
export const wishFor = (wanted: Use, tierModels: TierModels, rule: string | undefined): Wish => {
  const names = typeof wanted === 'string' ? [wanted] : wanted;
  const [first = 'mid'] = names;
  return {
    tier: isTier(first) ? first : tierIn(tierModels, first as ModelId),
    models: listed(names, tierModels),
    mayRise: names.some(isTier),
    ...(rule !== undefined && { rule }),
    reasons: [
      rule === undefined ? `no rule holds: ${names.join(', ')}` : `rule "${rule}": ${names.join(', ')}`,
    ],
    propensity: 1,
  };
};
