import { KeyRing } from '../access/keys.ts';
import {
  type Catalogue,
  type CatalogueModel,
  costOf,
  createCatalogue,
  modelsOf,
  tierLists,
} from '../catalog/index.ts';
import type { Caller } from '../core/caller.ts';
import type { Features } from '../core/features.ts';
import { type DialectName, type Model, type ModelId, type Tier, tiers } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import { noUsage } from '../core/usage.ts';
import { dialects } from '../dialects/index.ts';
import { describe } from '../features/describe.ts';
import { admit, defaultRoute } from '../gateway/admit.ts';
import { decide } from '../gateway/decide.ts';
import type { Offer, Snapshot } from '../gateway/snapshot.ts';
import { anyGlobTest } from '../kit/glob.ts';
import type { Provider } from '../providers/provider.ts';
import { createResolver, type Resolved } from '../routing/resolve.ts';
import { compileRoute, type Route, type RouteConfig, routeSchema } from '../routing/route.ts';
import type { TierModels } from '../routing/strategies/strategy.ts';
import type { Config } from './config.ts';
import type { ResolvedProvider } from './config-resolve-providers.ts';
import { nearNames } from './near-names.ts';

/** What has to be known beside the configuration. */
export interface SnapshotParts {
  readonly isHealthy: (model: Model) => boolean;
  readonly now: () => number;
  /** Address and models of the simulated providers, by kind; undefined where none was started. */
  readonly simulated: SimulatedProviders | undefined;
}

export interface SimulatedProviders {
  readonly url: string;
  /** Models of the provider `name`, which is of the kind that speaks this dialect. */
  models(name: string, dialect: DialectName): readonly CatalogueModel[];
}

/** A configuration made ready to serve, and what `models`, `route` and the banner tell of it. */
export interface Composed {
  readonly snapshot: Snapshot;
  readonly catalogue: Catalogue;
  readonly tiers: TierModels;
  readonly resolve: (name: string) => Resolved;
  /** Sentences about tiers that had to borrow. */
  readonly warnings: readonly string[];
}

/** Builds everything that a configuration decides. Throws GatewayError where a name in it means nothing. */
export const composeSnapshot = (config: Config, { isHealthy, now, simulated }: SnapshotParts): Composed => {
  const providers = new Map(
    Object.entries(config.providers).map(([name, provider]) => [name, providerOf(name, provider, simulated)]),
  );
  const dialectOf = (provider: string): DialectName | undefined => providers.get(provider)?.kind.dialect;
  const models = Object.entries(config.providers).flatMap(([name, provider]) =>
    ownModels(name, provider, config, simulated),
  );
  const catalogue = createCatalogue(models);
  const find = (name: string) => catalogue.find(name);
  const byDefault = tierLists(models, (model) => isReachable(model, dialectOf(model.provider)));
  const ids = (names: readonly string[]): readonly ModelId[] =>
    names.map((name) => catalogue.find(name)?.id).filter((id) => id !== undefined);
  const tierModels = mapTiers((tier) =>
    config.tiers[tier] ? ids(config.tiers[tier]) : byDefault.lists[tier],
  );
  const baselineOf = (own: TierModels): Model | undefined =>
    config.baseline !== undefined ? find(config.baseline) : catalogue.get(own.frontier[0] ?? '');

  const written: Readonly<Record<string, RouteConfig>> = {
    [defaultRoute]: routeSchema.parse({}),
    ...config.routes,
  };
  const routes = new Map<string, Route>();
  const baselines = new Map<string, Model | undefined>();
  for (const [name, route] of Object.entries(written)) {
    const own = mapTiers((tier) => (route.tiers?.[tier] ? ids(route.tiers[tier]) : tierModels[tier]));
    const baseline = baselineOf(own);
    baselines.set(name, baseline);
    routes.set(
      name,
      compileRoute(route, {
        name,
        tiers: own,
        model: (id) => catalogue.get(id),
        baseline,
        dialectOf,
        isHealthy,
        predictCost,
      }),
    );
  }

  const resolve = createResolver({
    intercepts: config.intercept,
    routes: new Set(routes.keys()),
    find,
    near: (name) => nearNames(name, [...routes.keys(), ...tiers, ...models.map(({ id }) => id)]),
  });
  const keys = new KeyRing(config.keys);
  const passThroughKeys = (route: string) => written[route]?.passThroughKeys ?? [];
  const allOffers = offersOf(config, models, [...routes.keys()]);
  return {
    catalogue,
    tiers: tierModels,
    resolve,
    warnings: byDefault.warnings.filter((_, index) => config.tiers[tiers[index] ?? 'light'] === undefined),
    snapshot: {
      keys,
      dialects: new Map(dialects.map((dialect) => [dialect.name, dialect])),
      providers,
      model: (id) => catalogue.get(id),
      admit: (received, credentials) =>
        admit(received, credentials, { keys, resolve, providers, passThroughKeys }),
      decide: (admitted) => decide(admitted, { describe, resolve, routes, find, now }),
      offers: (caller) => offersTo(caller, allOffers),
      baseline: (route) => baselines.get(route),
      storesTexts: config.ledger.texts.store,
      tellsTiming: config.server.tellsTiming,
    },
  };
};

