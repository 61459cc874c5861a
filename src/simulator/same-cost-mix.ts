/** A model that gets everything: mean cost and mean score of a request. */
export interface Corner {
  readonly cost: number;
  readonly score: number;
}

export interface Mix extends Corner {
  /** Which two corners are mixed, as places in the list given. */
  readonly lower: number;
  readonly upper: number;
  /** Share of requests that a coin sends to the upper one. */
  readonly share: number;
}

/**
 * The best that a coin can do for a given cost: each request goes to one of two constants, blindly, with
 * odds that make the mean cost come out. That is the upper hull of the constants, read at the cost;
 * beyond its dearest useful corner the rest of the money buys nothing. Below the cheapest constant no
 * mix exists, and that constant stands in.
 */
export const mixOf = (corners: readonly Corner[], cost: number): Mix => {
  const first = corners.reduce((best, corner, at) => {
    const other = corners[best] as Corner;
    return corner.cost < other.cost || (corner.cost === other.cost && corner.score > other.score) ? at : best;
  }, 0);
  let lower = first;
  for (;;) {
    const from = corners[lower] as Corner;
    if (cost <= from.cost) return { ...from, lower, upper: lower, share: 0 };
    const upper = steepest(corners, lower);
    if (upper === undefined) return { ...from, lower, upper: lower, share: 1 };
    const to = corners[upper] as Corner;
    if (cost <= to.cost) {
      const share = (cost - from.cost) / (to.cost - from.cost);
      return { cost, score: from.score + share * (to.score - from.score), lower, upper, share };
    }
    lower = upper;
  }
};

/** The next corner of the hull: of those that cost more and do better, where each dollar buys most. */
const steepest = (corners: readonly Corner[], from: number): number | undefined => {
  const start = corners[from] as Corner;
  let best: { at: number; slope: number; cost: number } | undefined;
  for (const [at, { cost, score }] of corners.entries()) {
    if (cost <= start.cost || score <= start.score) continue;
    const slope = (score - start.score) / (cost - start.cost);
    if (!best || slope > best.slope || (slope === best.slope && cost > best.cost)) best = { at, slope, cost };
  }
  return best?.at;
};
