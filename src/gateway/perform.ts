import type { ChatRequest } from '../core/chat.ts';
import type { PlanStep } from '../core/decision.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Attempt, Decided } from '../core/exchange.ts';
import type { ModelId } from '../core/model.ts';
import { demote } from '../providers/health.ts';
import { retryOf } from '../providers/retry-table.ts';
import { type Asked, Asker, type AskerParts, type Made } from './asker.ts';
import { type Carrier, carryOver } from './carry.ts';
import { askGated, type JudgedStep } from './gated-step.ts';
import type { Heard, RawAnswer } from './heard.ts';
import { type FetchMedia, inlineMedia, mediaAddresses, needsData } from './inline-media.ts';
import type { Ready, Tried } from './mend.ts';
import type { Outlet } from './outlet.ts';
import type { Snapshot } from './snapshot.ts';
import { Tally } from './tally.ts';
import { prepare, type Target, targetOf } from './target.ts';
import type { Timing } from './timing.ts';
import { wait, whileHeard } from './wait.ts';

export interface PerformParts extends AskerParts {
  readonly carrier: Carrier;
  readonly fetchMedia: FetchMedia;
}

/** How the plan went: the answer is out, or `error` still has to be told. */
export interface Performed {
  readonly attempts: readonly Attempt[];
  readonly warnings: readonly string[];
  readonly last: Heard | undefined;
  /** When the first byte of a judged answer went out, after the request came in. */
  readonly firstByteMs?: number | undefined;
  /** The caller hung up before there was an answer. */
  readonly isGone: boolean;
  readonly error: GatewayError | undefined;
  /** The last upstream's own words for the error, where the caller speaks its dialect. */
  readonly raw: RawAnswer | undefined;
}

/**
 * Asks the models of the plan in turn, each with its provider's credentials in turn, until one is heard (and,
 * where its step is judged, is found good enough); after the first byte to the caller never another. Never
 * rejects: whatever happens, the calls that were made are told.
 */
export const perform = (
  decided: Decided,
  snapshot: Snapshot,
  outlet: Outlet,
  timing: Timing,
  parts: PerformParts,
): Promise<Performed> => new Performance(decided, snapshot, outlet, timing, parts).run();

/** Before the very same is asked once more, where it did not say when. */
const shortestWaitMs = 100;
const waitSpreadMs = 200;

class Performance {
  readonly #decided: Decided;
  readonly #snapshot: Snapshot;
  readonly #outlet: Outlet;
  readonly #timing: Timing;
  readonly #parts: PerformParts;
  readonly #tally: Tally;
  readonly #asker: Asker;
  #warnings: readonly string[] = [];
  #last: Heard | undefined;
  #tried: Tried | undefined;
  /** Why a model could not even be asked. */
  #refused: GatewayError | undefined;
  #fetched: Promise<ChatRequest> | undefined;
  #firstByteMs: number | undefined;

  constructor(decided: Decided, snapshot: Snapshot, outlet: Outlet, timing: Timing, parts: PerformParts) {
    this.#decided = decided;
    this.#snapshot = snapshot;
    this.#outlet = outlet;
    this.#timing = timing;
    this.#parts = parts;
    this.#tally = new Tally(decided.embedded?.cost);
    this.#asker = new Asker({ decided, snapshot, outlet, timing, tally: this.#tally, parts });
  }

  async run(): Promise<Performed> {
    try {
      this.#parts.retries.earn();
      for (const step of this.#steps()) {
        const ended = isJudged(step) ? await this.#askJudged(step) : await this.#askEach(step.ask);
        if (ended) return ended;
      }
      const ended = await this.#askAgain();
      if (ended) return ended;
      return this.#endFailed();
    } catch (cause) {
      return this.#end(asGatewayError(cause));
    }
  }