const mapTiers = (listOf: (tier: Tier) => readonly ModelId[]): TierModels => ({
  light: listOf('light'),
  mid: listOf('mid'),
  frontier: listOf('frontier'),
});

const providerOf = (
  name: string,
  provider: ResolvedProvider,
  simulated: SimulatedProviders | undefined,
): Provider => {
  const { kind, key, timeouts } = provider;
  const address = provider.baseUrl ?? kind.baseUrl ?? simulated?.url ?? 'http://127.0.0.1:9';
  return {
    name,
    kind,
    baseUrl: new URL(address),
    key,
    quirks: { ...kind.quirks, ...provider.quirks },
    timeouts,
  };
};

const ownModels = (
  name: string,
  provider: ResolvedProvider,
  config: Config,
  simulated: SimulatedProviders | undefined,
): readonly CatalogueModel[] => {
  const { kind } = provider;
  if (kind.exchangeHeader !== undefined && simulated) return simulated.models(name, kind.dialect);
  return modelsOf(
    { name, catalogue: provider.catalogue ?? kind.catalogue, dialect: kind.dialect, custom: provider.models },
    config.models,
  );
};

/** Fit for a default tier: its provider serves it, tools included, on the protocol we speak to it. */
const isReachable = ({ capabilities }: Model, spoken: DialectName | undefined): boolean =>
  spoken !== undefined &&
  capabilities.dialects.includes(spoken) &&
  capabilities.toolDialects.includes(spoken);

/** Answers are mostly of this size where nobody bounded them: a guess for explanations, never for a bill. */
const usualAnswerTokens = 500;

const predictCost = (model: Model, { promptTokens, maxOutputTokens }: Features): NanoUsd =>
  costOf(
    {
      ...noUsage,
      inputTokens: promptTokens,
      outputTokens: Math.min(maxOutputTokens ?? usualAnswerTokens, usualAnswerTokens),
    },
    model.prices,
  );

const offersOf = (
  config: Config,
  models: readonly CatalogueModel[],
  routes: readonly string[],
): readonly (Offer & { readonly route?: string })[] => [
  ...routes.map((route) => ({
    id: route,
    displayName: `Tierwise: ${route}`,
    ownedBy: 'tierwise',
    released: undefined,
    route,
  })),
  ...tiers.map((tier) => ({
    id: tier,
    displayName: `Tierwise: ${tier} tier`,
    ownedBy: 'tierwise',
    released: undefined,
  })),
  // clients that discover models keep only names of their own maker
  ...config.intercept
    .filter(({ match }) => !match.includes('*'))
    .map(({ match }) => ({ id: match, displayName: match, ownedBy: 'tierwise', released: undefined })),
  ...models
    .filter(({ isDeprecated }) => !isDeprecated)
    .map(({ id, displayName, provider, released }) => ({ id, displayName, ownedBy: provider, released })),
];

const offersTo = (caller: Caller, offers: ReturnType<typeof offersOf>): readonly Offer[] => {
  if (!caller.routes && !caller.models) return offers;
  const mayUse = caller.models ? anyGlobTest(caller.models) : () => true;
  return offers.filter(({ id, ownedBy, route }) => {
    if (route !== undefined) return caller.routes?.includes(route) ?? true;
    return ownedBy === 'tierwise' || mayUse(id);
  });
};
