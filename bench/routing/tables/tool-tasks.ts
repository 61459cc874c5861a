import { mean, wilson } from '../../../src/kit/statistics.ts';
import { rowsOf } from '../../../src/learning/dataset.ts';
import { crossFolds, foldsOf } from '../../../src/learning/folds.ts';
import { recordsOf } from '../data.ts';
import { engine } from '../engine.ts';
import { left, percent, right, three, withInterval } from '../figures.ts';
import { gapRouter, oracleRouter, plainLength, scoresOf, tagMeansRouter } from '../learners.ts';
import { pairFigures } from '../pair-figures.ts';
import type { BenchTable } from '../table.ts';

const pair = { weak: 'gpt-5-mini-medium', strong: 'gpt-5-2-high' };
const constants = [
  'gpt-5-nano-medium',
  'gpt-5-mini-medium',
  'gpt-5-2-high',
  'claude-opus-4-5-high',
  'gemini-3-pro-high',
];

/** Too few rows to aim at anything: printed with their intervals. */
export const toolTasks: BenchTable = {
  name: 'mcpmark',
  title: 'MCPMark: 64 agentic tool tasks',
  protocol: `Four folds between ${pair.weak} and ${pair.strong}, the service as the tag. 64 tasks say little: look at the intervals.`,
  sources: ['mcpmark'],
  measure: async ({ seed, resamples }) => {
    const rows = rowsOf(await recordsOf('mcpmark'), { tag: ({ category }) => category });
    const folds = crossFolds(foldsOf(rows, 4, { seed }));
    const test = folds.flatMap((fold) => fold.test);
    const told = (router: (fold: (typeof folds)[number]) => Float64Array): Float64Array =>
      Float64Array.from(folds.flatMap((fold) => [...router(fold)]));
    const { routers } = pairFigures(
      [
        {
          test,
          scores: {
            'text and tag': told((fold) => gapRouter(engine(fold.training, seed), pair)(fold.test)),
            'tag means': told((fold) => tagMeansRouter(fold.training, pair)(fold.test)),
            length: plainLength(test),
            oracle: oracleRouter(pair)(test),
          },
        },
      ],
      pair,
      { seed, resamples },
    );
    return {
      columns: [left(''), right('success (95 %)'), right('APGR (95 %)'), right('CPT50'), right('CPT80')],
      rows: [
        ...constants.map((model) => {
          const share = mean(scoresOf(rows, model));
          const { low, high } = wilson(Math.round(share * rows.length), rows.length);
          return [`always ${model}`, `${percent(share)} (${percent(low)} to ${percent(high)})`, '', '', ''];
        }),
        ...Object.entries(routers).map(([name, { apgr, cpt50, cpt80 }]) => [
          name,
          '',
          withInterval(apgr),
          three(cpt50.value),
          three(cpt80.value),
        ]),
      ],
      notes: [],
      aims: [],
    };
  },
};
