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
    return circuit === undefined || this.#mayAsk(circuit);
  }

  /** Before a call, told at its end: the first one after a pause is the probe. False where the model is to be left alone. */
  begin(model: Model): boolean {
    const circuit = this.#circuits.get(model.id);
    if (!circuit) return true;
    const mayAsk = this.#mayAsk(circuit);
    if (mayAsk && circuit.closedUntilMs > 0) circuit.isProbing = true;
    return mayAsk;
  }

  /** An answer that was under way when the pause began does not end it. */
  succeeded(model: Model): void {
    const circuit = this.#circuits.get(model.id);
    if (circuit && circuit.closedUntilMs <= this.#world.monotonicMs()) this.#circuits.delete(model.id);
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
    if (pauseMs <= 0) return;
    const untilMs = this.#world.monotonicMs() + Math.min(pauseMs, longestPauseMs);
    circuit.closedUntilMs = Math.max(circuit.closedUntilMs, untilMs);
  }

  #mayAsk({ closedUntilMs, isProbing }: Circuit): boolean {
    return closedUntilMs === 0 || (!isProbing && this.#world.monotonicMs() >= closedUntilMs);
  }
}
