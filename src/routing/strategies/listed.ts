import { type ModelId, type Tier, tiers } from '../../core/model.ts';
import type { TierModels } from './strategy.ts';

export const isTier = (name: string): name is Tier => (tiers as readonly string[]).includes(name);

/** The models that names stand for, a tier's in its order, each once. */
export const listed = (names: readonly string[], tierModels: TierModels): readonly ModelId[] => [
  ...new Set(names.flatMap((name) => (isTier(name) ? tierModels[name] : [name as ModelId]))),
];

/** The tier in whose list of the route a model stands, the cheapest first; mid for one in none. */
export const tierIn = (tierModels: TierModels, model: ModelId): Tier =>
  tiers.find((tier) => tierModels[tier].includes(model)) ?? 'mid';

/** All models of a route, the cheapest tier first. */
export const routeModels = (tierModels: TierModels): readonly ModelId[] => listed(tiers, tierModels);

/** What two sets have in common, in the order of the first. */
export const both = (a: ReadonlySet<ModelId>, b: ReadonlySet<ModelId>): ReadonlySet<ModelId> => {
  const common = new Set<ModelId>();
  for (const id of a) if (b.has(id)) common.add(id);
  return common;
};
