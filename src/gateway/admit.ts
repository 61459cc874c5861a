import type { Credentials, KeyRing } from '../access/keys.ts';
import { GatewayError } from '../core/errors.ts';
import type { Admitted, Received } from '../core/exchange.ts';
import type { Provider } from '../providers/provider.ts';
import type { Resolved } from '../routing/resolve.ts';

export interface AdmitParts {
  readonly keys: KeyRing;
  readonly resolve: (name: string) => Resolved;
  readonly providers: ReadonlyMap<string, Provider>;
  /** Providers for which a route takes callers' own keys. */
  readonly passThroughKeys: (route: string) => readonly string[];
}

/** The route that tiers and models asked for by name belong to. */
export const defaultRoute = 'auto';

/** Who asks, and may they. Throws GatewayError. */
export const admit = (
  received: Received,
  credentials: Credentials,
  { keys, resolve, providers, passThroughKeys }: AdmitParts,
): Admitted => {
  const caller = keys.callerOf(credentials);
  const resolved = resolve(received.request.model);
  const route = resolved.type === 'route' ? resolved.route : defaultRoute;
  if (caller.routes && !caller.routes.includes(route))
    throw new GatewayError(
      'forbidden',
      `The key of "${caller.name}" may not use the route "${route}"; it may use ${caller.routes.join(', ') || 'none'}.`,
      {
        param: 'model',
      },
    );
  const own = passThroughKeys(route).find((name) =>
    providers.get(name)?.kind.endpoints.some(({ dialect }) => dialect === received.dialect),
  );
  const secret = own === undefined ? undefined : ownKeyOf(credentials, keys);
  return own === undefined || secret === undefined
    ? { ...received, caller, route }
    : { ...received, caller, route, ownKey: { provider: own, secret } };
};

/** With configured keys the usual header carries ours, unless x-tierwise-key does; and nobody's of ours ever goes out. */
export const ownKeyOf = ({ gatewayKey, vendorKey }: Credentials, keys: KeyRing): string | undefined =>
  vendorKey === undefined || (!keys.isEmpty && gatewayKey === vendorKey) || keys.holds(vendorKey)
    ? undefined
    : vendorKey;
