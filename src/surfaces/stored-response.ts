import { GatewayError } from '../core/errors.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { ownKeyOf } from '../gateway/admit.ts';
import type { Arrival } from '../gateway/gateway.ts';
import type { Outlet } from '../gateway/outlet.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import type { StoredResponse, StoredResponses } from '../gateway/stored-responses.ts';
import { tenantNamed } from '../gateway/tenant.ts';
import { Timing } from '../gateway/timing.ts';
import type { World } from '../kit/world.ts';
import type { Egress, UpstreamCall } from '../providers/send.ts';
import { passCall } from './passing-call.ts';

/** What may be done with a response that was stored. */
export interface StoredAsk {
  /** Letters, digits, "-" and "_" only. */
  readonly id: string;
  readonly operation: 'get' | 'delete' | 'cancel' | 'input-items';
  readonly query: string;
  readonly snapshot: Snapshot;
  readonly arrival: Arrival;
}

export interface StoredParts {
  readonly stored: StoredResponses;
  readonly egress: Egress;
  readonly world: World;
}

/** Answers from our own store, or asks the very account that keeps the response. Throws GatewayError. */
export const answerStored = async (ask: StoredAsk, outlet: Outlet, parts: StoredParts): Promise<void> => {
  const { id, snapshot, arrival, operation } = ask;
  const caller = snapshot.keys.callerOf(arrival.credentials);
  const ownKey = ownKeyOf(arrival.credentials, snapshot.keys);
  const found = await findIn([tenantNamed(caller.name, ownKey), caller.name], id, parts.stored);
  if (found.response.type === 'elsewhere') await passOn(found.response, ownKey, ask, outlet, parts);
  else tell(outlet, await ownAnswer(found.response, found.tenant, ask, parts.stored), arrival);
  if (operation === 'delete') parts.stored.forget(found.tenant, id);
};

interface FoundResponse {
  readonly tenant: string;
  readonly response: StoredResponse;
}

const findIn = async (
  tenants: readonly string[],
  id: string,
  stored: StoredResponses,
): Promise<FoundResponse> => {
  let refused: unknown;
  for (const tenant of new Set(tenants)) {
    try {
      return { tenant, response: await stored.find(tenant, id) };
    } catch (cause) {
      refused = cause;
    }
  }
  throw refused;
};

const ownAnswer = async (
  response: StoredResponse & { readonly type: 'here' },
  tenant: string,
  { id, operation, query }: StoredAsk,
  stored: StoredResponses,
): Promise<JsonObject> => {
  switch (operation) {
    case 'get':
      return response.response;
    case 'delete':
      return { id, object: 'response', deleted: true };
    case 'cancel':
      throw new GatewayError(
        'invalid-request',
        'Only responses that were made in the background can be cancelled, and this one was not.',
      );
    case 'input-items': {
      const before =
        response.previousId === undefined
          ? []
          : await stored.itemsUpTo(
              tenant,
              response.previousId,
              await stored.find(tenant, response.previousId),
            );
      return listOf([...before, ...response.input], id, new URLSearchParams(query));
    }
  }
};

const mostListed = 100;
const usuallyListed = 20;

/** Newest first unless asked otherwise, a page at a time; items that came without an id get one. */
const listOf = (items: readonly JsonValue[], responseId: string, query: URLSearchParams): JsonObject => {
  const named = items.map((item, at) => ({ id: `item_${responseId}_${at}`, ...(item as JsonObject) }));
  const ordered = query.get('order') === 'asc' ? named : named.reverse();
  const after = query.get('after');
  const start = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  const wanted = Number(query.get('limit') ?? usuallyListed);
  const limit = Number.isInteger(wanted) ? Math.min(Math.max(wanted, 1), mostListed) : usuallyListed;
  const page = ordered.slice(start, start + limit);
  return {
    object: 'list',
    data: page,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
    has_more: start + limit < ordered.length,
  };
};

const methods = { get: 'GET', delete: 'DELETE', cancel: 'POST', 'input-items': 'GET' } as const;
const suffixes = { get: '', delete: '', cancel: '/cancel', 'input-items': '/input_items' } as const;

const passOn = async (
  { holder }: StoredResponse & { readonly type: 'elsewhere' },
  ownKey: string | undefined,
  { id, operation, query, snapshot, arrival }: StoredAsk,
  outlet: Outlet,
  { egress, world }: StoredParts,
): Promise<void> => {
  const provider = snapshot.providers.get(holder.provider);
  const endpoint = provider?.kind.endpoints.find(({ dialect }) => dialect === 'openai-responses');
  const isOwn = holder.credential === undefined;
  const credential = isOwn
    ? provider?.credentials[0]
    : provider?.credentials.find(({ name }) => name === holder.credential);
  if (!provider || !endpoint || !credential || (isOwn && ownKey === undefined))
    throw new GatewayError(
      'not-found',
      `The response "${id}" is kept by "${holder.provider}", with an account that is not configured any more.`,
    );
  const call: UpstreamCall = {
    provider,
    credential,
    path: `${endpoint.chatPath}/${id}${suffixes[operation]}`,
    query: passedQuery(query),
    method: methods[operation],
    headers: {},
    body: undefined,
    ...(isOwn && ownKey !== undefined && { ownKey }),
  };
  const timing = new Timing(world);
  const passed = await passCall(
    {
      call,
      name: holder.provider,
      dialect: arrival.dialect,
      outlet,
      headers: idsOf(arrival),
      trailers: () => ({}),
      egress,
    },
    () => timing.elapsedMs(),
  );
  if (passed.outcome !== 'failed') return;
  if (passed.status === 404)
    throw new GatewayError(
      'not-found',
      `The provider "${holder.provider}" does not keep the response "${id}" any more.`,
    );
  throw passed.error ?? new GatewayError('upstream-bad', `"${holder.provider}" gave no answer.`);
};

/** Of a caller's query only these go on, written anew. */
const known = new Set(['limit', 'after', 'order', 'include', 'include[]', 'stream', 'starting_after']);

const passedQuery = (query: string): string => {
  const kept = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(query))
    if (known.has(name) && /^[\w.-]{1,128}$/.test(value)) kept.append(name, value);
  return kept.size > 0 ? `?${kept}` : '';
};

const idsOf = ({ requestId }: Arrival): Record<string, string> => ({
  'request-id': requestId,
  'x-request-id': requestId,
});

const tell = (outlet: Outlet, answer: JsonObject, arrival: Arrival): void => {
  const body = Buffer.from(JSON.stringify(answer));
  outlet.start(200, { 'content-type': 'application/json', 'content-length': body.length, ...idsOf(arrival) });
  outlet.end(body);
};
