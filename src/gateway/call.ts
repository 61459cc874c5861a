import { costOf } from '../catalog/cost.ts';
import type { Attempt, Decided, Intent } from '../core/exchange.ts';
import { addMoney, usdText } from '../core/money.ts';
import type { ReplyCall } from '../dialects/dialect.ts';
import type { World } from '../kit/world.ts';
import { pathFor } from '../providers/endpoint-for.ts';
import type { Health, Seat } from '../providers/health.ts';
import type { Credential } from '../providers/provider.ts';
import type { Egress, UpstreamCall } from '../providers/send.ts';
import { ask } from './ask.ts';
import { answerHeaders, attemptsHeader, earlyHeaders, modelHeaders } from './headers.ts';
import type { Heard } from './heard.ts';
import { noteHealth } from './note-health.ts';
import type { Outlet } from './outlet.ts';
import { attemptOf } from './settle.ts';
import type { Snapshot } from './snapshot.ts';
import type { Tally } from './tally.ts';
import type { Prepared, Target } from './target.ts';
import type { Timing } from './timing.ts';

export interface CallParts {
  readonly egress: Egress;
  readonly health: Health;
  readonly world: World;
}

/** One call about to be made. */
export interface Calling {
  readonly decided: Decided;
  readonly target: Target;
  readonly credential: Credential;
  readonly prepared: Prepared;
  readonly intent: Intent;
  readonly snapshot: Snapshot;
  readonly outlet: Outlet;
  readonly timing: Timing;
  /** The calls of this request that are over. */
  readonly before: Pick<Tally, 'cost' | 'told'>;
}

/** Calls one model with one credential and tells its health how that went. Never rejects but for faults of ours. */
export const call = async (
  { decided, target, credential, prepared, intent, snapshot, outlet, timing, before }: Calling,
  { egress, health, world }: CallParts,
): Promise<{ readonly heard: Heard; readonly attempt: Attempt }> => {
  const { model, provider, endpoint, caller, upstream, isOwnKey } = target;
  const { goesOnUnheard = false } = provider.kind;
  const seat: Seat = { model, credential };
  const startedMs = timing.elapsedMs();
  const replyCall: ReplyCall = {
    request: decided.request,
    exchangeId: decided.id,
    modelName: model.name,
    createdSec: Math.floor(decided.receivedAt / 1000),
    estimatedPromptTokens: decided.decision.features.promptTokens,
    owner: { provider: provider.name, model: model.name },
  };
  const path = pathFor(endpoint, model.name, decided.request.stream);
  const plainCall: UpstreamCall = {
    provider,
    credential,
    path,
    query: path.includes('?') ? prepared.query.replace('?', '&') : prepared.query,
    method: 'POST',
    headers: provider.kind.exchangeHeader
      ? { ...prepared.headers, [provider.kind.exchangeHeader]: decided.id }
      : prepared.headers,
    body: prepared.body,
    ...(endpoint.envelope && { envelope: endpoint.envelope }),
  };
  const ownKey = isOwnKey ? decided.ownKey?.secret : undefined;
  const upstreamCall = ownKey === undefined ? plainCall : { ...plainCall, ownKey };
  const priceOf = (heard: Heard): Attempt =>
    attemptOf(heard, intent, model, startedMs, timing.elapsedMs() - startedMs, goesOnUnheard);
  const heard = await ask({
    decided,
    model,
    provider,
    caller,
    upstream,
    call: upstreamCall,
    replyCall,
    outlet,
    headers: (reply) => {
      health.answered(seat);
      timing.mark('upstream');
      const cost = reply?.hasUsage ? costOf(reply.usage, model.prices, reply.serviceTier) : undefined;
      const headers = answerHeaders(
        decided,
        model,
        prepared.warnings,
        cost === undefined ? cost : addMoney(before.cost, cost),
        snapshot.tellsTiming ? timing : undefined,
      );
      return before.told === undefined ? headers : { ...headers, ...attemptsHeader(before.told, model) };
    },
    earlyHeaders: () => earlyHeaders(decided, before.told !== undefined),
    trailers: (soFar, isEarly) => ({
      ...(isEarly && modelHeaders(model)),
      ...(isEarly && before.told !== undefined && attemptsHeader(before.told, model)),
      'x-tierwise-cost': usdText(addMoney(before.cost, priceOf({ ...soFar, outcome: 'ok' }).cost)),
    }),
    egress,
    world,
    keepsText: snapshot.storesTexts,
  });
  const { credentials } = provider;
  noteHealth(health, seat, heard, { credentials, isOwnKey, isStream: decided.request.stream });
  return { heard, attempt: priceOf(heard) };
};
