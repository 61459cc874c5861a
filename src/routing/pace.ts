/**
 * What a route has decided to spend, beside what its reference would have cost: the memory by which a
 * budget corrects itself. In memory only; a restart begins anew. Amounts are nano-dollars, as numbers.
 */
export class Pace {
  /** Success that a reference model's cost must buy: the price of money, found by trying. */
  #multiplier = startMultiplier;
  #spent = 0;
  #all = 0;
  #reference = 0;
  #decisions = 0;
  #explored = 0;
  /** Spent beyond the aim and not yet answered by the multiplier, in usual requests. */
  #owed = 0;

  /** The price of one reference answer in chances of success; rises while too much is spent. */
  get multiplier(): number {
    return this.#multiplier;
  }

  /** Of the newest decisions that had a choice; undefined before the first. */
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

  /** What a decision costs of which a policy was asked, choice or not. */
  note(cost: number): void {
    this.#all = this.#all * keep + cost;
    this.#explored *= keep;
  }

  /**
   * A decision that had a choice, beside the share of the reference's cost that is aimed at. The
   * multiplier moves by how far it was from that, in usual requests: their sum over many decisions stays
   * bounded, and so does what is spent beyond the aim.
   */
  aim(cost: number, reference: number, target: number): void {
    this.#spent = this.#spent * keep + cost;
    this.#reference = this.#reference * keep + reference;
    this.#decisions += 1;
    const usual = this.usualReference;
    if (usual === undefined) return;
    this.#owed += (cost - target * reference) / usual;
    const paid = Math.max(-mostAtOnce, Math.min(this.#owed, mostAtOnce));
    const wanted = this.#multiplier * Math.exp((gain + eagerness / this.#decisions) * paid);
    this.#multiplier = Math.max(least, Math.min(wanted, most));
    // what no price can bring back is let go
    this.#owed = this.#multiplier === wanted ? this.#owed - paid : 0;
  }

  /** What exploring may cost now, beyond what would have been spent: a share of all spending. */
  explorationLeft(share: number): number {
    return share * this.#all - this.#explored;
  }

  noteExplored(extra: number): void {
    this.#explored += Math.max(extra, 0);
  }
}

/** Decisions fade: half of the weight lies on some 1,400 newest. */
const keep = 1 - 1 / 2_000;
const weightOf = (decisions: number): number => (1 - keep ** decisions) / (1 - keep);

const startMultiplier = 0.2;
const gain = 0.05;
/** At first, when it knows nothing. */
const eagerness = 0.5;
/** A single request of a million tokens must not turn everything over: it is answered bit by bit. */
const mostAtOnce = 4;
/** Beyond these it orders nobody differently, and would only be long in coming back. */
const least = 1e-3;
const most = 100;
