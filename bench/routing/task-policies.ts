import { mean } from '../../src/kit/statistics.ts';
import { type Setting, settingOf, tradeOffSettings } from '../../src/learning/controls.ts';
import { bestModel, type Pool } from '../../src/learning/evaluate-pool.ts';
import { type PairedDifference, pairedDifference } from '../../src/learning/tune-verdict.ts';
import { chanceOf } from '../../src/simulator/chance.ts';
import { crossPredictions, predictions } from './cross-predictions.ts';

/** What each test row gets from a policy that chose everything on training rows. */
export type TaskPolicy = (training: Pool, test: Pool) => Setting;

/** The cheapest of the single models that cannot be told from the one with the highest score on the training rows. */
export const bestConstant: TaskPolicy = (training, test) =>
  settingOf(test, new Int32Array(test.rows.length).fill(thriftiest(training)));

const thriftiest = (pool: Pool): number => {
  const best = bestModel(pool);
  const cost = (model: number): number => mean(pool.costs[model] ?? []);
  return pool.models
    .map((_, model) => model)
    .filter((model) => model === best || differenceOf(pool, pool.scores[model] ?? [], best).high >= 0)
    .reduce((cheapest, model) => (cost(model) < cost(cheapest) ? model : cheapest));
};

/**
 * The trade-off that scores best on the training rows, told by cross-validation inside them, among those
 * that cost no more than the best constant; and that constant itself unless the gain over it is certain.
 */
export const chooseByEngine =
  (seed: number): TaskPolicy =>
  (training, test) => {
    const best = thriftiest(training);
    const usualCost = mean(training.costs[best] ?? []);
    const inner = crossPredictions(training, 3, seed);
    const settings = tradeOffSettings(training, inner.chances, inner.costs, usualCost);
    const affordable = settings
      .map((setting, at) => ({ at, setting, score: mean(setting.score), cost: mean(setting.cost) }))
      .filter(({ cost }) => cost <= usualCost)
      .toSorted((left, right) => right.score - left.score || left.cost - right.cost);
    const [chosen] = affordable;
    if (!chosen || differenceOf(training, chosen.setting.score, best).low <= 0)
      return bestConstant(training, test);
    const outer = predictions(test, training.rows, seed);
    return tradeOffSettings(test, outer.chances, outer.costs, usualCost)[chosen.at] as Setting;
  };

const differenceOf = ({ rows, scores }: Pool, score: ArrayLike<number>, best: number): PairedDifference =>
  pairedDifference(
    rows.map((_, row) => (score[row] ?? 0) - (scores[best]?.[row] ?? 0)),
    rows.map(({ group }) => group),
  );

/** What speaks against an answer: the share of failures it finds, and of successes it rejects. */
export interface Evidence {
  readonly caught: number;
  readonly falseAlarms: number;
}

/** Two or three models in turn, those that score best on the training rows within what may be spent. */
export const chooseCascade =
  (evidence: Evidence, limit: 'twice the best constant' | 'dearest', seed: number): TaskPolicy =>
  (training, test) => {
    const means = training.costs.map((column) => mean(column));
    const mostCost = limit === 'dearest' ? Math.max(...means) : 2 * (means[thriftiest(training)] ?? 0);
    const rejectedIn = (pool: Pool) => rejections(pool, evidence, seed);
    const rejected = rejectedIn(training);
    let chosen:
      | { readonly order: readonly number[]; readonly score: number; readonly cost: number }
      | undefined;
    for (const order of ordersOf(training.models.length)) {
      const { score, cost } = played(training, order, rejected);
      const told = { order, score: mean(score), cost: mean(cost) };
      if (told.cost > mostCost) continue;
      if (!chosen || told.score > chosen.score || (told.score === chosen.score && told.cost < chosen.cost))
        chosen = told;
    }
    return played(test, chosen?.order ?? [thriftiest(training)], rejectedIn(test));
  };

/** Single models, pairs and triples, in every order. */
const ordersOf = (models: number): readonly (readonly number[])[] => {
  const all = Array.from({ length: models }, (_, at) => at);
  const longer = (orders: readonly (readonly number[])[]) =>
    orders.flatMap((order) => all.filter((at) => !order.includes(at)).map((at) => [...order, at]));
  const single = all.map((at) => [at]);
  const pairs = longer(single);
  return [...single, ...pairs, ...longer(pairs)];
};

/** By model, then by row: whether evidence speaks against its answer, by the same lot each time. */
const rejections = (
  { models, rows, scores }: Pool,
  { caught, falseAlarms }: Evidence,
  seed: number,
): readonly Uint8Array[] =>
  models.map((model, at) =>
    Uint8Array.from(rows, ({ id }, row) =>
      chanceOf('evidence', seed, id, model) < (scores[at]?.[row] === 1 ? falseAlarms : caught) ? 1 : 0,
    ),
  );

/** The last model's answer goes out as it is. */
const played = (
  { rows, scores, costs }: Pool,
  order: readonly number[],
  rejected: readonly Uint8Array[],
): Setting => {
  const score = new Float64Array(rows.length);
  const cost = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row += 1)
    for (const model of order) {
      cost[row] = (cost[row] ?? 0) + (costs[model]?.[row] ?? 0);
      score[row] = scores[model]?.[row] ?? 0;
      if (rejected[model]?.[row] === 0) break;
    }
  return { score, cost };
};
