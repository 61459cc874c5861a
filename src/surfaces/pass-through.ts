import type { IncomingMessage } from 'node:http';
import { costOf } from '../catalog/cost.ts';
import type { RequestTags } from '../core/caller.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Attempt, Exchange, ExchangeId } from '../core/exchange.ts';
import { usdText } from '../core/money.ts';
import { noUsage, type Usage } from '../core/usage.ts';
import type { Dialect, Headers } from '../dialects/dialect.ts';
import type { Arrival } from '../gateway/gateway.ts';
import { ascii } from '../gateway/headers.ts';
import { noteHealth } from '../gateway/note-health.ts';
import type { Outlet } from '../gateway/outlet.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { Timing } from '../gateway/timing.ts';
import type { World } from '../kit/world.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { credentialsFor } from '../providers/credential-order.ts';
import { pathFor } from '../providers/endpoint-for.ts';
import type { Health } from '../providers/health.ts';
import type { Credential } from '../providers/provider.ts';
import type { RetryBudget } from '../providers/retry-budget.ts';
import { retryOf } from '../providers/retry-table.ts';
import type { Egress } from '../providers/send.ts';
import { accountOf } from './account.ts';
import { demandLeave, ownerOf, ownKeyFor } from './owner.ts';
import { type PassedCall, passCall } from './passing-call.ts';
import { passedQuery } from './query.ts';
import { attemptOf, decisionOf, exchangeOf, intentOf, type Passing } from './record.ts';
import { type HeldBody, readHeldBody } from './request.ts';
import type { Surface } from './surface.ts';
import { Upload } from './upload.ts';

export interface PassThroughParts {
  readonly egress: Egress;
  readonly ledger: Ledger;
  readonly health: Health;
  readonly retries: RetryBudget;
  readonly world: World;
  readonly observers: readonly ((exchange: Exchange) => void)[];
  readonly onFault: (error: GatewayError, exchangeId: string) => void;
}

/** A request for one of the surfaces, its body held or still coming in. */
export interface SurfaceRequest {
  readonly surface: Surface;
  /** Named by the path, in Azure's style. */
  readonly model?: string;
  readonly headers: Headers;
  readonly query: string;
  readonly tags: RequestTags;
  readonly body: Buffer | IncomingMessage | undefined;
  readonly limitBytes: number;
  readonly receivedAt: number;
  readonly snapshot: Snapshot;
  readonly arrival: Arrival;
}

/**
 * Passes a request through to the provider that owns its model, and its answer back, byte for byte; keeps
 * it in the ledger like any other exchange. Throws GatewayError only before anything was sent.
 */
export const passThrough = async (
  request: SurfaceRequest,
  outlet: Outlet,
  parts: PassThroughParts,
): Promise<void> => {
  const timing = new Timing(parts.world);
  const { surface, snapshot, arrival, body, headers } = request;
  const held = Buffer.isBuffer(body) ? readHeldBody(body, surface, headers) : undefined;
  const asked = request.model ?? held?.model ?? '';
  const caller = snapshot.keys.callerOf(arrival.credentials);
  const owner = surface.modelIn === 'none' ? accountOf(request, caller) : ownerOf(surface, asked, snapshot);
  const ownKey = ownKeyFor(owner, request);
  demandLeave(caller, owner);
  const passing: Passing = {
    id: arrival.requestId as ExchangeId,
    receivedAt: request.receivedAt,
    surface,
    asked,
    caller: caller.name,
    session: sessionIn(request.tags) ?? arrival.requestId,
    tags: request.tags.tags,
    owner,
    isStream: held?.isStream ?? false,
    bound: surface.isFree ? noUsage : (held?.bound ?? noUsage),
    ...(ownKey !== undefined && { ownKey }),
  };
  await new PassThrough(request, held, passing, outlet, timing, parts).run();
};

const sessionIn = ({ session }: RequestTags): string | undefined =>
  session !== undefined && /^[\w.:-]{1,64}$/.test(session) ? session : undefined;

class PassThrough {
  readonly #request: SurfaceRequest;
  readonly #held: HeldBody | undefined;
  readonly #passing: Passing;
  readonly #outlet: Outlet;
  readonly #timing: Timing;
  readonly #parts: PassThroughParts;
  readonly #attempts: Attempt[] = [];

