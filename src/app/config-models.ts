import { catalogueProviders } from '../catalog/data.ts';
import { type Catalogue, createCatalogue, modelsOf } from '../catalog/index.ts';
import type { DialectName } from '../core/model.ts';
import { anyGlobTest } from '../kit/glob.ts';
import { providerKinds } from '../providers/index.ts';
import type { SimulatedModel } from '../simulator/simulated-model.ts';
import type { Config } from './config.ts';
import { isOurOwn } from './config-resolve-providers.ts';
import { simulatedModels } from './simulated-models.ts';

/** All models of the configured providers, with the corrections of the configuration. */
export const catalogueOf = (
  { providers, models }: Pick<Config, 'providers' | 'models'>,
  simulated?: readonly SimulatedModel[],
): Catalogue =>
  createCatalogue(
    Object.entries(providers).flatMap(([name, provider]) => {
      const dialects = provider.kind.endpoints.map(({ dialect }) => dialect);
      if (isOurOwn(provider.kind)) return simulatedModels(name, dialects[0] as DialectName, simulated);
      const known = modelsOf(
        {
          name,
          catalogue: vendorOf(name, provider),
          dialects,
          custom: provider.models,
          ownNames: provider.kind.nameExample === undefined ? undefined : (provider.only ?? []),
        },
        models,
      );
      const isServed = provider.only && anyGlobTest(provider.only);
      return isServed
        ? known.filter((model) => isServed(model.name) || Object.hasOwn(provider.models, model.name))
        : known;
    }),
  );

/** Everything the catalogue knows, whoever is configured. */
export const wholeCatalogue = (): Catalogue =>
  createCatalogue(
    catalogueProviders().flatMap((vendor) => {
      const kind = providerKinds.find(({ catalogue }) => catalogue === vendor);
      const dialects: readonly DialectName[] = kind?.endpoints.map(({ dialect }) => dialect) ?? [
        'openai-chat',
      ];
      return modelsOf({ name: vendor, catalogue: vendor, dialects, custom: {} });
    }),
  );

/** Whose models a provider serves: what it says, its type's own vendor, or the vendor it is named after. */
const vendorOf = (name: string, { catalogue, kind }: Config['providers'][string]): string | undefined =>
  catalogue ?? kind.catalogue ?? (catalogueProviders().includes(name) ? name : undefined);
