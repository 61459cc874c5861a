import type { CatalogueModel } from '../catalog/index.ts';
import type { DialectName } from '../core/model.ts';
import { simulatedCatalogue } from '../simulator/catalogue.ts';
import type { SimulatedModel } from '../simulator/simulated-model.ts';
import { allWorldModels } from '../simulator/world-models.ts';

/** The simulated models that speak a dialect, as a provider of that kind has them. */
export const simulatedModels = (
  provider: string,
  dialect: DialectName,
  models: readonly SimulatedModel[] = allWorldModels,
): readonly CatalogueModel[] =>
  simulatedCatalogue(
    models.filter(({ wire }) => wire === dialect),
    {
      'openai-chat': provider,
      'openai-responses': provider,
      'anthropic-messages': provider,
      gemini: provider,
    },
  ).map((model) => ({ ...model, isDeprecated: false, listed: '' }));
