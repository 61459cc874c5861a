import type { Caller } from '../core/caller.ts';
import { GatewayError } from '../core/errors.ts';
import { type Owner, ownerOf, ownKeyFor } from './owner.ts';
import type { SurfaceRequest } from './pass-through.ts';

/**
 * Files are the account's, not a model's: whoever may list them sees everybody's. So they are passed
 * through only where there is one caller (without keys, or with a single one), or with a caller's own key
 * for the provider. Throws GatewayError.
 */
export const accountOf = ({ surface, headers, snapshot, arrival }: SurfaceRequest, caller: Caller): Owner => {
  const wanted = headers['x-tierwise-provider'];
  if (wanted !== undefined && !snapshot.providers.get(wanted)?.kind.surfaces.includes(surface.name))
    throw new GatewayError(
      'invalid-request',
      `"x-tierwise-provider" names ${JSON.stringify(wanted.slice(0, 100))}, which is no configured provider that serves ${surface.name}.`,
    );
  const owner = ownerOf(surface, wanted === undefined ? '' : `${wanted}/`, snapshot);
  if (snapshot.keys.size > 1 && ownKeyFor(owner, { snapshot, arrival }) === undefined)
    throw new GatewayError(
      'forbidden',
      `The gateway has several keys, and ${surface.name} of one account are seen by all of them: "${caller.name}" has to send them to the provider itself.`,
    );
  return owner;
};
