import { GatewayError } from '../core/errors.ts';
import type { Decided } from '../core/exchange.ts';
import type { Model } from '../core/model.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { endpointFor } from '../providers/endpoint-for.ts';
import type { Endpoint, Provider } from '../providers/provider.ts';
import type { Carried } from './carry.ts';
import type { Snapshot } from './snapshot.ts';
import { refuseStops } from './stop-cutter.ts';

/** A model of the plan, and how it is spoken to. */
export interface Target {
  readonly model: Model;
  readonly provider: Provider;
  readonly endpoint: Endpoint;
  readonly caller: Dialect;
  readonly upstream: Dialect;
  /** The caller's own key is sent instead of the configured one. */
  readonly isOwnKey: boolean;
}

/** Undefined where nobody serves the model in a dialect that is spoken here. */
export const targetOf = (
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
  const isOwnKey = decided.ownKey?.provider === provider.name;
  return { model, provider, endpoint, caller, upstream, isOwnKey };
};

/** The model cannot be told where to stop: its answer is cut there instead. */
export const emulatesStop = (
  { upstream, model }: Pick<Target, 'upstream' | 'model'>,
  stop: readonly string[],
): boolean => stop.length > 0 && (upstream.hasNoStop === true || !model.capabilities.stop);

/** What a call carries, whichever credential it is made with. */
export interface Prepared {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
  readonly warnings: readonly string[];
}

/** The caller's bytes for an upstream of its dialect, a translation for any other. Throws GatewayError. */
export const prepare = (
  { bytes, scan, isRewritten, wireHeaders, wireQuery, tags }: Decided,
  { model, provider, caller, upstream, isOwnKey }: Target,
  { request, cut, leftOut, isLossy }: Pick<Carried, 'request' | 'cut' | 'leftOut' | 'isLossy'>,
): Prepared => {
  const { quirks } = provider;
  if (caller === upstream && !isRewritten) {
    const { body, dropped } = upstream.passRequest({ bytes, scan, request, model, quirks, cut });
    const warnings = withReasoning(dropped, isLossy);
    refuseLoss(warnings, model, tags.isStrict);
    return { body, headers: passedHeaders(wireHeaders, provider, isOwnKey), query: wireQuery, warnings };
  }
  const isCut = emulatesStop({ upstream, model }, request.stop);
  if (isCut) refuseStops(request);
  const said = isCut ? { ...request, stop: [] } : request;
  const written = upstream.writeRequest(said, { model, quirks, ...(isCut && { emulatesStop: true }) });
  const warnings = withReasoning([...leftOut, ...written.warnings], isLossy);
  refuseLoss(warnings, model, tags.isStrict);
  return { body: Buffer.from(JSON.stringify(written.body)), headers: written.headers, query: '', warnings };
};

const withReasoning = (dropped: readonly string[], isLossy: boolean): readonly string[] =>
  isLossy && !dropped.includes('reasoning') ? [...dropped, 'reasoning'] : dropped;

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
