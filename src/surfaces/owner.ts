import { surfaceModel } from '../catalog/surface-models.ts';
import type { Caller } from '../core/caller.ts';
import { GatewayError } from '../core/errors.ts';
import type { ModelId, Prices, Tier } from '../core/model.ts';
import { defaultRoute, ownKeyOf } from '../gateway/admit.ts';
import type { Arrival } from '../gateway/gateway.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { anyGlobTest } from '../kit/glob.ts';
import type { Provider } from '../providers/provider.ts';
import type { Surface } from './surface.ts';

/** Who answers on a surface, and for what price. */
export interface Owner {
  readonly provider: Provider;
  readonly id: ModelId;
  /** What the provider calls the model; "" where the caller named none. */
  readonly name: string;
  readonly tier: Tier;
  /** Undefined where nobody knows what it costs. */
  readonly prices: Prices | undefined;
}

/**
 * The provider that owns a model: the one before the name ("mistral/mistral-embed"), the one whose model it
 * is in the catalogue or among its vendor's, else the only one that serves the surface. A caller's words
 * choose among configured providers, never an address. Throws GatewayError.
 */
export const ownerOf = (surface: Surface, asked: string, snapshot: Snapshot): Owner => {
  const serving = [...snapshot.providers.values()].filter(({ kind }) => kind.surfaces.includes(surface.name));
  if (serving.length === 0)
    throw new GatewayError(
      'no-capable-model',
      `No configured provider serves ${surface.name}; add one under "providers".`,
    );
  const slash = asked.indexOf('/');
  const named = serving.find(({ name }) => name === asked.slice(0, slash));
  if (named) return owned(named, asked.slice(slash + 1));
  const known = knownModel(asked, snapshot);
  const ofCatalogue = serving.find(({ name }) => name === known?.provider);
  if (known && ofCatalogue) return { ...known, provider: ofCatalogue };
  const ofVendor = serving.find(({ kind }) => surfaceModel(kind.catalogue ?? '', asked) !== undefined);
  const [first] = serving;
  if (ofVendor) return owned(ofVendor, asked);
  if (first && (serving.length === 1 || asked === '')) return owned(first, asked);
  throw new GatewayError(
    'unknown-model',
    `Several providers serve ${surface.name}, and none is known to own ${JSON.stringify(asked.slice(0, 100))}: write "${first?.name}/…" or another of ${serving.map(({ name }) => name).join(', ')}.`,
    { param: 'model' },
  );
};

/** Throws `forbidden` where the caller's key is not for this model. */
export const demandLeave = (caller: Caller, { id, name }: Owner): void => {
  const { routes, models } = caller;
  if (routes && !routes.includes(defaultRoute))
    throw new GatewayError(
      'forbidden',
      `The key of "${caller.name}" may use the routes ${routes.join(', ') || '(none)'} only, not models by name.`,
    );
  if (models && (name === '' || !anyGlobTest(models)(id)))
    throw new GatewayError('forbidden', `The key of "${caller.name}" may not use ${id}.`, {
      param: 'model',
    });
};

/** The caller's own key for this provider, where the gateway takes such. */
export const ownKeyFor = (
  { provider }: Owner,
  { snapshot, arrival }: { readonly snapshot: Snapshot; readonly arrival: Arrival },
): string | undefined =>
  snapshot.passThroughKeys(defaultRoute).includes(provider.name)
    ? ownKeyOf(arrival.credentials, snapshot.keys)
    : undefined;

const owned = (provider: Provider, name: string): Owner => ({
  provider,
  name,
  id: `${provider.name}/${name || 'account'}` as ModelId,
  tier: 'light',
  prices: surfaceModel(provider.kind.catalogue ?? '', name)?.prices,
});

/** A chat model of the catalogue that answers on other paths, too. */
const knownModel = (
  asked: string,
  { resolve }: Snapshot,
): (Omit<Owner, 'provider'> & { readonly provider: string }) | undefined => {
  if (asked === '') return undefined;
  try {
    const resolved = resolve(asked);
    if (resolved.type === 'model') return resolved.model;
    // what is intercepted are names of chat models: others of the same pattern mean themselves
    if (asked !== (resolved.type === 'route' ? resolved.route : resolved.tier)) return undefined;
    throw new GatewayError(
      'no-capable-model',
      `${JSON.stringify(asked)} is a ${resolved.type}, and those choose among chat models only; name a model of a provider.`,
      { param: 'model' },
    );
  } catch (cause) {
    // most of these models stand in no list of chat models
    if (cause instanceof GatewayError && cause.code === 'unknown-model') return undefined;
    throw cause;
  }
};
