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
    let text = '';
    for (const [part, ms] of this.#parts) text += `${text && ', '}${part};dur=${inThousandths(ms)}`;
    return text;
  }
}

/** As `toFixed(3)` has it, in a tenth of its time: no number of fractions is turned into text. */
const inThousandths = (ms: number): string => {
  const thousandths = Math.round(ms * 1000);
  const rest = thousandths % 1000;
  return `${(thousandths - rest) / 1000}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}`;
};
