import { groupBootstrap } from '../../../src/kit/group-bootstrap.ts';
import type { Estimate } from '../../../src/kit/statistics.ts';
import { mean } from '../../../src/kit/statistics.ts';
import {
  constantSettings,
  cornerOf,
  dealtAnew,
  orderSettings,
  type Setting,
  tradeOffSettings,
} from '../../../src/learning/controls.ts';
import { orderOf } from '../../../src/learning/curves.ts';
import { averageQuality } from '../../../src/learning/curves-hull.ts';
import { rowsOf } from '../../../src/learning/dataset.ts';
import { bestModel, cheapestModel, type Pool, poolOf } from '../../../src/learning/evaluate-pool.ts';
import { createRandom } from '../../../src/simulator/chance.ts';
import type { OutcomeRecord } from '../../../src/simulator/outcomes.ts';
import { type CrossPredictions, crossPredictions } from '../cross-predictions.ts';
import { recordsOf } from '../data.ts';
import { counted, left, right, signed, verdictOf, withInterval } from '../figures.ts';
import { plainLength } from '../learners.ts';
import type { BenchTable } from '../table.ts';

/** Eleven models with their recorded costs. */
export const routerBench: BenchTable = {
  name: 'routerbench',
  title: 'RouterBench rows: AIQ over the hull of single models',
  protocol:
    'Eleven models, recorded costs, five folds: each row is told by a policy that learnt from the other four. For 25 prices that success may have, each row goes to the model with the highest chance of success less its expected cost at that price (costs expected from training rows). AIQ: area under the hull of what came out, over the largest cost, less the same of the single models on the same rows, who are known in hindsight. Dealt anew: the same machinery on predictions of other rows; what it gains is what a hull makes of noise.',
  sources: ['routerbench_subset'],
  measure: async ({ seed, resamples, progress }) => {
    const records = await recordsOf('routerbench_subset');
    const poolWith = (tag?: (record: OutcomeRecord) => string): Pool =>
      poolOf(rowsOf(records, tag ? { tag } : {}), [], { tierOf: () => 'mid' });
    const plain = poolWith();
    const usualCost = mean(plain.costs[bestModel(plain)] ?? []);
    const swept = (pool: Pool, { chances, costs }: CrossPredictions): readonly Setting[] =>
      tradeOffSettings(pool, chances, costs, usualCost);
    const text = crossPredictions(plain, 5, seed);
    progress(1, 3);
    const tagged = crossPredictions(
      poolWith(({ category }) => category),
      5,
      seed,
    );
    progress(2, 3);
    const dealt = dealtAnew(plain.rows.length, seed);
    const routers: Readonly<Record<string, readonly Setting[]>> = {
      text: swept(plain, text),
      'text and tag': swept(plain, tagged),
      'dealt anew': swept(plain, {
        ...text,
        chances: text.chances.map((column) => Float64Array.from(dealt, (row) => column[row] ?? 0)),
      }),
      length: orderSettings(plain, orderOf(plainLength(plain.rows)), {
        weak: cheapestModel(plain),
        strong: bestModel(plain),
      }),
      oracle: tradeOffSettings(plain, plain.scores, plain.costs, usualCost),
    };
    const constants = constantSettings(plain);
    const subsets = subsetsOf(records);
    const names = Object.keys(routers);
    const figures = groupBootstrap(
      plain.rows.map(({ group }) => group),
      (weights) => {
        const told: Record<string, number> = {};
        for (const [subset, isIn] of subsets) {
          const mine = weights.map((weight, row) => (isIn[row] ? weight : 0));
          const corners = constants.map((setting) => cornerOf(setting, mine));
          const largest = Math.max(...corners.map(({ cost }) => cost));
          const zero = averageQuality(corners, largest);
          told[`${subset}.single models`] = zero;
          for (const name of names)
            told[`${subset}.${name}`] =
              averageQuality(
                (routers[name] ?? []).map((setting) => cornerOf(setting, mine)),
                largest,
              ) - zero;
        }
        return told;
      },
      { random: createRandom('routerbench', seed).next, resamples: Math.ceil(resamples / 2) },
    );
    progress(3, 3);
    const figure = (subset: string, name: string): Estimate => figures[`${subset}.${name}`] as Estimate;
    const all = figure('all', 'text');
    const allTagged = figure('all', 'text and tag');
    return {
      columns: [
        left('data set'),
        right('rows'),
        right('single models'),
        ...names.map((name) => right(`${name} (95 %)`)),
      ],
      rows: subsets.map(([subset, isIn]) => [
        subset,
        counted(isIn.filter(Boolean).length),
        figure(subset, 'single models').value.toFixed(3),
        ...names.map((name) => withInterval(figure(subset, name), signed)),
      ]),
      notes: [
        'Three quarters of the rows are winogrande, where nothing predicts. RouterBench itself found its learnt routers hardly above the hull of single models.',
      ],
      aims: [
        {
          what: 'RouterBench rows, AIQ over single models',
          aim: 'a gain with its interval above zero',
          measured: `text ${withInterval(all, signed)}, with the tag ${withInterval(allTagged, signed)}: ${verdictOf(all)}, ${verdictOf(allTagged)}`,
          isMet: all.low > 0 || allTagged.low > 0,
        },
      ],
    };
  },
};

/** All rows, the large data sets, and what is left. */
const subsetsOf = (records: readonly OutcomeRecord[]): readonly (readonly [string, readonly boolean[]])[] => {
  const nameOf = ({ category }: OutcomeRecord): string => (category.startsWith('mmlu') ? 'mmlu' : category);
  const sizes = new Map<string, number>();
  for (const record of records) sizes.set(nameOf(record), (sizes.get(nameOf(record)) ?? 0) + 1);
  const large = [...sizes].filter(([, size]) => size >= 30).map(([name]) => name);
  return [
    ['all', records.map(() => true)],
    ['all but winogrande', records.map((record) => nameOf(record) !== 'winogrande')],
    ...large.sort().map((name) => [name, records.map((record) => nameOf(record) === name)] as const),
  ];
};
