import type { ModelId } from '../core/model.ts';
import type { CatalogueModel } from './models-of.ts';

/** The models of a configuration, found by any name that clients use for them. */
export interface Catalogue {
  get(id: string): CatalogueModel | undefined;
  list(): readonly CatalogueModel[];
  /**
   * By "provider/name", else by bare name in the order of the providers; whatever the case, with the
   * marks clients add (`[1m]`), a maker's prefix, or a date the catalogue does not carry (pitfall 51).
   */
  find(name: string): CatalogueModel | undefined;
}

export const createCatalogue = (models: readonly CatalogueModel[]): Catalogue => {
  const byId = new Map<string, CatalogueModel>(models.map((model) => [model.id, model]));
  const byName = new Map<string, CatalogueModel>();
  const add = (name: string, model: CatalogueModel): void => {
    const key = name.toLowerCase();
    if (!byName.has(key)) byName.set(key, model);
  };
  for (const model of models) add(model.id, model);
  for (const model of models) add(model.name, model);
  for (const model of models) add(model.name.slice(model.name.lastIndexOf('/') + 1), model);
  const lookUp = (name: string): CatalogueModel | undefined =>
    byId.get(name as ModelId) ?? byName.get(name.toLowerCase());
  return {
    get: (id) => byId.get(id),
    list: () => models,
    find: (name) => {
      const plain = name.replace(/\[[\w-]{1,8}\]$/, '');
      const bare = plain.slice(plain.lastIndexOf('/') + 1);
      return (
        lookUp(name) ??
        lookUp(plain) ??
        lookUp(bare) ??
        lookUp(bare.replace(/-(?:20\d{6}|20\d\d-\d\d-\d\d|latest)$/, ''))
      );
    },
  };
};
