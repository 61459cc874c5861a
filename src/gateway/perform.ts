import type { ChatRequest } from '../core/chat.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Attempt, Decided, Intent } from '../core/exchange.ts';
import type { ModelId } from '../core/model.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { credentialsFor } from '../providers/credential-order.ts';
import { demote, type Pause } from '../providers/health.ts';
import type { Credential } from '../providers/provider.ts';
import type { RetryBudget } from '../providers/retry-budget.ts';
import { retryOf } from '../providers/retry-table.ts';
import { type CallParts, call } from './call.ts';
import { type Carrier, carryOver } from './carry.ts';
import type { Heard, RawAnswer } from './heard.ts';
import { callHedged } from './hedge.ts';
import { type FetchMedia, inlineMedia, mediaAddresses, needsData } from './inline-media.ts';
import { intentOf } from './intent.ts';
import type { Listening } from './listening.ts';
import { mendedBy, type Ready, type Tried } from './mend.ts';
import type { Outlet } from './outlet.ts';
import type { Snapshot } from './snapshot.ts';
import { prepare, type Target, targetOf } from './target.ts';
import type { Timing } from './timing.ts';
import { wait, whileHeard } from './wait.ts';

export interface PerformParts extends CallParts {
  readonly ledger: Ledger;
  readonly retries: RetryBudget;
  /** Calls made beside others. */
  readonly hedges: RetryBudget;
  readonly carrier: Carrier;
  readonly fetchMedia: FetchMedia;
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
 * Asks the models of the plan in turn, each with its provider's credentials in turn, until one is heard;
 * after the first byte to the caller never another. Never rejects: whatever happens, the calls that were
 * made are told.
 */
export const perform = (
  decided: Decided,
  snapshot: Snapshot,
  outlet: Outlet,
  timing: Timing,
  parts: PerformParts,
): Promise<Performed> => new Performance(decided, snapshot, outlet, timing, parts).run();

/** Whoever waits for more calls than these has hung up. */
const mostAttempts = 6;
/** Before the very same is asked once more, where it did not say when. */
const shortestWaitMs = 100;
const waitSpreadMs = 200;

/** A call that was made, and what listened to it. */
interface Made {
  readonly heard: Heard;
  readonly tried: Tried;
  readonly listening: Listening;
}

class Performance {
  readonly #decided: Decided;
  readonly #snapshot: Snapshot;
  readonly #outlet: Outlet;
  readonly #timing: Timing;
  readonly #parts: PerformParts;
  readonly #attempts: Attempt[] = [];
  #warnings: readonly string[] = [];
  #last: Heard | undefined;
  #tried: Tried | undefined;
  /** Why a model could not even be asked. */
  #refused: GatewayError | undefined;
  /** The shortest wait until somebody who was left out may be asked. */
  #leftOutMs: number | undefined;
  #pause: Pause | undefined;
  #fetched: Promise<ChatRequest> | undefined;
  #faults = 0;

  constructor(decided: Decided, snapshot: Snapshot, outlet: Outlet, timing: Timing, parts: PerformParts) {
    this.#decided = decided;
    this.#snapshot = snapshot;
    this.#outlet = outlet;
    this.#timing = timing;
    this.#parts = parts;
  }

