import type { Corner } from '../simulator/same-cost-mix.ts';

/**
 * What can be had for a cost by mixing points with a coin: the non-decreasing convex hull over (cost,
 * score), cheapest first. A point that costs more and does no better than a mix is not on it.
 */
export const hullOf = (points: readonly Corner[]): readonly Corner[] => {
  const sorted = points.toSorted((left, right) => left.cost - right.cost || right.score - left.score);
  const hull: Corner[] = [];
  for (const point of sorted) {
    const top = hull.at(-1);
    if (top && point.score <= top.score) continue;
    while (hull.length > 1 && isBelow(hull.at(-2) as Corner, hull.at(-1) as Corner, point)) hull.pop();
    hull.push(point);
  }
  return hull;
};

/**
 * AIQ after RouterBench: the area under the hull, over the largest cost. Below the cheapest point nothing
 * is answered; behind the dearest one its score goes on.
 */
export const averageQuality = (points: readonly Corner[], largestCost: number): number => {
  const hull = hullOf(points);
  let area = 0;
  for (const [at, from] of hull.entries()) {
    const to = hull[at + 1] ?? { cost: Math.max(from.cost, largestCost), score: from.score };
    area += between(from, to, largestCost);
  }
  return area / largestCost;
};

/** The least cost of a mix that scores at least so much; NaN where none does. */
export const costForScore = (points: readonly Corner[], score: number): number => {
  // a rounding error is no shortfall
  const wanted = score - 1e-12;
  const hull = hullOf(points);
  const at = hull.findIndex((point) => point.score >= wanted);
  const to = hull[at];
  if (!to) return Number.NaN;
  const from = hull[at - 1];
  if (!from) return to.cost;
  const within = Math.min(1, (score - from.score) / (to.score - from.score));
  return from.cost + within * (to.cost - from.cost);
};

const isBelow = (from: Corner, middle: Corner, to: Corner): boolean =>
  (middle.score - from.score) * (to.cost - from.cost) <= (to.score - from.score) * (middle.cost - from.cost);

const between = (from: Corner, to: Corner, largestCost: number): number => {
  const end = Math.min(to.cost, largestCost);
  if (end <= from.cost) return 0;
  const endScore =
    to.cost === from.cost
      ? from.score
      : from.score + ((end - from.cost) / (to.cost - from.cost)) * (to.score - from.score);
  return ((end - from.cost) * (from.score + endScore)) / 2;
};
