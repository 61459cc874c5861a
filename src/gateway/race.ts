import type { Outlet } from './outlet.ts';
import { OutletBehind, tellAll } from './outlet-behind.ts';

/**
 * Several calls for one answer. Whoever has something to say first has the caller to itself; to the others
 * the caller is gone from then on, so that each of them breaks off by itself.
 */
export class Race {
  readonly #outlet: Outlet;
  readonly #lanes: Lane[] = [];
  #winner: Lane | undefined;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
    tellAll(outlet, this.#lanes);
  }

  /** The way out for one more call. */
  lane(): Outlet {
    const lane = new Lane(this.#outlet, {
      claim: () => this.#claim(lane),
      hasLost: () => this.#winner !== undefined && this.#winner !== lane,
    });
    this.#lanes.push(lane);
    return lane;
  }

  get isDecided(): boolean {
    return this.#winner !== undefined;
  }

  isWonBy(lane: Outlet): boolean {
    return this.#winner === lane;
  }

  #claim(lane: Lane): boolean {
    if (this.#winner) return this.#winner === lane;
    this.#winner = lane;
    for (const other of this.#lanes) if (other !== lane) other.tellGone();
    return true;
  }
}

interface Referee {
  claim(): boolean;
  hasLost(): boolean;
}

class Lane extends OutletBehind implements Outlet {
  readonly #referee: Referee;

  constructor(outlet: Outlet, referee: Referee) {
    super(outlet);
    this.#referee = referee;
  }

  start(status: number, headers: Readonly<Record<string, string | number>>): void {
    if (this.#referee.claim()) this.outlet.start(status, headers);
  }

  write(chunk: Buffer | string): boolean {
    return this.#referee.hasLost() || this.outlet.write(chunk);
  }

  end(chunk?: Buffer | string, trailers?: Readonly<Record<string, string>>): void {
    if (!this.#referee.hasLost()) this.outlet.end(chunk, trailers);
  }

  destroy(): void {
    if (!this.#referee.hasLost()) this.outlet.destroy();
  }

  onDrain(resume: () => void): void {
    this.outlet.onDrain(resume);
  }

  get hasStarted(): boolean {
    return this.outlet.hasStarted && !this.#referee.hasLost();
  }

  get isGone(): boolean {
    return this.outlet.isGone || this.#referee.hasLost();
  }
}
