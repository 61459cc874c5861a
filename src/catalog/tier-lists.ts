import type { ModelId, Tier } from '../core/model.ts';
import { blendedPrice } from './cost.ts';
import type { CatalogueModel } from './models-of.ts';

export interface TierLists {
  /** Models of each tier in the order they are asked; empty only where there is no model at all. */
  readonly lists: Readonly<Record<Tier, readonly ModelId[]>>;
  /** One sentence for each tier that had to borrow. */
  readonly warnings: readonly string[];
}

/** Where an empty tier borrows: first the dearer neighbour, since too good is the lesser harm. */
const neighbours: Readonly<Record<Tier, readonly Tier[]>> = {
  light: ['mid', 'frontier'],
  mid: ['frontier', 'light'],
  frontier: ['mid', 'light'],
};

/**
 * The default tiers of some providers: of each provider and family the newest model that takes tools
 * and speaks a dialect we do; providers in the given order, younger families first.
 */
export const tierLists = (
  models: readonly CatalogueModel[],
  speaks: (model: CatalogueModel) => boolean,
): TierLists => {
  const fit = newestOfFamily(
    models.filter((model) => !model.isDeprecated && isGeneral(model) && speaks(model)),
  );
  const inTier = (tier: Tier) => fit.filter((model) => model.tier === tier).sort(byPreference);
  const own: Readonly<Record<Tier, readonly CatalogueModel[]>> = {
    light: inTier('light'),
    mid: inTier('mid'),
    frontier: inTier('frontier'),
  };
  const warnings: string[] = [];
  const filled = (tier: Tier): readonly ModelId[] => {
    const from = own[tier].length > 0 ? tier : neighbours[tier].find((other) => own[other].length > 0);
    if (from && from !== tier) warnings.push(`No model is in the ${tier} tier; it borrows those of ${from}.`);
    return from ? own[from].map(({ id }) => id) : [];
  };
  const lists = { light: filled('light'), mid: filled('mid'), frontier: filled('frontier') };
  return { lists, warnings };
};

/** Fit for any request that comes along: not a research preview, not for one purpose. */
const isGeneral = ({ name, capabilities, contextTokens }: CatalogueModel): boolean =>
  capabilities.tools &&
  contextTokens >= 16_000 &&
  !/preview|-exp\b|computer-use|multi-agent|daybreak|codex|safeguard|customtools|^labs-|instruct-0/.test(
    name,
  );

const newestOfFamily = (models: readonly CatalogueModel[]): CatalogueModel[] => {
  const newest = new Map<string, CatalogueModel>();
  for (const model of models) {
    const key = `${model.provider} ${model.tier} ${familyOf(model.name)}`;
    const known = newest.get(key);
    if (!known || isYounger(model, known)) newest.set(key, model);
  }
  return [...newest.values()];
};

/** A name without its versions and dates: "claude-haiku-4-5-20251001" → "claude-haiku". */
const familyOf = (name: string): string =>
  name
    .replace(/\d{4}-\d\d-\d\d|\d{6,8}/g, '')
    .replace(/[\d.]+/g, '')
    .replace(/-latest$/, '')
    .replace(/-+/g, '-')
    .replace(/-$/, '');

const isYounger = (a: CatalogueModel, b: CatalogueModel): boolean => {
  // of two names for one release the plain one, without a date, is the maker's own alias
  return a.listed === b.listed ? a.name.length < b.name.length : a.listed > b.listed;
};

/** The newest generation first, then the cheaper one. */
const byPreference = (a: CatalogueModel, b: CatalogueModel): number => {
  const [young, old] = [b.listed.slice(0, 7), a.listed.slice(0, 7)];
  return young === old ? blendedPrice(a) - blendedPrice(b) : young > old ? 1 : -1;
};
