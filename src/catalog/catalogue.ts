import type { CatalogueModel } from './models-of.ts';
import { bareName, canonicalName, undatedName } from './names.ts';

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

/** No vendor's name comes near; a caller's megabytes need no looking at. */
const longestName = 256;
const mostAsked = 1000;

export const createCatalogue = (models: readonly CatalogueModel[]): Catalogue => {
  const byId = new Map<string, CatalogueModel>(models.map((model) => [model.id, model]));
  const byName = firstOfEach(models, [({ id }) => id, ({ name }) => name, ({ name }) => bareName(name)]);
  // a map of its own: dots may stand for dashes there
  const bySpelling = firstOfEach(models, [({ name }) => canonicalName(name)]);
  const findAnew = (name: string): CatalogueModel | undefined => {
    const known = byId.get(name) ?? byName.get(name.toLowerCase());
    if (known) return known;
    const bare = bareName(name);
    return byName.get(bare) ?? byName.get(undatedName(bare)) ?? bySpelling.get(canonicalName(name));
  };
  const asked = new Map<string, CatalogueModel | null>();
  return {
    get: (id) => byId.get(id),
    list: () => models,
    find: (name) => {
      if (name.length > longestName) return undefined;
      const known = asked.get(name);
      if (known !== undefined) return known ?? undefined;
      const found = findAnew(name);
      // names come from callers: what is remembered must not grow without end
      if (asked.size < mostAsked) asked.set(name, found ?? null);
      return found;
    },
  };
};

/** Models by what `keys` make of them: an earlier key goes before a later one, then an earlier model. */
const firstOfEach = (
  models: readonly CatalogueModel[],
  keys: readonly ((model: CatalogueModel) => string)[],
): ReadonlyMap<string, CatalogueModel> => {
  const found = new Map<string, CatalogueModel>();
  for (const keyOf of keys)
    for (const model of models) {
      const key = keyOf(model).toLowerCase();
      if (!found.has(key)) found.set(key, model);
    }
  return found;
};
