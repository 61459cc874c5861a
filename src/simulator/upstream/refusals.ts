import type { WireProblem } from './wire.ts';

/** Something a vendor would have refused: no scripted fault, but a mistake of whoever called. */
export interface Refusal {
  readonly method: string;
  readonly path: string;
  /** Undefined where the path is on no wire. */
  readonly wire: string | undefined;
  /** As the caller named it; undefined where it did not come that far. */
  readonly model: string | undefined;
  readonly status: number;
  readonly reason: string;
  readonly param: string | null;
  readonly code: string | undefined;
}

const mostKept = 10_000;

/** The newest refusals, oldest first. */
export class Refusals {
  readonly #kept: Refusal[] = [];

  add(
    where: Pick<Refusal, 'method' | 'path' | 'wire' | 'model'>,
    { status, message, param, code }: WireProblem,
  ): void {
    this.#kept.push({ ...where, status, reason: message, param, code });
    if (this.#kept.length > mostKept) this.#kept.shift();
  }

  list(): readonly Refusal[] {
    return [...this.#kept];
  }
}