  /** In the plan's order, but for those that only fail of late; what is judged comes first, as it was planned. */
  #steps(): readonly PlanStep[] {
    const { plan } = this.#decided.decision;
    const isEjected = (id: ModelId): boolean => this.#isEjected(id);
    if (plan.length === 1 || !plan.some(({ ask }) => ask.some(isEjected))) return plan;
    const judged = plan.findLastIndex(isJudged) + 1;
    const models = plan.slice(judged).flatMap(({ ask }) => ask);
    return [...plan.slice(0, judged), { ask: demote(models, isEjected) }];
  }

  #isEjected(id: ModelId): boolean {
    const model = this.#snapshot.model(id);
    const provider = model && this.#snapshot.providers.get(model.provider);
    if (!model || !provider) return false;
    return provider.credentials.every((credential) => this.#parts.health.isEjected({ model, credential }));
  }

  /** Undefined where the next step is to be asked. */
  async #askEach(models: readonly ModelId[]): Promise<Performed | undefined> {
    for (const id of models) {
      const made = this.#readyFor(id);
      const ready = made instanceof Promise ? await made : made;
      const unheard = this.#endUnheard();
      if (unheard) return unheard;
      const ended = ready && this.#endOf(await this.#asker.ask(ready, this.#outlet));
      if (ended) return ended;
    }
    return undefined;
  }

  async #askJudged(step: JudgedStep): Promise<Performed | undefined> {
    const ready: Ready[] = [];
    for (const id of step.ask) {
      const one = await this.#readyFor(id);
      if (one) ready.push(one);
    }
    const unheard = this.#endUnheard();
    if (unheard) return unheard;
    const gated = await askGated(step, ready, {
      decided: this.#decided,
      snapshot: this.#snapshot,
      outlet: this.#outlet,
      timing: this.#timing,
      tally: this.#tally,
      parts: this.#parts,
      asker: this.#asker,
    });
    switch (gated.type) {
      case 'accepted':
        this.#firstByteMs = this.#timing.elapsedMs();
        return this.#endHeard(gated.made);
      case 'passed-over':
        this.#last = undefined;
        return this.#endUnheard();
      default: {
        const ended = this.#endOf(gated.asked);
        // what is judged is not asked again without that
        this.#tried = undefined;
        return ended;
      }
    }
  }

  /** Undefined where this model cannot be asked this. A promise only where something has to be fetched before. */
  #readyFor(id: ModelId): Ready | undefined | Promise<Ready | undefined> {
    const target = targetOf(id, this.#decided, this.#snapshot);
    if (!target) return undefined;
    if (!needsData(target)) return this.#outlet.isGone ? undefined : this.#ready(this.#decided, target);
    return this.#withData().then((decided) =>
      decided && !this.#outlet.isGone ? this.#ready(decided, target) : undefined,
    );
  }

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

  /** Undefined where the next model is to be asked. */
  #endOf(asked: Asked): Performed | undefined {
    switch (asked.type) {
      case 'heard':
        return this.#endHeard(asked.made);
      case 'failed':
        this.#noteLast(asked.made);
        return asked.isFinal ? this.#endFailed() : undefined;
      case 'spent':
        return this.#endFailed();
      case 'stopped':
        return asked.error ? this.#end(asked.error) : this.#endUnheard();
      default:
        return undefined;
    }
  }

  #endHeard(made: Made): Performed {
    this.#noteLast(made);
    return this.#end(failureOf(made.heard));
  }

  #noteLast({ heard, tried, listening }: Made): void {
    this.#last = heard;
    this.#tried = tried;
    this.#warnings = tried.prepared.warnings;
    const { isOwnKey } = tried.target;
    tried.carried.note(listening, heard, isOwnKey ? undefined : tried.credential.name);
  }

  /** Where there was only one to ask: once more after a moment, if it may be a moment's trouble. */
  async #askAgain(): Promise<Performed | undefined> {
    const error = failureOf(this.#last);
    const tried = this.#tried;
    if (this.#tally.attempts.length !== 1 || !tried || !error || !retryOf(error).again) return undefined;
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
    return mayAsk ? this.#endOf(await this.#asker.askOnce(tried, this.#outlet)) : undefined;
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
      : this.#end(this.#refused ?? this.#nobodyToAsk());
  }

  #end(error: GatewayError | undefined, raw?: RawAnswer): Performed {
    const last = this.#last;
    return {
      attempts: this.#tally.attempts,
      warnings: this.#warnings,
      last,
      firstByteMs: this.#firstByteMs,
      isGone: this.#outlet.isGone && last?.outcome !== 'ok' && last?.outcome !== 'cut',
      error,
      raw,
    };
  }

  #nobodyToAsk(): GatewayError {
    const { leftOutMs: waitMs, pause: anyPause } = this.#asker;
    if (waitMs === undefined)
      return this.#tally.attempts.length > 0
        ? new GatewayError(
            'no-healthy-model',
            'No answer passed its test, and no other model could be asked.',
          )
        : new GatewayError('internal', 'The plan named no model that is configured.');
    const pause = this.#decided.decision.mode === 'route' ? undefined : anyPause;
    if (pause)
      return new GatewayError(
        pause.code,
        `The provider of the model ${pause.says}; nothing is sent to it until then.`,
        { retryAfterMs: waitMs },
      );
    return new GatewayError('no-healthy-model', 'Every model that could answer is unhealthy just now.', {
      retryAfterMs: waitMs,
    });
  }
}

const isJudged = (step: PlanStep): step is JudgedStep => step.acceptIf !== undefined;

const failureOf = (heard: Heard | undefined): GatewayError | undefined =>
  heard?.outcome === 'failed' || heard?.outcome === 'cut' ? heard.error : undefined;
