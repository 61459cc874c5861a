import type { CatalogueModel } from '../catalog/models-of.ts';
import type { DialectName, ModelId } from '../core/model.ts';
import { pricePerMillion } from '../core/money.ts';
import type { SimulatedModel } from '../simulator/simulated-model.ts';
import { worldModels } from '../simulator/world-models.ts';

/** The simulated models that speak a dialect, as a provider of that kind has them. */
export const simulatedModels = (
  provider: string,
  dialect: DialectName,
  models: readonly SimulatedModel[] = worldModels,
): readonly CatalogueModel[] =>
  models.filter(({ wire }) => wire === dialect).map((model) => modelOf(provider, model));

const modelOf = (provider: string, model: SimulatedModel): CatalogueModel => {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite30m, cacheWrite1h } = model.prices;
  return {
    id: `${provider}/${model.name}` as ModelId,
    provider,
    name: model.name,
    displayName: model.displayName,
    tier: model.tier,
    tierFrom: 'line-up',
    prices: {
      version: 'simulated',
      bands: [
        {
          abovePromptTokens: 0,
          input: pricePerMillion(input),
          output: pricePerMillion(output),
          cacheRead: pricePerMillion(cacheRead),
          cacheWrite5m: pricePerMillion(cacheWrite5m),
          cacheWrite30m: pricePerMillion(cacheWrite30m),
          cacheWrite1h: pricePerMillion(cacheWrite1h),
          cacheWrite12h: pricePerMillion(cacheWrite1h),
        },
      ],
    },
    contextTokens: model.contextTokens,
    maxOutputTokens: model.maxOutputTokens,
    capabilities: model.capabilities,
    isDeprecated: false,
    listed: '',
  };
};
