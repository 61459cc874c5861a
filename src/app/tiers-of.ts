import type { Catalogue, CatalogueModel, TierLists } from '../catalog/index.ts';
import { tierLists } from '../catalog/index.ts';
import type { ModelId, Tier } from '../core/model.ts';
import type { Config } from './config.ts';

type WrittenTiers = Partial<Readonly<Record<Tier, readonly string[] | undefined>>>;

/**
 * The models of each tier: as the configuration says, else from the catalogue for the providers there
 * are. What a route says of its own comes before both.
 */
export const tiersOf = (config: Config, catalogue: Catalogue, ofRoute: WrittenTiers = {}): TierLists => {
  const { lists, warnings } = tierLists(catalogue.list(), (model) => isSpoken(model, config));
  const listOf = (tier: Tier): readonly ModelId[] =>
    ([ofRoute[tier], config.tiers[tier]].find((written) => written && written.length > 0) as
      | readonly ModelId[]
      | undefined) ?? lists[tier];
  const written = Object.keys({ ...withEntries(config.tiers), ...withEntries(ofRoute) });
  return {
    lists: { light: listOf('light'), mid: listOf('mid'), frontier: listOf('frontier') },
    warnings: warnings.filter((warning) => !written.some((tier) => warning.includes(`the ${tier} tier`))),
  };
};

/** Its provider is spoken to in a dialect on which the model takes tools. */
const isSpoken = ({ provider, capabilities }: CatalogueModel, { providers }: Config): boolean => {
  const endpoints = providers[provider]?.kind.endpoints ?? [];
  return endpoints.some(({ dialect }) => capabilities.toolDialects.includes(dialect));
};

const withEntries = (lists: WrittenTiers): WrittenTiers =>
  Object.fromEntries(Object.entries(lists).filter(([, models]) => models && models.length > 0));