  constructor(
    request: SurfaceRequest,
    held: HeldBody | undefined,
    passing: Passing,
    outlet: Outlet,
    timing: Timing,
    parts: PassThroughParts,
  ) {
    this.#request = request;
    this.#held = held;
    this.#passing = passing;
    this.#outlet = outlet;
    this.#timing = timing;
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const decision = decisionOf(this.#passing);
    const { ledger, retries, onFault } = this.#parts;
    let passed: PassedCall | undefined;
    let error: GatewayError | undefined;
    try {
      retries.earn();
      for (const credential of this.#credentials()) {
        const pause = this.#pauseOf(credential);
        if (pause) {
          error ??= pause;
          continue;
        }
        if (passed && !retries.spend()) break;
        await ledger.intend(intentOf(this.#passing, decision, this.#attempts.length));
        if (this.#outlet.isGone || this.#outlet.cutBy) break;
        passed = await this.#ask(credential);
        error = passed.error;
        if (passed.outcome !== 'failed' || !error || !retryOf(error).otherCredential) break;
      }
    } catch (cause) {
      error = asGatewayError(cause);
      if (error.code === 'internal') onFault(error, this.#passing.id);
    }
    const failure = error ?? this.#outlet.cutBy;
    const status =
      failure && passed?.outcome !== 'cut' ? this.#tell(failure, passed) : (passed?.status ?? 499);
    const isGone = passed?.outcome === 'cancelled' || (passed === undefined && this.#outlet.isGone);
    this.#settle(
      exchangeOf(this.#passing, decision, this.#attempts, {
        outcome: isGone ? 'client-gone' : !failure ? 'ok' : passed?.outcome === 'cut' ? 'partial' : 'failed',
        errorCode: isGone ? 'client-gone' : (failure?.code ?? null),
        status: isGone ? 499 : status,
        totalMs: this.#timing.elapsedMs(),
      }),
    );
  }

  /** What belongs to an account is asked of the first one; a caller's own key is bound to one address. */
  #credentials(): readonly Credential[] {
    const { owner, ownKey, surface } = this.#passing;
    const { provider } = owner;
    return surface.modelIn === 'none' || ownKey !== undefined
      ? provider.credentials.slice(0, 1)
      : credentialsFor(provider.credentials, this.#passing.caller).slice(0, 3);
  }

  /** The model is named, so nothing but its provider's own word keeps it from being asked. */
  #pauseOf(credential: Credential): GatewayError | undefined {
    const { owner, ownKey } = this.#passing;
    const { health } = this.#parts;
    const seat = { model: owner, credential };
    health.begin(seat, ownKey !== undefined);
    const pause = ownKey === undefined ? health.pause(credential) : undefined;
    return (
      pause &&
      new GatewayError(
        pause.code,
        `The provider of ${owner.id} ${pause.says}; nothing is sent to it until then.`,
        {
          retryAfterMs: health.waitMs(seat),
        },
      )
    );
  }

  async #ask(credential: Credential): Promise<PassedCall> {
    const { surface, owner, ownKey } = this.#passing;
    const { query, headers, body, limitBytes, arrival } = this.#request;
    const startedMs = this.#timing.elapsedMs();
    const upload = body && !Buffer.isBuffer(body) ? new Upload(body, limitBytes) : undefined;
    const length = upload && headers['content-length'];
    const contentType = this.#held?.contentType ?? headers['content-type'];
    let passed = await passCall(
      {
        call: {
          provider: owner.provider,
          credential,
          path: pathFor({ dialect: surface.dialect, chatPath: surface.upstreamPath }, owner.name, false),
          query: passedQuery(query),
          method: surface.method,
          headers: {
            ...(contentType !== undefined && body && { 'content-type': contentType }),
            ...(length !== undefined && { 'content-length': length }),
          },
          body: upload ?? this.#held?.renamed(owner.name),
          ...(ownKey !== undefined && { ownKey }),
        },
        name: owner.id,
        dialect: arrival.dialect,
        outlet: this.#outlet,
        headers: this.#ownHeaders(),
        trailers: (usage, answerBytes) => ({
          'x-tierwise-cost': this.#costText(usage ?? this.#estimate(answerBytes)),
        }),
        egress: this.#parts.egress,
      },
      () => this.#timing.elapsedMs(),
    );
    if (upload?.refusal && passed.outcome === 'failed') passed = { ...passed, error: upload.refusal };
    upload?.destroy();
    const { credentials } = owner.provider;
    const { isStream } = this.#passing;
    const manner = { credentials, isOwnKey: ownKey !== undefined, isStream };
    noteHealth(this.#parts.health, { model: owner, credential }, passed, manner);
    this.#attempts.push(
      attemptOf(
        {
          ...passed,
          estimate: this.#estimate(passed.answerBytes),
          startedMs,
          totalMs: this.#timing.elapsedMs() - startedMs,
        },
        this.#passing,
      ),
    );
    return passed;
  }

  /** Four bytes make a token, here and there. */
  #estimate(answerBytes: number): Usage {
    const { bound, surface } = this.#passing;
    return {
      ...noUsage,
      inputTokens: Math.ceil(bound.inputTokens / 4),
      outputTokens:
        surface.name === 'completions' ? Math.min(Math.ceil(answerBytes / 4), bound.outputTokens) : 0,
    };
  }

  #costText(usage: Usage): string {
    const { owner, surface } = this.#passing;
    return usdText(owner.prices && !surface.isFree ? costOf(usage, owner.prices) : (0n as Attempt['cost']));
  }

  #ownHeaders(): Record<string, string> {
    const { id, owner } = this.#passing;
    return {
      'x-request-id': id,
      'request-id': id,
      'x-tierwise-exchange': id,
      'x-tierwise-model': ascii(owner.id),
    };
  }

  #tell(error: GatewayError, passed: PassedCall | undefined): number {
    const dialect: Dialect = this.#request.arrival.dialect;
    const { id } = this.#passing;
    const written = dialect.writeError(error, id);
    const raw = passed?.raw;
    const status = raw?.status ?? written.status;
    if (this.#outlet.hasStarted || this.#outlet.isGone) return status;
    const body = raw?.body ?? Buffer.from(JSON.stringify(written.body));
    this.#outlet.start(status, {
      ...written.headers,
      ...this.#ownHeaders(),
      'content-type': 'application/json',
      'content-length': body.length,
      'x-tierwise-error': error.code,
    });
    this.#outlet.end(body);
    return status;
  }

  #settle(exchange: Exchange): void {
    this.#parts.ledger.settle(exchange);
    for (const observe of this.#parts.observers) {
      try {
        observe(exchange);
      } catch {
        // an observer is not worth an answer
      }
    }
  }
}
