/**
 * How long conversations go on, by their kind (agent and route), learnt while they do: of those that had so many
 * answers, how many came to twice as many. In memory only, and bounded.
 */
export class Lengths {
  readonly #kinds = new Map<string, Doublings>();

  /** A conversation of this kind has got its `answers`th answer. */
  reached(kind: string, answers: number): void {
    const at = stepOf(answers);
    if (at === undefined) return;
    let doublings = this.#kinds.get(kind);
    if (!doublings) {
      doublings = { reached: new Float64Array(steps), curves: new Map() };
      this.#kinds.set(kind, doublings);
      // kinds hold names that callers chose
      if (this.#kinds.size > mostKinds)
        for (const oldest of this.#kinds.keys()) {
          this.#kinds.delete(oldest);
          break;
        }
    }
    const { reached, curves } = doublings;
    reached[at] = (reached[at] ?? 0) + 1;
    if (reached[0] !== undefined && reached[0] > mostCounted)
      for (let step = 0; step < steps; step += 1) reached[step] = (reached[step] ?? 0) / 2;
    curves.clear();
  }

  /** The chance of each further call of a conversation that has had so many answers. */
  further(kind: string, answers: number, hasTools: boolean): readonly number[] {
    const doublings = this.#kinds.get(kind);
    const usual = hasTools ? agentsDoubling : talksDoubling;
    const had = Math.max(1, Math.min(answers, mostKept));
    if (!doublings) return usualFurther(had, usual);
    const known = doublings.curves.get(had);
    if (known) return known;
    const curve = furtherOf(had, (step) => doublingOf(doublings, step, usual));
    doublings.curves.set(had, curve);
    return curve;
  }
}

interface Doublings {
  /** How many have come to 1, 2, 4, 8 … answers. */
  readonly reached: Float64Array;
  /** Worked out already. */
  readonly curves: Map<number, readonly number[]>;
}

/**
 * Of agents' conversations that have had n calls, those that come to 2n: fitted to the recorded calls of coding
 * agents by `scripts/conversation-lengths.ts`.
 */
export const agentsDoubling = 0.76;
/** Of conversations without tools: assumed, nobody recorded any. */
export const talksDoubling = 0.5;

/** What is assumed counts as much as so many conversations that were seen. */
const assumedWeight = 20;
const steps = 11;
const mostKinds = 1000;
const mostCounted = 4096;
/** Further ahead nothing is worth betting on. */
const horizon = 100;

/** Nobody's own curves are few: worked out once. */
const usualFurther = (had: number, usual: number): readonly number[] => {
  const key = Math.round(usual * 100) * 1000 + had;
  let curve = usualCurves.get(key);
  if (!curve) {
    curve = furtherOf(had, () => usual);
    usualCurves.set(key, curve);
  }
  return curve;
};

const usualCurves = new Map<number, readonly number[]>();
const mostKept = 500;

const stepOf = (answers: number): number | undefined => {
  const step = Math.log2(answers);
  return Number.isInteger(step) && step < steps ? step : undefined;
};

const doublingOf = ({ reached }: Doublings, step: number, usual: number): number => {
  const here = reached[step] ?? 0;
  const there = Math.min(here, reached[step + 1] ?? 0);
  return (there + assumedWeight * usual) / (here + assumedWeight);
};

/** Between n and 2n the chance to go on falls evenly with the logarithm. */
const furtherOf = (had: number, doubling: (step: number) => number): readonly number[] => {
  const chances: number[] = [];
  let left = 1;
  for (let turn = 1; turn <= horizon; turn += 1) {
    const before = Math.log2(had + turn - 1);
    left *= doubling(Math.min(steps - 2, Math.floor(before))) ** (Math.log2(had + turn) - before);
    chances.push(left);
  }
  return chances;
};
