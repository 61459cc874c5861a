import { GatewayError } from '../core/errors.ts';
import type { World } from '../kit/world.ts';

export interface OverloadLimits {
  /** Requests under way at once. */
  readonly maxConcurrent: number;
  /** How late the process may do what is due, for longer than a moment. */
  readonly longestLagMs: number;
}

const tickMs = 20;
/** A collection of garbage makes one tick late; so many of the last few are no coincidence. */
const lateTicksToShed = 3;
const mostLateTicks = 4;

/**
 * Whether the process has more to do than it can. What cannot be served in time is refused at once,
 * while that still costs little: a queue in memory would make everybody late and nobody served.
 */
export class Overload {
  readonly #world: World;
  readonly #limits: () => OverloadLimits;
  readonly #timer: NodeJS.Timeout;
  #lastTickMs: number;
  #lateTicks = 0;

  constructor(world: World, limits: () => OverloadLimits) {
    this.#world = world;
    this.#limits = limits;
    this.#lastTickMs = world.monotonicMs();
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
  }

  /** Throws GatewayError `overloaded` where one more request would be too much. `underWay` counts it. */
  refuse(underWay: number): void {
    const { maxConcurrent } = this.#limits();
    if (underWay > maxConcurrent)
      throw this.#shed(`${maxConcurrent} requests are under way, the limit "server.maxConcurrent"`);
    if (this.#lateTicks >= lateTicksToShed) throw this.#shed('more comes in than can be served in time');
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const nowMs = this.#world.monotonicMs();
    const lateMs = nowMs - this.#lastTickMs - tickMs;
    this.#lastTickMs = nowMs;
    const isLate = lateMs > this.#limits().longestLagMs;
    this.#lateTicks = isLate
      ? Math.min(this.#lateTicks + 1, mostLateTicks)
      : Math.max(this.#lateTicks - 1, 0);
  }

  /** Not all at once: they come back over a second or two. */
  #shed(why: string): GatewayError {
    return new GatewayError('overloaded', `The gateway is overloaded: ${why}. Try again in a moment.`, {
      retryAfterMs: 1000 + Math.floor(this.#world.random() * 1000),
    });
  }
}
