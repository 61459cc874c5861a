import { costOf } from '../catalog/cost.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Attempt, Decided, Intent } from '../core/exchange.ts';
import type { Model } from '../core/model.ts';
import { usdText } from '../core/money.ts';
import type { ErrorClass } from '../core/reply.ts';
import type { Dialect, ReplyCall } from '../dialects/dialect.ts';
import type { World } from '../kit/world.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { endpointFor, pathFor } from '../providers/endpoint-for.ts';
import type { Health } from '../providers/health.ts';
import type { Credential, Endpoint, Provider } from '../providers/provider.ts';
import type { Egress, UpstreamCall } from '../providers/send.ts';
import { ask } from './ask.ts';
import { answerHeaders } from './headers.ts';
import type { Heard, RawAnswer } from './heard.ts';
import { intentOf } from './intent.ts';
import type { Outlet } from './outlet.ts';
import { attemptOf } from './settle.ts';
import type { Snapshot } from './snapshot.ts';
import type { Timing } from './timing.ts';
import { canFallBack } from './translation.ts';

export interface PerformParts {
  readonly egress: Egress;
  readonly health: Health;
  readonly ledger: Ledger;
  readonly world: World;
}

/** How the plan went: the answer is out, or `error` still has to be told. */
export interface Performed {
  readonly attempts: readonly Attempt[];
  readonly warnings: readonly string[];
  readonly last: Heard | undefined;
  /** The caller hung up before there was an answer. */
  readonly isGone: boolean;
  readonly error: GatewayError | undefined;
  /** The last upstream's own words for the error, where the caller speaks its dialect. */
  readonly raw: RawAnswer | undefined;
}

/**
 * Asks the models of the plan in turn until one is heard; after the first byte to the caller never
 * another. Never rejects: whatever happens, the calls that were made are told.
 */
export const perform = async (
  decided: Decided,
  snapshot: Snapshot,
  outlet: Outlet,
  timing: Timing,
  parts: PerformParts,
): Promise<Performed> => {
  const { health, ledger } = parts;
  const attempts: Attempt[] = [];
  let warnings: readonly string[] = [];
  let last: Heard | undefined;
  const end = (error: GatewayError | undefined, raw?: RawAnswer): Performed => ({
    attempts,
    warnings,
    last,
    isGone: outlet.isGone && last?.outcome !== 'ok' && last?.outcome !== 'cut',
    error,
    raw,
  });
  // a named model is asked however it is: nobody else was wanted
  const mayLeaveOut = decided.decision.mode === 'route';
  let refused: GatewayError | undefined;
  let isLeftOut = false;
  for (const id of decided.decision.plan.flatMap(({ ask: models }) => models)) {
    if (outlet.isGone) return end(failureOf(last) ?? refused);
    const target = targetOf(id, decided, snapshot);
    if (!target) continue;
    const { model } = target;
    let prepared: Prepared;
    try {
      prepared = prepare(decided, target);
    } catch (cause) {
      refused = asGatewayError(cause);
      if (refused.code === 'internal') return end(refused);
      continue;
    }
    if (!health.begin(model) && mayLeaveOut) {
      isLeftOut = true;
      continue;
    }
    try {
      const intent = intentOf(decided, model, attempts.length);
      await ledger.intend(intent);
      timing.mark('intend');
      if (outlet.isGone || outlet.cutBy) {
        health.abandoned(model);
        return end(outlet.cutBy);
      }
      warnings = prepared.warnings;
      last = await call(decided, target, prepared, intent, attempts, snapshot, outlet, timing, parts);
    } catch (cause) {
      health.abandoned(model);
      return end(asGatewayError(cause));
    }
    if (last.outcome !== 'failed') return end(failureOf(last));
    if (!canFallBack(last.error)) return end(last.error, last.raw);
  }
  if (last?.outcome === 'failed') return end(last.error, last.raw);
  return end(refused ?? (isLeftOut ? nobodyHealthy() : nobodyConfigured()));
};

const failureOf = (heard: Heard | undefined): GatewayError | undefined =>
  heard?.outcome === 'failed' || heard?.outcome === 'cut' ? heard.error : undefined;

const nobodyHealthy = (): GatewayError =>
  new GatewayError('no-healthy-model', 'Every model that could answer is unhealthy just now.', {
    retryAfterMs: 10_000,
  });

const nobodyConfigured = (): GatewayError =>
  new GatewayError('internal', 'The plan named no model that is configured.');

interface Target {
  readonly model: Model;
  readonly provider: Provider;
  readonly endpoint: Endpoint;
  readonly credential: Credential;
  readonly caller: Dialect;
  readonly upstream: Dialect;
  /** The caller's own key is sent instead of the configured one. */
  readonly isOwnKey: boolean;
}

