import type { CatalogueModel } from '../catalog/index.ts';
import type { Caller } from '../core/caller.ts';
import type { Effort, Reasoning } from '../core/model.ts';
import { tiers } from '../core/model.ts';
import { defaultRoute } from '../gateway/admit.ts';
import type { Offer } from '../gateway/snapshot.ts';
import { anyGlobTest } from '../kit/glob.ts';
import type { Intercept } from '../routing/resolve.ts';
import type { Config } from './config.ts';

export interface RoutedOffer extends Offer {
  readonly route: string;
}

/** Routes and tiers by names that begin like Anthropic's models: Claude Code drops all others from a list. */
export const aliasIntercepts = (routes: readonly string[]): readonly Intercept[] => [
  ...routes.map((route): Intercept => ({ match: aliasOf(route), route })),
  ...tiers.map((tier): Intercept => ({ match: aliasOf(tier), tier })),
];

/** Everything a caller can ask for by name. */
export const offersOf = (
  config: Config,
  models: readonly CatalogueModel[],
  routes: readonly string[],
): readonly RoutedOffer[] => {
  const ours = [
    ...routes.map((route) => our(route, route, route)),
    ...tiers.map((tier) => our(tier, `${tier} tier`, defaultRoute)),
  ];
  const written = config.intercept.filter(({ match }) => !match.includes('*'));
  const taken = new Set(written.map(({ match }) => match));
  return [
    ...ours,
    ...written.map(({ match, route = defaultRoute }) => ({ ...our(match, '', route), displayName: match })),
    ...ours
      .map((offer) => ({ ...offer, id: aliasOf(offer.id), isAlias: true }))
      .filter(({ id }) => !taken.has(id)),
    ...models.filter(({ isDeprecated }) => !isDeprecated).map(offerOf),
  ];
};

/** What of it this caller may use. */
export const offersTo = (caller: Caller, offers: readonly RoutedOffer[]): readonly Offer[] => {
  const { routes, models } = caller;
  if (!routes && !models) return offers;
  const mayUse = models ? anyGlobTest(models) : () => true;
  return offers.filter(({ id, ownedBy, route }) => {
    if (routes && !routes.includes(route)) return false;
    return ownedBy === 'tierwise' || mayUse(id);
  });
};

const aliasOf = (name: string): string => `claude-${name}`;

const our = (id: string, words: string, route: string): RoutedOffer => ({
  id,
  displayName: `Tierwise: ${words}`,
  ownedBy: 'tierwise',
  released: undefined,
  route,
});

const offerOf = (model: CatalogueModel): RoutedOffer => ({
  id: model.id,
  displayName: model.displayName,
  ownedBy: model.provider,
  released: model.released,
  route: defaultRoute,
  contextTokens: model.contextTokens,
  maxOutputTokens: model.maxOutputTokens,
  efforts: effortsOf(model.capabilities.reasoning),
  takesImages: model.capabilities.input.includes('image'),
});

const effortsOf = (reasoning: Reasoning): readonly Effort[] =>
  reasoning.type === 'effort' || reasoning.type === 'adaptive' ? reasoning.efforts : [];
