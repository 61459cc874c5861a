import type { World } from '../kit/world.ts';

/** Where the milliseconds of one request went. */
export class Timing {
  readonly #world: World;
  readonly #startedMs: number;
  readonly #parts: [name: string, ms: number][] = [];
  #lastMs: number;

  constructor(world: World) {
    this.#world = world;
    this.#startedMs = this.#lastMs = world.monotonicMs();
  }

  elapsedMs(): number {
    return this.#world.monotonicMs() - this.#startedMs;
  }

  /** Names what was done since the mark before. */
  mark(part: string): void {
    const now = this.#world.monotonicMs();
    this.#parts.push([part, now - this.#lastMs]);
    this.#lastMs = now;
  }

  /** As the header `server-timing` has it: "admit;dur=0.031, decide;dur=0.052". */
  text(): string {
    return this.#parts.map(([part, ms]) => `${part};dur=${ms.toFixed(3)}`).join(', ');
  }
}
