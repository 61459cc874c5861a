import { GatewayError } from '../core/errors.ts';
import type { World } from '../kit/world.ts';

const perSecond = 100;
const atOnce = 1000;

/** Labels cost nothing, so only their pace is bounded, for each caller apart. */
export class LabelRate {
  readonly #world: World;
  /** No more of them than there are keys. */
  readonly #left = new Map<string, { count: number; atMs: number }>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Throws `rate-limited`. */
  take(caller: string): void {
    const nowMs = this.#world.monotonicMs();
    const left = this.#left.get(caller) ?? { count: atOnce, atMs: nowMs };
    this.#left.set(caller, left);
    left.count = Math.min(atOnce, left.count + ((nowMs - left.atMs) * perSecond) / 1000);
    left.atMs = nowMs;
    if (left.count < 1)
      throw new GatewayError(
        'rate-limited',
        `More than ${perSecond} labels or looks a second were asked for; send them more slowly, or many at once with "tierwise label --file".`,
        { retryAfterMs: 1000 },
      );
    left.count -= 1;
  }
}
