import { mean } from '../kit/statistics.ts';
import {
  constantSettings,
  dealtAnew,
  oracleChoice,
  orderSettings,
  type Setting,
  settingOf,
  tradeOffSettings,
} from './controls.ts';
import { type Order, orderOf } from './curves.ts';
import { cheapestModel, type Pool } from './evaluate-pool.ts';
import type { PoolPredictions } from './evaluate-predictions.ts';

/** One way to answer the rows, ready to be drawn from. */
export interface Contender {
  readonly name: string;
  readonly role: 'policy' | 'control';
  readonly detail: string;
  /** Where its own knob stands. */
  readonly choice?: Setting;
  /** Which rows it wants the strong model for most. */
  readonly order?: Order;
  /** All that its knob can be set to. */
  readonly settings?: readonly Setting[];
  /** A coin between weak and strong: its curve is the straight line. */
  readonly isCoin?: true;
  /** The coin between constants that costs what the policy costs. */
  readonly isMix?: true;
}

export interface ContenderOptions {
  readonly weak: number;
  readonly strong: number;
  readonly quality: number;
  readonly seed: number;
}

/** The policy first, then its controls. */
export const contendersOf = (
  pool: Pool,
  predictions: PoolPredictions,
  { weak, strong, quality, seed }: ContenderOptions,
): readonly Contender[] => {
  const pair = { weak, strong };
  const name = (at: number): string => pool.models[at] ?? '';
  const usualCost = mean(pool.costs[strong] ?? []) || 1;
  const gaps = difference(predictions.success, pair);
  const order = orderOf(gaps);
  const swept = (chances: readonly Float64Array[], ordered: Order): readonly Setting[] =>
    pool.models.length === 2
      ? orderSettings(pool, ordered, pair)
      : tradeOffSettings(pool, chances, predictions.costs, usualCost);
  const dealt = dealtAnew(pool.rows.length, seed);
  const dealtSuccess = predictions.success.map((column) =>
    Float64Array.from(dealt, (row) => column[row] ?? 0),
  );
  const dealtOrder = orderOf(difference(dealtSuccess, pair));
  const byLength = orderOf(pool.rows.map(lengthOf));
  const constants = constantSettings(pool);
  const cheapest = cheapestModel(pool);
  // without words all are as long as nothing
  const knows = new Set(pool.rows.map(lengthOf)).size > 1;
  return [
    {
      name: 'policy',
      role: 'policy',
      detail: `the cheapest model whose lower bound keeps ${Math.round(100 * quality)} % of ${name(strong)}`,
      choice: settingOf(pool, contractChoice(pool, predictions, { strong, quality })),
      order,
      settings: swept(predictions.success, order),
    },
    {
      name: 'its predictions, dealt anew',
      role: 'control',
      detail: 'the same machinery on predictions of other rows',
      order: dealtOrder,
      settings: swept(dealtSuccess, dealtOrder),
    },
    {
      name: 'random',
      role: 'control',
      detail: `a coin between ${name(weak)} and ${name(strong)}`,
      isCoin: true,
      settings: [constants[weak], constants[strong]].filter((setting) => setting !== undefined),
    },
    ...(knows
      ? [
          {
            name: 'prompt length',
            role: 'control' as const,
            detail: `the longest to ${name(strong)}`,
            order: byLength,
            settings: orderSettings(pool, byLength, pair),
          },
        ]
      : []),
    alwaysOf('always cheap', cheapest, pool),
    alwaysOf('always strong', strong, pool),
    {
      name: 'random mix, same cost',
      role: 'control',
      detail: 'a coin between the best constants',
      isMix: true,
      settings: constants,
    },
    {
      name: 'oracle',
      role: 'control',
      detail: 'the cheapest of the models that do best; nobody knows it beforehand',
      choice: settingOf(pool, oracleChoice(pool)),
      order: orderOf(difference(pool.scores, pair)),
      settings: swept(pool.scores, orderOf(difference(pool.scores, pair))),
    },
  ];
};

/** The cheapest model whose gap to the strong one, at its lower bound, leaves the share of success that was promised. */
const contractChoice = (
  { models, rows }: Pool,
  { success, gapLow, costs }: PoolPredictions,
  { strong, quality }: { readonly strong: number; readonly quality: number },
): Int32Array =>
  Int32Array.from(rows, (_, row) => {
    const mayLose = (1 - quality) * (success[strong]?.[row] ?? 0);
    let best = strong;
    for (let model = 0; model < models.length; model += 1)
      if ((gapLow[model]?.[row] ?? 0) >= -mayLose && (costs[model]?.[row] ?? 0) < (costs[best]?.[row] ?? 0))
        best = model;
    return best;
  });

const alwaysOf = (name: string, model: number, pool: Pool): Contender => ({
  name,
  role: 'control',
  detail: pool.models[model] ?? '',
  choice: settingOf(pool, new Int32Array(pool.rows.length).fill(model)),
});

const difference = (
  columns: readonly Float64Array[],
  { weak, strong }: { readonly weak: number; readonly strong: number },
): Float64Array =>
  Float64Array.from(columns[strong] ?? [], (value, row) => value - (columns[weak]?.[row] ?? 0));

const lengthOf = ({ subject }: Pool['rows'][number]): number =>
  subject.ask.length || subject.features.promptTokens;
