import { certificateOn, certify } from '../../../src/learning/certify.ts';
import { halvesOf } from '../../../src/learning/folds.ts';
import { engine } from '../engine.ts';
import { counted, left, percent, right } from '../figures.ts';
import { labelSets, rowsOfSet } from '../own-label-sets.ts';
import type { Pair } from '../pair-figures.ts';
import type { BenchTable } from '../table.ts';

/** How much may go to the weak model with a promise. */
export const certificate: BenchTable = {
  name: 'certificate',
  title: 'Certificates: at most 5 % of all traffic answered worse, with 95 % confidence',
  protocol:
    'A policy learns from one half of each set, the certificate is made on half of the other, and what it does is told on the rest. Worse: the weak model scores less than the strong one would have. Random: what the same promise lets a coin route down.',
  sources: ['routellm', 'ulab_llmrouter', 'reasoning_gym', 'bfcl_2024_08'],
  measure: async ({ seed, progress }) => {
    const rows: string[][] = [];
    for (const [at, set] of labelSets.entries()) {
      const pair = set.pairs[0] as Pair;
      const { plain, tagged } = await rowsOfSet(set);
      for (const [name, given] of [
        ['text', plain],
        ['text and tag', tagged],
      ] as const) {
        const [training, others] = halvesOf(given, { seed });
        const [held, test] = halvesOf(others, { seed: seed + 1 });
        const predictor = engine(training, seed);
        const made = certify(held, predictor, { ...pair, seed });
        const kept = certificateOn(test, predictor, made, { ...pair, seed });
        rows.push([
          name === 'text' ? set.name : '',
          name,
          counted(made.rows),
          percent(made.share),
          percent(made.randomShare),
          made.randomShare > 0 ? `${(made.share / made.randomShare).toFixed(1)}` : '–',
          percent(kept.share),
          `${percent(kept.worse)} (${percent(kept.worseInterval.low)} to ${percent(kept.worseInterval.high)})`,
        ]);
      }
      progress(at + 1, labelSets.length);
    }
    return {
      columns: [
        left('set'),
        left('router'),
        right('rows'),
        right('certified down'),
        right('random'),
        right('times random'),
        right('down on the rest'),
        right('worse on the rest (95 %)'),
      ],
      rows,
      notes: ['The bound is exact (Clopper and Pearson); one certificate in twenty may break its promise.'],
      aims: [],
    };
  },
};
