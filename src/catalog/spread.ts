import { type ModelId, type Tier, tiers } from '../core/model.ts';
import { blendedPrice } from './cost.ts';
import type { CatalogueModel } from './models-of.ts';
import { currentModels } from './tier-lists.ts';

/** A model and its price in one figure: USD per million tokens, 3 parts input to 1 part output. */
export interface Offer {
  readonly model: ModelId;
  readonly blendedUsd: number;
}

/** How far one provider's tiers lie apart in price: a wide spread is a reason to route inside it. */
export interface ProviderSpread {
  readonly provider: string;
  /** Cheapest current model of each tier that is fit for anything. */
  readonly cheapest: Partial<Readonly<Record<Tier, Offer>>>;
  /** Dearest of these over the cheapest of these that is not free; null with fewer than two. */
  readonly factor: number | null;
}

/** Widest first. */
export const spreadOf = (models: readonly CatalogueModel[]): readonly ProviderSpread[] =>
  [...Map.groupBy(models, ({ provider }) => provider)]
    .map(([provider, own]) => {
      const cheapest = cheapestPerTier(own);
      const paid = Object.values(cheapest)
        .map(({ blendedUsd }) => blendedUsd)
        .filter((usd) => usd > 0);
      return { provider, cheapest, factor: paid.length < 2 ? null : Math.max(...paid) / Math.min(...paid) };
    })
    .sort((a, b) => (b.factor ?? 0) - (a.factor ?? 0));

/** Who is cheapest in each tier, whoever sells it. */
export const cheapestPerTier = (models: readonly CatalogueModel[]): ProviderSpread['cheapest'] =>
  Object.fromEntries(
    tiers.flatMap((tier) => {
      const [cheapest] = offersOf(models, tier);
      return cheapest ? [[tier, cheapest]] : [];
    }),
  );

const offersOf = (models: readonly CatalogueModel[], tier: Tier): readonly Offer[] =>
  currentModels(models)
    .filter((model) => model.tier === tier)
    .map((model) => ({ model: model.id, blendedUsd: blendedPrice(model) }))
    .sort((a, b) => a.blendedUsd - b.blendedUsd);
