import type { Caller } from '../core/caller.ts';
import { GatewayError } from '../core/errors.ts';
import type { Offer, Snapshot } from '../gateway/snapshot.ts';

const epoch = '1970-01-01';

/** One list that both the OpenAI and the Anthropic SDK read: each ignores the other's fields (WIRE 1.2). */
export const listModels = (snapshot: Snapshot, caller: Caller) => {
  const data = snapshot.offers(caller).map(modelObject);
  return {
    object: 'list',
    data,
    has_more: false,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
};

/** Throws `unknown-model`. */
export const oneModel = (name: string, snapshot: Snapshot, caller: Caller) => {
  const offer = snapshot.offers(caller).find(({ id }) => id === name);
  if (!offer)
    throw new GatewayError(
      'unknown-model',
      `There is no model "${name.slice(0, 100)}"; GET /v1/models lists what there is.`,
    );
  return modelObject(offer);
};

const modelObject = ({ id, displayName, ownedBy, released }: Offer) => ({
  id,
  object: 'model',
  type: 'model',
  created: Math.floor(Date.parse(released ?? epoch) / 1000) || 0,
  created_at: `${(released ?? epoch).padEnd(10, '-01').slice(0, 10)}T00:00:00Z`,
  owned_by: ownedBy,
  display_name: displayName,
});
