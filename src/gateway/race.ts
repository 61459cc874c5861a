import type { GatewayError } from '../core/errors.ts';
import type { Outlet } from './outlet.ts';

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
    outlet.onGone(() => {
      for (const lane of this.#lanes) lane.tellGone();
    });
    outlet.onCut((error) => {
      for (const lane of this.#lanes) lane.tellCut(error);
    });
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

class Lane implements Outlet {
  readonly #outlet: Outlet;
  readonly #referee: Referee;
  #tellGone: (() => void) | undefined;
  #tellCut: ((error: GatewayError) => void) | undefined;

  constructor(outlet: Outlet, referee: Referee) {
    this.#outlet = outlet;
    this.#referee = referee;
  }

  start(status: number, headers: Readonly<Record<string, string | number>>): void {
    if (this.#referee.claim()) this.#outlet.start(status, headers);
  }

  write(chunk: Buffer | string): boolean {
    return this.#referee.hasLost() || this.#outlet.write(chunk);
  }

  end(chunk?: Buffer | string, trailers?: Readonly<Record<string, string>>): void {
    if (!this.#referee.hasLost()) this.#outlet.end(chunk, trailers);
  }

  destroy(): void {
    if (!this.#referee.hasLost()) this.#outlet.destroy();
  }

  onDrain(resume: () => void): void {
    this.#outlet.onDrain(resume);
  }

  onGone(tell: () => void): void {
    this.#tellGone = tell;
    if (this.isGone) tell();
  }

  onCut(tell: (error: GatewayError) => void): void {
    this.#tellCut = tell;
    if (this.cutBy) tell(this.cutBy);
  }

  tellGone(): void {
    this.#tellGone?.();
  }

  tellCut(error: GatewayError): void {
    this.#tellCut?.(error);
  }

  get hasStarted(): boolean {
    return this.#outlet.hasStarted && !this.#referee.hasLost();
  }

  get isGone(): boolean {
    return this.#outlet.isGone || this.#referee.hasLost();
  }

  get cutBy(): GatewayError | undefined {
    return this.#outlet.cutBy;
  }
}
