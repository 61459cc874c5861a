import type { Credentials } from '../access/keys.ts';
import { asGatewayError, type GatewayError } from '../core/errors.ts';
import type { Decided, Exchange, ExchangeId, Received } from '../core/exchange.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { decideEmbedded } from './decide-embedded.ts';
import type { Embedder } from './embedder.ts';
import type { Outlet } from './outlet.ts';
import { type Performed, type PerformParts, perform } from './perform.ts';
import { exchangeOf } from './settle.ts';
import type { Snapshot } from './snapshot.ts';
import { withKept } from './stored-going-on.ts';
import { Timing } from './timing.ts';

export interface GatewayParts extends PerformParts {
  readonly embedder: Embedder;
  /** The configuration in force; may change between two requests. */
  readonly snapshot: () => Snapshot;
  /** Told of every settled exchange; a failing observer harms nobody. */
  readonly observers: readonly ((exchange: Exchange) => void)[];
  /** Told of requests that are refused before they are decided, for any other reason than a fault of ours. */
  readonly onRefused: (error: GatewayError, requestId: string) => void;
  /** Told of faults of our own. */
  readonly onFault: (error: GatewayError, exchangeId: string) => void;
}

/** A request before its body was understood: enough to answer an error in the caller's dialect. */
export interface Arrival {
  readonly dialect: Dialect;
  readonly requestId: string;
  readonly credentials: Credentials;
}

export interface Gateway {
  /** Answers one request, whatever happens; settles exactly once what was decided. Never rejects. */
  answer(read: () => Received, arrival: Arrival, outlet: Outlet): Promise<void>;
}

/** The whole path of a request: read, admit, decide, perform, settle. */
export const createGateway = (parts: GatewayParts): Gateway => ({
  async answer(read, arrival, outlet) {
    const snapshot = parts.snapshot();
    const timing = new Timing(parts.world, snapshot.tellsTiming);
    let decided: Decided;
    try {
      const received = read();
      timing.mark('read');
      const admitted = snapshot.admit(received, arrival.credentials);
      timing.mark('admit');
      const whole = admitted.request.state
        ? await withKept(admitted, snapshot.dialects, parts.carrier.stored)
        : admitted;
      const { embeddings } = snapshot;
      decided = embeddings
        ? await decideEmbedded(whole, embeddings, snapshot, outlet, timing, parts.embedder)
        : snapshot.decide(whole);
      timing.mark('decide');
    } catch (cause) {
      const refusal = asGatewayError(cause);
      if (refusal.code === 'internal') parts.onFault(refusal, arrival.requestId);
      else parts.onRefused(refusal, arrival.requestId);
      tell(refusal, undefined, undefined, arrival, outlet);
      return;
    }
    const performed = await perform(decided, snapshot, outlet, timing, parts);
    const { error, raw } = performed;
    const heard = performed.last?.outcome;
    let status = 200;
    try {
      if (error?.code === 'internal') parts.onFault(error, decided.id);
      // a stream that said nothing but that it is alive ends with the error itself
      if (error && (heard === 'failed' || heard === undefined) && outlet.hasStarted)
        outlet.end(arrival.dialect.writeStreamError(error, decided.id));
      else if (error && heard !== 'cut' && heard !== 'ok')
        status = tell(error, raw, decided.id, arrival, outlet);
    } finally {
      settle(decided, performed, status, snapshot, timing, parts);
    }
  },
});

const settle = (
  decided: Decided,
  { attempts, last, firstByteMs, isGone, error, warnings }: Performed,
  status: number,
  snapshot: Snapshot,
  timing: Timing,
  { ledger, observers }: GatewayParts,
): void => {
  // what went wrong behind a whole answer took nothing of it away
  const isWhole = !error || last?.outcome === 'ok';
  const exchange = exchangeOf(decided, attempts, snapshot.baseline(decided.route), {
    outcome: isGone ? 'client-gone' : isWhole ? 'ok' : last?.outcome === 'cut' ? 'partial' : 'failed',
    errorCode: isGone ? 'client-gone' : isWhole ? null : error.code,
    status: isGone ? 499 : status,
    totalMs: timing.elapsedMs(),
    firstByteMs,
    warnings,
    answerText: last?.answerText,
  });
  ledger.settle(exchange);
  for (const observe of observers) {
    try {
      observe(exchange);
    } catch {
      // an observer is not worth an answer
    }
  }
};

/**
 * Answers with an error, in the upstream's own bytes where the caller speaks its dialect. Gives the
 * status. What was decided has a record to look for; what was not has only a number.
 */
const tell = (
  error: GatewayError,
  raw: Performed['raw'],
  exchangeId: ExchangeId | undefined,
  { dialect, requestId }: Arrival,
  outlet: Outlet,
): number => {
  const written = dialect.writeError(error, requestId);
  const status = raw ? raw.status : written.status;
  if (outlet.hasStarted || outlet.isGone) return status;
  const body = raw ? raw.body : Buffer.from(JSON.stringify(written.body));
  outlet.start(status, {
    ...written.headers,
    'content-type': 'application/json',
    'content-length': body.length,
    'request-id': requestId,
    'x-request-id': requestId,
    ...(exchangeId !== undefined && { 'x-tierwise-exchange': exchangeId }),
    'x-tierwise-error': error.code,
  });
  outlet.end(body);
  return status;
};
