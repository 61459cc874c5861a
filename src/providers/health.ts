import type { Model } from '../core/model.ts';
import type { World } from '../kit/world.ts';

interface Circuit {
  failures: number;
  /** Left alone until then; milliseconds on the monotonic clock. */
  closedUntilMs: number;
  isProbing: boolean;
}

const failuresToOpen = 5;
const periodMs = 10_000;
const longestPauseMs = 60_000;

/**
 * Which models are to be left alone for a while: after five failures in a row for ten seconds, after
 * a "retry after" for as long as was asked (at most a minute). One probe at a time comes through when
 * a pause is over; its success closes the circuit.
 */
export class Health {
  readonly #circuits = new Map<string, Circuit>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  isHealthy(model: Model): boolean {
    const circuit = this.#circuits.get(model.id);
    if (!circuit) return true;
    return (
      circuit.closedUntilMs === 0 ||
      (!circuit.isProbing && this.#world.monotonicMs() >= circuit.closedUntilMs)
    );
  }

  /** Before a call: the first one after a pause is the probe. */
  begin(model: Model): void {
    const circuit = this.#circuits.get(model.id);
    if (circuit && circuit.closedUntilMs > 0) circuit.isProbing = true;
  }

  succeeded(model: Model): void {
    this.#circuits.delete(model.id);
  }

  /** A caller that hung up says nothing about the model, but a probe must not wait for it for ever. */
  abandoned(model: Model): void {
    const circuit = this.#circuits.get(model.id);
    if (circuit) circuit.isProbing = false;
  }

  failed(model: Model, retryAfterMs: number | undefined): void {
    const circuit = this.#circuits.get(model.id) ?? { failures: 0, closedUntilMs: 0, isProbing: false };
    this.#circuits.set(model.id, circuit);
    circuit.failures += 1;
    circuit.isProbing = false;
    const pauseMs = retryAfterMs ?? (circuit.failures >= failuresToOpen ? periodMs : 0);
    if (pauseMs > 0) circuit.closedUntilMs = this.#world.monotonicMs() + Math.min(pauseMs, longestPauseMs);
  }
}
