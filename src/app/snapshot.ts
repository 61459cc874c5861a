import { KeyRing } from '../access/keys.ts';
import type { Catalogue } from '../catalog/index.ts';
import { type DialectName, type Model, tiers } from '../core/model.ts';
import { dialects } from '../dialects/index.ts';
import { describe } from '../features/describe.ts';
import { admit, defaultRoute } from '../gateway/admit.ts';
import { type DecideParts, decide } from '../gateway/decide.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { endpointFor } from '../providers/endpoint-for.ts';
import type { Credential } from '../providers/provider.ts';
import { expectedCost } from '../routing/expected-cost.ts';
import type { Pace } from '../routing/pace.ts';
import { createResolver, type Intercept, type Resolved } from '../routing/resolve.ts';
import {
  compileRoute,
  type Route,
  type RouteConfig,
  type RouteParts,
  routeSchema,
} from '../routing/route.ts';
import type { TierModels } from '../routing/strategies/strategy.ts';
import type { Config } from './config.ts';
import { catalogueOf } from './config-models.ts';
import { configuredProvider } from './configured-provider.ts';
import { embeddingSourceOf } from './embedding-source.ts';
import { nearNames } from './near-names.ts';
import { aliasIntercepts, offersOf, offersTo } from './offers.ts';
import type { RunningSimulation } from './simulation.ts';
import { tiersOf } from './tiers-of.ts';

/** What has to be known beside the configuration. */
export interface SnapshotParts {
  /** Whether one of these credentials may ask the model. */
  readonly isHealthy: (model: Model, credentials: readonly Credential[]) => boolean;
  /** How long until one of them may. */
  readonly waitMs: (model: Model, credentials: readonly Credential[]) => number;
  readonly now: () => number;
  /** What is remembered of a caller's conversation. */
  readonly recall?: DecideParts['recall'];
  /** What conversations in general have taught. */
  readonly experience?: RouteParts['experience'];
  /** The simulated providers that run; undefined where none was started. */
  readonly simulation: RunningSimulation | undefined;
  /** The policy in force. */
  readonly predictor?: RouteParts['predictor'];
  /** How fast models were of late. */
  readonly speed?: RouteParts['speed'];
  /** What a route has spent so far; kept from one configuration to the next. */
  readonly pace?: (route: string) => Pace;
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

/** With nothing but simulated models, clients that hard-code a vendor's names still find an answer. */
const vendorNames: readonly Intercept[] = ['claude-haiku-*', 'gpt-*-nano']
  .map((match): Intercept => ({ match, tier: 'light' }))
  .concat(['claude-*', 'gpt-*', 'o1*', 'o3*', 'o4*'].map((match) => ({ match, route: defaultRoute })));

/** Builds everything that a configuration decides. Throws GatewayError where a name in it means nothing. */
export const composeSnapshot = (
  config: Config,
  { isHealthy, waitMs, now, recall, experience, simulation, predictor, speed, pace }: SnapshotParts,
): Composed => {
  const providers = new Map(
    Object.entries(config.providers).map(([name, provider]) => [
      name,
      configuredProvider(name, provider, simulation),
    ]),
  );
  const dialectOf = (model: Model, caller: DialectName, hasTools: boolean): DialectName | undefined => {
    const kind = providers.get(model.provider)?.kind;
    return kind && endpointFor(kind, model, caller, hasTools)?.dialect;
  };
  const spokenBy = (provider: string): readonly DialectName[] | undefined =>
    providers.get(provider)?.kind.endpoints.map(({ dialect }) => dialect);
  const credentialsOf = (model: Model): readonly Credential[] =>
    providers.get(model.provider)?.credentials ?? [];
  const catalogue = catalogueOf(config, simulation?.models);
  const models = catalogue.list();
  const find = (name: string) => catalogue.find(name);
  const inForce = tiersOf(config, catalogue);
  const baselineOf = (own: TierModels): Model | undefined =>
    config.baseline !== undefined ? find(config.baseline) : catalogue.get(own.frontier[0] ?? '');

  const written: Readonly<Record<string, RouteConfig>> = {
    [defaultRoute]: routeSchema.parse({}),
    ...config.routes,
  };
  const routes = new Map<string, Route>();
  const baselines = new Map<string, Model | undefined>();
  for (const [name, route] of Object.entries(written)) {
    const own = tiersOf(config, catalogue, route.tiers).lists;
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
        spokenBy,
        isHealthy: (model) => isHealthy(model, credentialsOf(model)),
        waitMs: (id) => {
          const model = catalogue.get(id);
          return model ? waitMs(model, credentialsOf(model)) : 0;
        },
        expectedCost,
        predictor,
        speed,
        pace: pace?.(name),
        experience,
      }),
    );
  }

  const resolve = createResolver({
    intercepts: [
      ...config.intercept,
      ...aliasIntercepts([...routes.keys()]),
      ...(config.providersFrom === 'simulated' ? vendorNames : []),
    ],
    routes: new Set(routes.keys()),
    find,
    near: (name) => nearNames(name, [...routes.keys(), ...tiers, ...models.map(({ id }) => id)]),
  });
  const keys = new KeyRing(config.keys);
  const passThroughKeys = (route: string) => written[route]?.passThroughKeys ?? [];
  const allOffers = offersOf(config, models, [...routes.keys()]);
  return {
    catalogue,
    tiers: inForce.lists,
    resolve,
    warnings: inForce.warnings,
    snapshot: {
      keys,
      dialects: new Map(dialects.map((dialect) => [dialect.name, dialect])),
      providers,
      model: (id) => catalogue.get(id),
      resolve,
      passThroughKeys,
      admit: (received, credentials) =>
        admit(received, credentials, { keys, resolve, providers, passThroughKeys }),
      decide: (admitted, aid) => decide(admitted, { describe, resolve, routes, find, now, recall }, aid),
      embeddings: embeddingSourceOf(config, providers, () => predictor?.()?.embedding),
      offers: (caller) => offersTo(caller, allOffers),
      baseline: (route) => baselines.get(route),
      longestRetryWaitMs: config.retries.longestWaitMs,
      hedgeAfterMs: (route) => (written[route]?.hedge ? config.retries.hedgeAfterMs : undefined),
      storesTexts: config.ledger.texts.store,
      tellsTiming: config.server.tellsTiming,
    },
  };
};
