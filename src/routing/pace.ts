/**
 * What a route has decided to spend, beside what its reference would have cost: the memory by which a
 * budget corrects itself. In memory only; a restart begins anew. Amounts are nano-dollars, as numbers.
 */
export class Pace {
  /** Success that a reference model's cost must buy: the price of money, found by trying. */
  #multiplier = startMultiplier;
  #spent = 0;
  #reference = 0;
  #decisions = 0;
  #explored = 0;

  /** The price of one reference answer in chances of success; rises while too much is spent. */
  get multiplier(): number {
    return this.#multiplier;
  }

  /** Of the newest decisions; undefined before the first. */
  get share(): number | undefined {
    return this.#reference > 0 ? this.#spent / this.#reference : undefined;
  }

  get decisions(): number {
    return this.#decisions;
  }

  /** Cost of a usual request at the reference; undefined before the first. */
  get usualReference(): number | undefined {
    return this.#reference > 0 ? this.#reference / weightOf(this.#decisions) : undefined;
  }

  /**
   * One decision more. With a `target`, the multiplier moves by how far this one was from it, in usual
   * requests: its sum over many decisions stays bounded, and so does what is spent beyond the target.
   */
  note(cost: number, reference: number, target?: number): void {
    this.#spent = this.#spent * keep + cost;
    this.#reference = this.#reference * keep + reference;
    this.#explored *= keep;
    this.#decisions += 1;
    const usual = this.usualReference;
    if (target === undefined || usual === undefined) return;
    const beyond = (cost - target * reference) / usual;
    const step = gain * Math.max(-mostBeyond, Math.min(beyond, mostBeyond));
    this.#multiplier = Math.max(least, Math.min(this.#multiplier * Math.exp(step), most));
  }

  /** What exploring may cost now, beyond what would have been spent: a share of all spending. */
  explorationLeft(share: number): number {
    return share * this.#spent - this.#explored;
  }

  noteExplored(extra: number): void {
    this.#explored += Math.max(extra, 0);
  }
}

/** Decisions fade: half of the weight lies on some 1,400 newest. */
const keep = 1 - 1 / 2_000;
const weightOf = (decisions: number): number => (1 - keep ** decisions) / (1 - keep);

const startMultiplier = 0.2;
const gain = 0.02;
/** A single request of a million tokens must not turn everything over. */
const mostBeyond = 10;
/** Beyond these it orders nobody differently, and would only be long in coming back. */
const least = 1e-3;
const most = 100;
