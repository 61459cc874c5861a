import { z } from 'zod';
import type { ModelId } from '../../core/model.ts';
import { isTier, listed, tierIn } from './listed.ts';
import type { TierModels, Wish } from './strategy.ts';

export const useSchema = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .describe('A tier or a model id, or a list of them: the first is asked first, the rest are fallbacks.');

export type Use = z.infer<typeof useSchema>;

export const namesOf = (wanted: Use): readonly string[] => (typeof wanted === 'string' ? [wanted] : wanted);

/** What a `use` stands for, worked out once. The tier of a list is that of its first entry. */
export const wishFor = (wanted: Use, tierModels: TierModels, reason: string): Wish => {
  const names = namesOf(wanted);
  const [first = 'mid'] = names;
  return {
    tier: isTier(first) ? first : tierIn(tierModels, first as ModelId),
    models: listed(names, tierModels),
    mayRise: names.some(isTier),
    reasons: [`${reason}: ${names.join(', ')}`],
    propensity: 1,
  };
};