const targetOf = (
  id: Model['id'],
  decided: Decided,
  { model: find, providers, dialects }: Snapshot,
): Target | undefined => {
  const model = find(id);
  const provider = model && providers.get(model.provider);
  const caller = dialects.get(decided.dialect);
  const { hasTools } = decided.decision.features;
  const endpoint = provider && endpointFor(provider.kind, model, decided.dialect, hasTools);
  const upstream = endpoint && dialects.get(endpoint.dialect);
  if (!endpoint || !caller || !upstream) return undefined;
  const [credential] = provider.credentials;
  const isOwnKey = decided.ownKey?.provider === provider.name;
  return { model, provider, endpoint, credential, caller, upstream, isOwnKey };
};

interface Prepared {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
  readonly warnings: readonly string[];
}

/** The caller's bytes for an upstream of its dialect, a translation for any other. */
const prepare = (decided: Decided, { model, provider, caller, upstream, isOwnKey }: Target): Prepared => {
  const { quirks } = provider;
  const { bytes, scan, request, wireHeaders, wireQuery, tags } = decided;
  if (caller === upstream) {
    const { body, dropped } = upstream.passRequest({ bytes, scan, request, model, quirks });
    refuseLoss(dropped, model, tags.isStrict);
    return {
      body,
      headers: passedHeaders(wireHeaders, provider, isOwnKey),
      query: wireQuery,
      warnings: dropped,
    };
  }
  const written = upstream.writeRequest(request, { model, quirks });
  refuseLoss(written.warnings, model, tags.isStrict);
  return {
    body: Buffer.from(JSON.stringify(written.body)),
    headers: written.headers,
    query: '',
    warnings: written.warnings,
  };
};

/** Callers who ask for strictness rather have an error than a request that says less than theirs. */
const refuseLoss = (dropped: readonly string[], model: Model, isStrict: boolean): void => {
  if (!isStrict || dropped.length === 0) return;
  throw new GatewayError(
    'not-translatable',
    `${model.id} cannot take ${dropped.join(', ')}, and "x-tierwise-strict" forbids to drop it.`,
    { param: dropped[0] ?? '' },
  );
};

const passedHeaders = (
  headers: Decided['wireHeaders'],
  { kind }: Provider,
  isOwnKey: boolean,
): Record<string, string> => {
  const passed: Record<string, string> = {};
  if (kind.passHeaders.length === 0) return passed;
  for (const name in headers) {
    const startsIt = (start: string) => name.startsWith(start);
    if (kind.passHeaders.some(startsIt) && (isOwnKey || !kind.accountHeaders.some(startsIt)))
      passed[name] = headers[name] as string;
  }
  return passed;
};

const call = async (
  decided: Decided,
  { model, provider, endpoint, credential, caller, upstream, isOwnKey }: Target,
  prepared: Prepared,
  intent: Intent,
  attempts: Attempt[],
  snapshot: Snapshot,
  outlet: Outlet,
  timing: Timing,
  { egress, health, world }: PerformParts,
): Promise<Heard> => {
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
  const upstreamCall: UpstreamCall = {
    provider,
    credential,
    path,
    query: path.includes('?') ? prepared.query.replace('?', '&') : prepared.query,
    method: 'POST',
    headers: provider.kind.exchangeHeader
      ? { ...prepared.headers, [provider.kind.exchangeHeader]: decided.id }
      : prepared.headers,
    body: prepared.body,
    ...(isOwnKey && decided.ownKey && { ownKey: decided.ownKey.secret }),
  };
  const priceOf = (heard: Heard): Attempt =>
    attemptOf(heard, intent, model, startedMs, timing.elapsedMs() - startedMs);
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
      timing.mark('upstream');
      const cost = reply?.hasUsage ? costOf(reply.usage, model.prices) : undefined;
      return answerHeaders(
        decided,
        model,
        prepared.warnings,
        cost,
        snapshot.tellsTiming ? timing : undefined,
      );
    },
    trailers: (soFar) => ({ 'x-tierwise-cost': usdText(priceOf({ ...soFar, outcome: 'ok' }).cost) }),
    egress,
    world,
    keepsText: snapshot.storesTexts,
  });
  attempts.push(priceOf(heard));
  note(health, model, heard, isOwnKey);
  return heard;
};

const note = (health: Health, model: Model, heard: Heard, isOwnKey: boolean): void => {
  if (heard.outcome === 'ok') health.succeeded(model);
  else if (heard.outcome === 'cancelled') health.abandoned(model);
  else {
    const { code, upstream, retryAfterMs } = heard.error;
    // who refuses a request for what is in it is well; what is our own fault says nothing of others
    if (code === 'upstream-refused' || code === 'context-too-long') health.succeeded(model);
    else if (code === 'internal' || code === 'shutting-down') health.abandoned(model);
    else if (isOwnKey && upstream && aboutKeys.has(upstream.class)) health.abandoned(model);
    else health.failed(model, retryAfterMs);
  }
};

/** What a caller's own key brings on itself must not keep others from the model. */
const aboutKeys: ReadonlySet<ErrorClass> = new Set(['bad-key', 'forbidden', 'no-credit', 'rate-limited']);
