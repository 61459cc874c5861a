import { asGatewayError, type GatewayError } from '../core/errors.ts';
import type { Attempt, Decided, Intent } from '../core/exchange.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { credentialsFor } from '../providers/credential-order.ts';
import { demote, type Pause } from '../providers/health.ts';
import type { Credential } from '../providers/provider.ts';
import type { RetryBudget } from '../providers/retry-budget.ts';
import { retryOf } from '../providers/retry-table.ts';
import { Call, type CallParts } from './call.ts';
import type { Heard, RawAnswer } from './heard.ts';
import { callHedged } from './hedge.ts';
import { intentOf } from './intent.ts';
import type { Listening } from './listening.ts';
import { mendedBy, type Ready, type Tried } from './mend.ts';
import type { Outlet } from './outlet.ts';
import type { Snapshot } from './snapshot.ts';
import type { Tally } from './tally.ts';
import type { Target } from './target.ts';
import type { Timing } from './timing.ts';

export interface AskerParts extends CallParts {
  readonly ledger: Ledger;
  readonly retries: RetryBudget;
  /** Calls made beside others. */
  readonly hedges: RetryBudget;
}

/** A call that was made, what listened to it, and how it is booked. */
export interface Made {
  readonly heard: Heard;
  readonly tried: Tried;
  readonly listening: Listening;
  readonly attempt: Attempt;
}

/** How asking one model went. */
export type Asked =
  /** The outlet has the answer, or what there was of it. */
  | { readonly type: 'heard'; readonly made: Made }
  /** Nothing of an answer was seen. `isFinal`: no other model would do better, or no more may be spent. */
  | {
      readonly type: 'failed';
      readonly made: Made;
      readonly error: GatewayError;
      readonly raw: RawAnswer | undefined;
      readonly isFinal: boolean;
    }
  /** No more may be spent, and this model was not asked. */
  | { readonly type: 'spent' }
  /** Nobody waits for an answer any more; or it cannot go on, for `error`. */
  | { readonly type: 'stopped'; readonly error?: GatewayError }
  /** No credential of it may be asked just now. */
  | { readonly type: 'unasked' };

/** What the calls of one request have in common. */
export interface Errand {
  readonly decided: Decided;
  readonly snapshot: Snapshot;
  /** The caller's own: where a call is made for an outlet of its own, whether anybody still waits is seen here. */
  readonly outlet: Outlet;
  readonly timing: Timing;
  readonly tally: Tally;
  readonly parts: AskerParts;
  /** What the calls are for, where it is no answer. */
  readonly role?: 'verifier';
}

/** Asks one model at a time (or some side by side, each for an outlet of its own): each of its keys in turn, and again where something can be mended. */
export class Asker {
  readonly #errand: Errand;
  /** The shortest wait until somebody who was left out may be asked. */
  leftOutMs: number | undefined;
  pause: Pause | undefined;
  #faults = 0;

  constructor(errand: Errand) {
    this.#errand = errand;
  }

  async ask(ready: Ready, outlet: Outlet): Promise<Asked> {
    const { health, retries } = this.#errand.parts;
    const { target } = ready;
    let last: Asked = { type: 'unasked' };
    for (const credential of this.#credentials(target)) {
      if (!this.#mayAsk(target, credential)) continue;
      if (!this.#errand.tally.maySpend(retries)) {
        health.abandoned({ model: target.model, credential });
        return last.type === 'failed' ? { ...last, isFinal: true } : { type: 'spent' };
      }
      const tried: Tried = {
        target,
        decided: ready.decided,
        carried: ready.carried,
        prepared: ready.prepared,
        credential,
      };
      last = await this.askOnce(tried, outlet);
      if (last.type === 'failed') last = await this.#mend(tried, last, outlet);
      if (last.type !== 'failed') return last;
      const { otherCredential, otherModel, isOnce } = retryOf(last.error);
      if (isOnce) this.#faults += 1;
      if (!otherModel || this.#faults > 1) return { ...last, isFinal: true };
      if (last.isFinal || !otherCredential) return last;
    }
    return last;
  }

  async askOnce(tried: Tried, outlet: Outlet): Promise<Asked> {
    const { decided, tally, timing, parts } = this.#errand;
    const { credential } = tried;
    const { model } = tried.target;
    try {
      const number = tally.nextNumber();
      const intent = intentOf(decided, tried, number);
      await parts.ledger.intend(intent);
      timing.mark('intend');
      if (outlet.isGone || outlet.cutBy) {
        parts.health.abandoned({ model, credential });
        return { type: 'stopped' };
      }
      const made = await this.#make(tried, intent, outlet);
      const { heard } = made;
      if (heard.outcome !== 'failed') return { type: 'heard', made };
      return { type: 'failed', made, error: heard.error, raw: heard.raw, isFinal: false };
    } catch (cause) {
      parts.health.abandoned({ model, credential });
      return { type: 'stopped', error: asGatewayError(cause) };
    }
  }

  /** The conversation's own first, those that do badly of late last. A caller's own key is bound to one address. */
  #credentials({ model, provider, isOwnKey }: Target): readonly Credential[] {
    const { decided, parts } = this.#errand;
    const order = credentialsFor(provider.credentials, decided.session);
    if (isOwnKey) return order.slice(0, 1);
    const { holder } = decided;
    const keeping =
      holder?.provider === provider.name && order.filter(({ name }) => name === holder.credential);
    if (keeping && keeping.length > 0) return keeping;
    return demote(order, (credential) => parts.health.isEjected({ model, credential }));
  }

  #mayAsk({ model, isOwnKey }: Target, credential: Credential): boolean {
    const { decided, parts, role } = this.#errand;
    const { health } = parts;
    const seat = { model, credential };
    const pause = isOwnKey ? undefined : health.pause(credential);
    // a named model is asked however it is: nobody else was wanted
    const isWanted = !pause && decided.decision.mode !== 'route' && !role;
    if (health.begin(seat, isOwnKey) || isWanted) return true;
    this.pause ??= pause;
    this.leftOutMs = Math.min(health.waitMs(seat), this.leftOutMs ?? Infinity);
    return false;
  }