  async run(): Promise<Performed> {
    try {
      this.#parts.retries.earn();
      for (const id of this.#models()) {
        const target = targetOf(id, this.#decided, this.#snapshot);
        if (!target) continue;
        const decided = needsData(target) ? await this.#withData() : this.#decided;
        const unheard = this.#endUnheard();
        if (unheard) return unheard;
        const ready = decided && this.#ready(decided, target);
        const ended = ready && (await this.#askModel(ready));
        if (ended) return ended;
      }
      const ended = await this.#askAgain();
      if (ended) return ended;
      if (this.#last?.outcome === 'failed') return this.#end(this.#last.error, this.#last.raw);
      return this.#end(this.#refused ?? this.#nobodyToAsk());
    } catch (cause) {
      return this.#end(asGatewayError(cause));
    }
  }

  /** Undefined where this model cannot be asked this. */
  #ready(decided: Decided, target: Target): Ready | undefined {
    try {
      const carried = carryOver(decided, target, this.#snapshot.model, this.#parts.carrier);
      return { target, decided, carried, prepared: prepare(decided, target, carried) };
    } catch (cause) {
      this.#refuse(cause);
      return undefined;
    }
  }

  /** With the data of pictures in place of their addresses, which are fetched once. */
  async #withData(): Promise<Decided | undefined> {
    const { request } = this.#decided;
    const addresses = mediaAddresses(request);
    if (addresses.length === 0) return this.#decided;
    const isWanted = () => !this.#outlet.isGone && !this.#outlet.cutBy;
    this.#fetched ??= inlineMedia(request, addresses, this.#parts.fetchMedia, isWanted);
    try {
      const inlined = await whileHeard(this.#fetched, this.#outlet);
      return inlined && { ...this.#decided, request: inlined, isRewritten: true };
    } catch (cause) {
      this.#refuse(cause);
      return undefined;
    }
  }

  /** Another model may take it; a fault of ours is none the less one. */
  #refuse(cause: unknown): void {
    this.#refused = asGatewayError(cause);
    if (this.#refused.code === 'internal') throw this.#refused;
  }

  /** In the plan's order, but for those that only fail of late. */
  #models(): readonly ModelId[] {
    const { plan } = this.#decided.decision;
    if (plan.length === 1 && plan[0]?.ask.length === 1) return plan[0].ask;
    const models = plan.flatMap(({ ask }) => ask);
    return demote(models, (id) => this.#isEjected(id));
  }

  #isEjected(id: ModelId): boolean {
    const model = this.#snapshot.model(id);
    const provider = model && this.#snapshot.providers.get(model.provider);
    if (!model || !provider) return false;
    return provider.credentials.every((credential) => this.#parts.health.isEjected({ model, credential }));
  }

  /** Undefined where the next model is to be asked. */
  async #askModel(ready: Ready): Promise<Performed | undefined> {
    const { target } = ready;
    for (const credential of this.#credentials(target)) {
      if (!this.#mayAsk(target, credential)) continue;
      if (!this.#maySpend()) {
        this.#parts.health.abandoned({ model: target.model, credential });
        return this.#endFailed();
      }
      const tried = { ...ready, credential };
      const ended = (await this.#askOne(tried)) ?? (await this.#mend(tried));
      if (ended) return ended;
      const error = failureOf(this.#last);
      if (!error) return undefined;
      const { otherCredential, otherModel, isOnce } = retryOf(error);
      if (isOnce) this.#faults += 1;
      if (!otherModel || this.#faults > 1) return this.#endFailed();
      if (!otherCredential) return undefined;
    }
    return undefined;
  }

  /** The conversation's own first, those that do badly of late last. A caller's own key is bound to one address. */
  #credentials({ model, provider, isOwnKey }: Target): readonly Credential[] {
    const order = credentialsFor(provider.credentials, this.#decided.session);
    if (isOwnKey) return order.slice(0, 1);
    const { holder } = this.#decided;
    const keeping =
      holder?.provider === provider.name && order.filter(({ name }) => name === holder.credential);
    if (keeping && keeping.length > 0) return keeping;
    return demote(order, (credential) => this.#parts.health.isEjected({ model, credential }));
  }

  #mayAsk({ model, isOwnKey }: Target, credential: Credential): boolean {
    const { health } = this.#parts;
    const seat = { model, credential };
    const pause = isOwnKey ? undefined : health.pause(credential);
    // a named model is asked however it is: nobody else was wanted
    const isWanted = !pause && this.#decided.decision.mode !== 'route';
    if (health.begin(seat, isOwnKey) || isWanted) return true;
    this.#pause ??= pause;
    this.#leftOutMs = Math.min(health.waitMs(seat), this.#leftOutMs ?? Infinity);
    return false;
  }

  #maySpend(): boolean {
    const { length } = this.#attempts;
    return length === 0 || (length < mostAttempts && this.#parts.retries.spend());
  }

  /** Asks once more where something can be done about what went wrong. */
  async #mend(tried: Tried): Promise<Performed | undefined> {
    const error = failureOf(this.#last);
    const mended = error && mendedBy(error, tried);
    const { target, credential } = tried;
    if (!mended || !this.#mayAsk(target, credential)) return undefined;
    if (!this.#maySpend()) {
      this.#parts.health.abandoned({ model: target.model, credential });
      return undefined;
    }
    return this.#askOne(mended);
  }

  /** Undefined where the call failed and nothing of an answer has been seen. */
  async #askOne(tried: Tried): Promise<Performed | undefined> {
    const { health, ledger } = this.#parts;
    const { prepared, credential } = tried;
    const { model } = tried.target;
    this.#tried = tried;
    try {
      const intent = intentOf(this.#decided, tried, this.#attempts.length);
      await ledger.intend(intent);
      this.#timing.mark('intend');
      const unheard = this.#endUnheard();
      if (unheard) {
        health.abandoned({ model, credential });
        return unheard;
      }
      this.#warnings = prepared.warnings;
      const made = await this.#make(tried, intent);
      const { heard } = made;
      this.#last = heard;
      const by = tried.target.isOwnKey ? undefined : made.tried.credential.name;
      tried.carried.note(made.listening, heard, by);
      return heard.outcome === 'failed' ? undefined : this.#end(failureOf(heard));
    } catch (cause) {
      health.abandoned({ model, credential });
      return this.#end(asGatewayError(cause));
    }
  }

  /** One call, or two side by side where the route has the first one hedged. */
  #make(tried: Tried, intent: Intent): Promise<Made> {
    const isFirst = this.#attempts.length === 0;
    const afterMs = isFirst ? this.#snapshot.hedgeAfterMs(this.#decided.route) : undefined;
    return afterMs === undefined
      ? this.#call(tried, intent, this.#outlet)
      : this.#makeTwo(tried, intent, afterMs);
  }

  #makeTwo(tried: Tried, intent: Intent, afterMs: number): Promise<Made> {
    this.#parts.hedges.earn();
    return callHedged(
      (outlet) => this.#call(tried, intent, outlet),
      (outlet) => this.#callBeside(tried, outlet),
      this.#outlet,
      afterMs,
    );
  }

  /** The same of the same model, by another of its keys where there is one. Undefined where it must not be. */
  async #callBeside(tried: Tried, outlet: Outlet): Promise<Made | undefined> {
    const { health, hedges, ledger } = this.#parts;
    const { target } = tried;
    const { model } = target;
    const other = this.#credentials(target).find((credential) => credential !== tried.credential);
    const beside = { ...tried, credential: other ?? tried.credential };
    if (!this.#mayAsk(target, beside.credential)) return undefined;
    const intent = intentOf(this.#decided, tried, this.#attempts.length + 1);
    // what cannot be kept is not sent; the first call may well be answered
    const isKept = hedges.spend() && (await ledger.intend(intent).then(yes, no));
    if (isKept && !outlet.isGone && !outlet.cutBy) return this.#call(beside, intent, outlet);
    health.abandoned({ model, credential: beside.credential });
    return undefined;
  }

  /** Booked as soon as it ends, whatever becomes of another beside it. */
  async #call(tried: Tried, intent: Intent, outlet: Outlet): Promise<Made> {
    const listening = tried.carried.listen();
    const { heard, attempt } = await call(
      {
        decided: this.#decided,
        target: listening.target,
        credential: tried.credential,
        prepared: tried.prepared,
        intent,
        snapshot: this.#snapshot,
        outlet,
        timing: this.#timing,
      },
      this.#parts,
    );
    // that nobody waited for it any more was not the caller's doing
    const isOvertaken = heard.outcome === 'cancelled' && !this.#outlet.isGone;
    this.#attempts.push(
      isOvertaken ? { ...attempt, code: null, message: 'another call answered first' } : attempt,
    );
    return { heard, tried, listening };
  }

  /** Where there was only one to ask: once more after a moment, if it may be a moment's trouble. */
  async #askAgain(): Promise<Performed | undefined> {
    const error = failureOf(this.#last);
    const tried = this.#tried;
    if (this.#attempts.length !== 1 || !tried || !error || !retryOf(error).again) return undefined;
    const { retries, world, health } = this.#parts;
    const isPaused = (error.upstream?.class ?? error.class) === 'rate-limited';
    const waitMs = error.retryAfterMs ?? shortestWaitMs + world.random() * waitSpreadMs;
    // who says "later" without saying when may mean next month
    if ((isPaused && error.retryAfterMs === undefined) || waitMs > this.#snapshot.longestRetryWaitMs)
      return undefined;
    if (!retries.spend()) return undefined;
    // a timer may ring a little early, and then the pause would not be over
    await wait(waitMs + 2, this.#outlet);
    const unheard = this.#endUnheard();
    if (unheard) return unheard;
    const { target, credential } = tried;
    const mayAsk = health.begin({ model: target.model, credential }, target.isOwnKey);
    return mayAsk ? this.#askOne(tried) : undefined;
  }

  /** Undefined where somebody still waits for an answer, and may have one. */
  #endUnheard(): Performed | undefined {
    const { isGone, cutBy } = this.#outlet;
    if (!isGone && !cutBy) return undefined;
    return this.#end(cutBy ?? failureOf(this.#last) ?? this.#refused);
  }

  #endFailed(): Performed {
    return this.#last?.outcome === 'failed'
      ? this.#end(this.#last.error, this.#last.raw)
      : this.#end(undefined);
  }

  #end(error: GatewayError | undefined, raw?: RawAnswer): Performed {
    const last = this.#last;
    return {
      attempts: this.#attempts,
      warnings: this.#warnings,
      last,
      isGone: this.#outlet.isGone && last?.outcome !== 'ok' && last?.outcome !== 'cut',
      error,
      raw,
    };
  }

  #nobodyToAsk(): GatewayError {
    const waitMs = this.#leftOutMs;
    if (waitMs === undefined)
      return new GatewayError('internal', 'The plan named no model that is configured.');
    const pause = this.#decided.decision.mode === 'route' ? undefined : this.#pause;
    if (pause)
      return new GatewayError(
        pause.code,
        `The provider of the model ${pause.says}; nothing is sent to it until then.`,
        {
          retryAfterMs: waitMs,
        },
      );
    return new GatewayError('no-healthy-model', 'Every model that could answer is unhealthy just now.', {
      retryAfterMs: waitMs,
    });
  }
}

const yes = (): boolean => true;
const no = (): boolean => false;

const failureOf = (heard: Heard | undefined): GatewayError | undefined =>
  heard?.outcome === 'failed' || heard?.outcome === 'cut' ? heard.error : undefined;
