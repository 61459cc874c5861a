import { catalogueProviders } from '../catalog/data.ts';
import { type Catalogue, createCatalogue, modelsOf } from '../catalog/index.ts';
import { providerKinds } from '../providers/index.ts';
import type { Config } from './config.ts';

/** All models of the configured providers, with the corrections of the configuration. */
export const catalogueOf = ({ providers, models }: Pick<Config, 'providers' | 'models'>): Catalogue =>
  createCatalogue(
    Object.entries(providers).flatMap(([name, provider]) =>
      modelsOf(
        {
          name,
          catalogue: vendorOf(name, provider),
          dialect: provider.kind.dialect,
          custom: provider.models,
        },
        models,
      ),
    ),
  );

/** Everything the catalogue knows, whoever is configured. */
export const wholeCatalogue = (): Catalogue =>
  createCatalogue(
    catalogueProviders().flatMap((vendor) => {
      const dialect = providerKinds.find(({ catalogue }) => catalogue === vendor)?.dialect ?? 'openai-chat';
      return modelsOf({ name: vendor, catalogue: vendor, dialect, custom: {} });
    }),
  );

/** Whose models a provider serves: what it says, its type's own vendor, or the vendor it is named after. */
const vendorOf = (name: string, { catalogue, kind }: Config['providers'][string]): string | undefined =>
  catalogue ?? kind.catalogue ?? (catalogueProviders().includes(name) ? name : undefined);
