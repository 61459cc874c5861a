import type { World } from '../kit/world.ts';

/** Where the milliseconds of one request went. */
export class Timing {
  readonly #world: World;
  readonly #startedMs: number;
  /** Undefined where nobody is told. */
  readonly #parts: { readonly names: string[]; readonly ms: number[] } | undefined;
  #lastMs: number;

  constructor(world: World, isTold = true) {
    this.#world = world;
    this.#startedMs = this.#lastMs = world.monotonicMs();
    this.#parts = isTold ? { names: [], ms: [] } : undefined;
  }

  elapsedMs(): number {
    return this.#world.monotonicMs() - this.#startedMs;
  }

  /** Names what was done since the mark before. */
  mark(part: string): void {
    if (!this.#parts) return;
    const now = this.#world.monotonicMs();
    this.#parts.names.push(part);
    this.#parts.ms.push(now - this.#lastMs);
    this.#lastMs = now;
  }

  /** As the header `server-timing` has it: "admit;dur=0.031, decide;dur=0.052". */
  text(): string {
    if (!this.#parts) return '';
    const { names, ms } = this.#parts;
    let text = '';
    for (let at = 0; at < names.length; at++)
      text += `${text && ', '}${names[at]};dur=${inThousandths(ms[at] ?? 0)}`;
    return text;
  }
}

/** As `toFixed(3)` has it, in a tenth of its time: no number of fractions is turned into text. */
const inThousandths = (ms: number): string => {
  const thousandths = Math.round(ms * 1000);
  const rest = thousandths % 1000;
  return `${(thousandths - rest) / 1000}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}`;
};
