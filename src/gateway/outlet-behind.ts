import type { GatewayError } from '../core/errors.ts';
import type { Outlet } from './outlet.ts';

/** One of several ways out that share a caller: that he hangs up, or is cut off, is told to each of them. */
export abstract class OutletBehind {
  protected readonly outlet: Outlet;
  #tellGone: (() => void) | undefined;
  #tellCut: ((error: GatewayError) => void) | undefined;

  constructor(outlet: Outlet) {
    this.outlet = outlet;
  }

  /** To whoever uses this way out. */
  abstract get isGone(): boolean;

  get cutBy(): GatewayError | undefined {
    return this.outlet.cutBy;
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
}

/** `all` may grow: those that are there then are told. */
export const tellAll = (outlet: Outlet, all: readonly OutletBehind[]): void => {
  outlet.onGone(() => {
    for (const each of all) each.tellGone();
  });
  outlet.onCut((error) => {
    for (const each of all) each.tellCut(error);
  });
};
