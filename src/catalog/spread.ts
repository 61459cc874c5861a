import { type ModelId, type Tier, tiers } from '../core/model.ts';
import { blendedPrice } from './cost.ts';
import type { CatalogueModel } from './models-of.ts';

/** How far one provider's tiers lie apart in price: a wide spread is a reason to route inside it. */
export interface ProviderSpread {
  readonly provider: string;
  /** Cheapest current model of each tier; USD per million tokens, 3 parts input to 1 part output. */
  readonly cheapest: Partial<
    Readonly<Record<Tier, { readonly model: ModelId; readonly blendedUsd: number }>>
  >;
  /** Dearest of these over the cheapest of these that is not free; null with fewer than two. */
  readonly factor: number | null;
}

/** Widest first. */
export const spreadOf = (models: readonly CatalogueModel[]): readonly ProviderSpread[] => {
  const providers = [...new Set(models.map(({ provider }) => provider))];
  return providers
    .map((provider) => {
      const cheapest = cheapestPerTier(models.filter((model) => model.provider === provider));
      const paid = Object.values(cheapest)
        .map(({ blendedUsd }) => blendedUsd)
        .filter((usd) => usd > 0);
      return { provider, cheapest, factor: paid.length < 2 ? null : Math.max(...paid) / Math.min(...paid) };
    })
    .sort((a, b) => (b.factor ?? 0) - (a.factor ?? 0));
};

/** The cheapest current model of each tier. */
export const cheapestPerTier = (models: readonly CatalogueModel[]): ProviderSpread['cheapest'] => {
  const found: Partial<Record<Tier, { model: ModelId; blendedUsd: number }>> = {};
  for (const tier of tiers)
    for (const model of models) {
      if (model.tier !== tier || model.isDeprecated || !model.capabilities.tools) continue;
      const blendedUsd = blendedPrice(model);
      const best = found[tier];
      if (!best || blendedUsd < best.blendedUsd) found[tier] = { model: model.id, blendedUsd };
    }
  return found;
};