  /** Asks once more where something can be done about what went wrong. */
  async #mend(tried: Tried, failed: Asked & { type: 'failed' }, outlet: Outlet): Promise<Asked> {
    const mended = mendedBy(failed.error, tried);
    const { target, credential } = tried;
    if (!mended || !this.#mayAsk(target, credential)) return failed;
    const { health, retries } = this.#errand.parts;
    if (this.#errand.tally.maySpend(retries)) return this.askOnce(mended, outlet);
    health.abandoned({ model: target.model, credential });
    return { ...failed, isFinal: true };
  }

  /** One call, or two side by side where the route has the first one hedged. */
  #make(tried: Tried, intent: Intent, outlet: Outlet): Promise<Made> {
    const { snapshot, decided } = this.#errand;
    const isFirst = intent.attempt === 0;
    const afterMs = isFirst ? snapshot.hedgeAfterMs(decided.route) : undefined;
    return afterMs === undefined
      ? this.#call(tried, intent, outlet)
      : this.#makeTwo(tried, intent, outlet, afterMs);
  }

  #makeTwo(tried: Tried, intent: Intent, outlet: Outlet, afterMs: number): Promise<Made> {
    this.#errand.parts.hedges.earn();
    return callHedged(
      (lane) => this.#call(tried, intent, lane),
      (lane) => this.#callBeside(tried, lane),
      outlet,
      afterMs,
    );
  }

  /** The same of the same model, by another of its keys where there is one. Undefined where it must not be. */
  async #callBeside(tried: Tried, outlet: Outlet): Promise<Made | undefined> {
    const { decided, tally, parts } = this.#errand;
    const { health, hedges, ledger } = parts;
    const { target } = tried;
    const { model } = target;
    const other = this.#credentials(target).find((credential) => credential !== tried.credential);
    const beside = { ...tried, credential: other ?? tried.credential };
    if (!this.#mayAsk(target, beside.credential)) return undefined;
    const intent = intentOf(decided, tried, tally.nextNumber());
    // what cannot be kept is not sent; the first call may well be answered
    const isKept = hedges.spend() && (await ledger.intend(intent).then(yes, no));
    if (isKept && !outlet.isGone && !outlet.cutBy) return this.#call(beside, intent, outlet);
    health.abandoned({ model, credential: beside.credential });
    return undefined;
  }

  /** Booked as soon as it ends, whatever becomes of another beside it. */
  async #call(tried: Tried, intent: Intent, outlet: Outlet): Promise<Made> {
    const { decided, snapshot, timing, tally, parts, role } = this.#errand;
    const listening = tried.carried.listen();
    const call = new Call(
      {
        decided,
        target: listening.target,
        credential: tried.credential,
        prepared: tried.prepared,
        intent,
        snapshot,
        outlet,
        timing,
        before: tally,
      },
      parts,
    );
    const heard = await call.hear();
    const priced = call.booked(heard);
    // that nobody waited for it any more was not the caller's doing
    const isOvertaken = heard.outcome === 'cancelled' && !this.#errand.outlet.isGone;
    const ended = isOvertaken ? { ...priced, code: null, message: 'another call answered first' } : priced;
    const attempt = role ? { ...ended, role } : ended;
    tally.add(attempt);
    return { heard, tried, listening, attempt };
  }
}

const yes = (): boolean => true;
const no = (): boolean => false;
