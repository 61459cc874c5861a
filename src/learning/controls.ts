import { createRandom } from '../simulator/chance.ts';
import { type Corner, mixOf } from '../simulator/same-cost-mix.ts';
import type { Order } from './curves.ts';
import type { Pool } from './evaluate-pool.ts';

/** What rows get under one setting of a router's knob: by row, the score and cost of the model it goes to. */
export interface Setting {
  readonly score: Float64Array;
  readonly cost: Float64Array;
}

/** The settings of "always this model", in the pool's order. */
export const constantSettings = ({ scores, costs }: Pool): readonly Setting[] =>
  scores.map((score, at) => ({ score, cost: costs[at] as Float64Array }));

/** By row, the place of a model in the pool. */
export const settingOf = ({ scores, costs }: Pool, choice: ArrayLike<number>): Setting => ({
  score: Float64Array.from(choice, (model, row) => scores[model]?.[row] ?? Number.NaN),
  cost: Float64Array.from(choice, (model, row) => costs[model]?.[row] ?? Number.NaN),
});

/** Sends the first tenths of an order to the strong model, all others to the weak one. */
export const orderSettings = (
  pool: Pool,
  { rows }: Order,
  { weak, strong }: { readonly weak: number; readonly strong: number },
): readonly Setting[] =>
  Array.from({ length: 11 }, (_, tenths) => {
    const choice = new Int32Array(rows.length).fill(weak);
    for (const row of rows.subarray(0, Math.round((rows.length * tenths) / 10))) choice[row] = strong;
    return settingOf(pool, choice);
  });

/** What a dollar may cost in chances of success, from nothing to everything, for a pool of this price level. */
const pricesOfSuccess: readonly number[] = [
  0,
  ...Array.from({ length: 23 }, (_, step) => 10 ** (-2.5 + (step * 5) / 22)),
  Number.POSITIVE_INFINITY,
];

/**
 * For each price that success may have, every row goes to the model with the highest chance of success less
 * its predicted cost at that price. `chances` and `costs` are by model, then by row.
 */
export const tradeOffSettings = (
  pool: Pool,
  chances: readonly Float64Array[],
  costs: readonly Float64Array[],
  usualCost: number,
): readonly Setting[] =>
  pricesOfSuccess.map((price) => {
    const choice = Int32Array.from(pool.rows, (_, row) => {
      let best = 0;
      let highest = Number.NEGATIVE_INFINITY;
      for (let model = 0; model < pool.models.length; model += 1) {
        const cost = (costs[model]?.[row] ?? 0) / usualCost;
        const worth =
          price === Number.POSITIVE_INFINITY ? -cost : (chances[model]?.[row] ?? 0) - price * cost;
        if (worth > highest) {
          highest = worth;
          best = model;
        }
      }
      return best;
    });
    return settingOf(pool, choice);
  });

/** By row, the cheapest of the models that do best: nobody can know it beforehand. */
export const oracleChoice = ({ scores, costs, rows }: Pool): Int32Array =>
  Int32Array.from(rows, (_, row) => {
    let best = 0;
    for (let model = 1; model < scores.length; model += 1) {
      const more = (scores[model]?.[row] ?? 0) - (scores[best]?.[row] ?? 0);
      if (more > 0 || (more === 0 && (costs[model]?.[row] ?? 0) < (costs[best]?.[row] ?? 0))) best = model;
    }
    return best;
  });

/** The rows dealt anew: a predictor that is asked about another row each time knows nothing of this one. */
export const dealtAnew = (count: number, seed: number): Int32Array => {
  const places = Int32Array.from({ length: count }, (_, row) => row);
  const random = createRandom('dealt anew', seed);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = random.whole(0, at);
    const place = places[at] ?? 0;
    places[at] = places[other] ?? 0;
    places[other] = place;
  }
  return places;
};

/** Mean cost and score of a setting over weighted rows. */
export const cornerOf = ({ score, cost }: Setting, weights: Float64Array): Corner => {
  let count = 0;
  let scores = 0;
  let costs = 0;
  for (let row = 0; row < weights.length; row += 1) {
    const weight = weights[row] ?? 0;
    if (weight === 0) continue;
    count += weight;
    scores += weight * (score[row] ?? 0);
    costs += weight * (cost[row] ?? 0);
  }
  return { cost: costs / count, score: scores / count };
};

/** The best that a coin between constants scores for a cost. */
export const coinScore = (constants: readonly Corner[], cost: number): number => mixOf(constants, cost).score;
