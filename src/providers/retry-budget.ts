import type { World } from '../kit/world.ts';

export interface RetryLimits {
  /** Second attempts per first one, on the average. */
  readonly share: number;
  /** Second attempts that are always allowed. */
  readonly perSecond: number;
}

/** So many seconds of `perSecond` may be saved up for one bad moment. */
const savedSeconds = 10;

/**
 * Holds what is asked a second time to a share of what is asked at all, over the whole process: when
 * everything is down, retries must not be what keeps it down. A bucket of tokens; each request puts a
 * part of one in, each second attempt takes a whole one out.
 */
export class RetryBudget {
  readonly #world: World;
  readonly #limits: () => RetryLimits;
  #tokens: number;
  #filledMs: number;

  constructor(world: World, limits: () => RetryLimits) {
    this.#world = world;
    this.#limits = limits;
    this.#tokens = limits().perSecond;
    this.#filledMs = world.monotonicMs();
  }

  /** A request came in. */
  earn(): void {
    const { share, perSecond } = this.#limits();
    this.#tokens = Math.min(this.#tokens + share, mostOf(perSecond));
  }

  /** Whether something may be asked once more; counts it where it may. */
  spend(): boolean {
    const { perSecond } = this.#limits();
    const nowMs = this.#world.monotonicMs();
    const filled = this.#tokens + ((nowMs - this.#filledMs) / 1000) * perSecond;
    this.#filledMs = nowMs;
    this.#tokens = Math.min(filled, mostOf(perSecond));
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** With no floor at all a share alone must still be able to save up for one attempt. */
const mostOf = (perSecond: number): number => Math.max(perSecond * savedSeconds, savedSeconds);
