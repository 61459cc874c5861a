import { type ModelId, type Tier, tiers } from '../core/model.ts';
import { blendedPrice } from './cost.ts';
import { isSpecialist } from './facts/specialists.ts';
import type { CatalogueModel } from './models-of.ts';
import { bareName, undatedName } from './names.ts';
import { priceBandTier } from './tiers.ts';

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

/** A default is a handful to fall back on, not everything a host has on its shelves. */
const longestList = 12;

/**
 * The default tiers of some providers: of each provider and family the newest model that is fit for
 * anything and reachable (`speaks`). In a tier the user's own models come first, then the newest
 * generation (by month of release), and in it the cheapest.
 */
export const tierLists = (
  models: readonly CatalogueModel[],
  speaks: (model: CatalogueModel) => boolean,
): TierLists => {
  const reachable = models.filter(speaks);
  const current = currentModels(reachable);
  const fit = current.length > 0 ? current : reachable;
  const inTier = (tier: Tier): readonly CatalogueModel[] =>
    fit
      .filter((model) => model.tier === tier)
      .sort(byPreference)
      .slice(0, longestList);
  const own = { light: inTier('light'), mid: inTier('mid'), frontier: inTier('frontier') };
  const warnings: string[] = [];
  const filled = (tier: Tier): readonly ModelId[] => {
    const from = own[tier].length > 0 ? tier : neighbours[tier].find((other) => own[other].length > 0);
    if (from && from !== tier) warnings.push(`No model is in the ${tier} tier; it borrows those of ${from}.`);
    return from ? own[from].map(({ id }) => id) : [];
  };
  const [light, mid, frontier] = tiers.map(filled);
  return { lists: { light: light ?? [], mid: mid ?? [], frontier: frontier ?? [] }, warnings };
};

/**
 * What a vendor would sell today to somebody who asks for a tier: of each family the newest model that
 * is fit for anything, and no family that its tier has left behind.
 */
export const currentModels = (models: readonly CatalogueModel[]): readonly CatalogueModel[] => {
  const newest = newestOfFamily(withoutSnapshots(models.filter(isGeneral)));
  const shelves = Map.groupBy(newest, ({ provider, tier }) => `${provider} ${tier}`);
  return [...shelves.values()].flatMap((shelf) => {
    const youngest = Math.max(...shelf.map((model) => monthNumber(monthOf(model))));
    return shelf.filter(
      (model) => isUsersOwn(model) || monthNumber(monthOf(model)) >= youngest - longestServiceMonths,
    );
  });
};

/** A family without a new model for this long, while its tier had one, is kept for old customers. */
const longestServiceMonths = 12;

/**
 * Fit for whatever comes along: takes tools and a prompt of some length, is not about to be taken
 * away, made for one purpose or lent for nothing. What the user has named is always fit.
 */
const isGeneral = (model: CatalogueModel): boolean =>
  isUsersOwn(model) ||
  (!model.isDeprecated &&
    model.capabilities.tools &&
    model.contextTokens >= 32_000 &&
    model.maxOutputTokens >= 4_000 &&
    blendedPrice(model) > 0 &&
    !isSpecialist(bareName(model.name)));

const isUsersOwn = ({ listed }: CatalogueModel): boolean => listed === '';

/** A dated name beside the maker's plain one is the same model, frozen. */
const withoutSnapshots = (models: readonly CatalogueModel[]): readonly CatalogueModel[] => {
  const ids = new Set<string>(models.map(({ id }) => id));
  return models.filter(({ provider, name }) => {
    const plain = undatedName(name);
    return plain === name || !ids.has(`${provider}/${plain}`);
  });
};

const newestOfFamily = (models: readonly CatalogueModel[]): CatalogueModel[] => {
  const newest = new Map<string, CatalogueModel>();
  for (const model of models) {
    const key = isUsersOwn(model) ? model.id : `${model.provider} ${model.tier} ${familyOf(model.name)}`;
    const known = newest.get(key);
    if (!known || isYounger(model, known)) newest.set(key, model);
  }
  return [...newest.values()];
};

/** A name without its versions and dates: "claude-haiku-4-5-20251001" → "claude-haiku". */
const familyOf = (name: string): string =>
  undatedName(bareName(name))
    .replace(/-preview/, '')
    .replace(/\d[\d.p]*/g, '')
    .replace(/-+(?=-|$)/g, '');

const isYounger = (a: CatalogueModel, b: CatalogueModel): boolean => {
  const [bornA, bornB] = [monthOf(a), monthOf(b)];
  // of two names for one release the plain one, without a date, is the maker's own alias
  return bornA === bornB ? a.name.length < b.name.length : bornA > bornB;
};

/** "2026-09". A month in the name ("mistral-large-2512") knows better than the data's day of release. */
const monthOf = ({ name, listed }: CatalogueModel): string => {
  const [, year, month] = /-(2[3-9])(0[1-9]|1[0-2])$/.exec(name) ?? [];
  return year && month ? `20${year}-${month}` : listed.slice(0, 7);
};

const monthNumber = (month: string): number =>
  month === '' ? Number.NEGATIVE_INFINITY : Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));

const byPreference = (a: CatalogueModel, b: CatalogueModel): number =>
  Number(isUsersOwn(b)) - Number(isUsersOwn(a)) ||
  Number(isDoubtful(a)) - Number(isDoubtful(b)) ||
  (monthOf(a) === monthOf(b) ? blendedPrice(a) - blendedPrice(b) : monthOf(a) < monthOf(b) ? 1 : -1);

/**
 * A flagship sold at a light price plays in another league than the rest of its tier, and of a maker
 * without a known line-up only the price is known: neither goes first.
 */
const isDoubtful = (model: CatalogueModel): boolean =>
  model.tierFrom === 'price-band' ||
  (model.tier === 'frontier' && priceBandTier(blendedPrice(model)) === 'light');
