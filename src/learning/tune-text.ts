import { stringify } from 'yaml';
import { tasks as knownTasks } from '../core/features.ts';
import { counted, percent, signed } from '../kit/figure-text.ts';
import type { Estimate, Interval } from '../kit/statistics.ts';
import { textTable, wrappedText } from '../kit/text-table.ts';
import { leastRows, type TaskVerdict, type Tuning } from './tune.ts';

/** A tuning as it is printed in a terminal: every task with both figures, the proposal, and what it is worth in all. */
export const tuningText = (tuning: Tuning): string => {
  const { proposal, tasks } = tuning;
  return [
    `The ${tuning.tier} tier beside ${tuning.frontier}, at most ${points(tuning.margin)} points below it: chosen on ${counted(tuning.chosenOn)} rows, reported on ${counted(tuning.reportedOn)} others`,
    '',
    textTable(
      [
        { title: 'task' },
        { title: 'model' },
        { title: 'rows', align: 'right' },
        { title: 'quality', align: 'right' },
        { title: 'frontier', align: 'right' },
        { title: 'difference', align: 'right' },
        { title: '95 %', align: 'right' },
        { title: 'times cheaper', align: 'right' },
        { title: '95 %', align: 'right' },
        { title: '' },
      ],
      tasks.map((verdict) => [
        verdict.task,
        verdict.model,
        counted(verdict.difference.rows),
        percent(verdict.quality),
        percent(verdict.frontierQuality),
        signedPoints(verdict.difference.value),
        range(verdict.difference, signedPoints),
        times(verdict.priceRatio.value),
        range(verdict.priceRatio, times),
        wordsOf(verdict),
      ]),
    ),
    '',
    ...(tasks.some(({ verdict }) => verdict === 'shown')
      ? [
          `All traffic so allocated: quality ${withRange(proposal.quality, percent)}, always frontier ${withRange(proposal.frontierQuality, percent)}; difference ${withRange(proposal.difference, signedPoints)}; saved ${withRange(proposal.saving, percent)} of the cost.`,
          '',
          'For the configuration (routes.auto.strategy):',
          '',
          tuningSnippet(tuning),
        ]
      : ['Nothing was shown, so nothing is proposed.', '']),
    ...notesOf(tuning).flatMap((note) => wrappedText(note)),
  ].join('\n');
};

/** The tasks that were shown, as rules before all others; what no rule names goes on as it did. */
export const tuningSnippet = ({ tasks, tier }: Tuning): string =>
  stringify({
    rules: tasks
      .filter(({ verdict }) => verdict === 'shown')
      .map(({ task, model }) => ({
        name: `${task} to the ${tier} tier`,
        when: knownTasks.some((known) => known === task) ? { task: [task] } : { tag: { task } },
        use: model,
      })),
  });

const wordsOf = ({ verdict, rowsNeeded }: TaskVerdict): string => {
  if (verdict === 'shown') return 'shown';
  if (verdict === 'worse') return 'worse than that';
  return rowsNeeded === undefined
    ? 'not shown; too near the margin'
    : `not shown; about ${counted(rowsNeeded)} rows would`;
};

const notesOf = ({ tasks, costUnit }: Tuning): readonly string[] => [
  `Shown: the lower bound of the paired difference lies above the margin, corrected by Holm for the ${tasks.length} tasks tried together; the intervals printed are of each task by itself. Tasks with fewer than ${leastRows} rows in either half are left out.`,
  'The figures of the whole allocation are of the rows that told which tasks are shown, so they are a little better than others will be.',
  ...(costUnit === 'relative' ? ['Nobody recorded costs: the ratio is that of the tiers.'] : []),
  'Names of models are those of the file; write those of your configuration.',
];

const points = (share: number): string => (100 * share).toFixed(1);
const signedPoints = (share: number): string => signed(100 * share, 1);
const times = (ratio: number): string => ratio.toFixed(ratio < 10 ? 1 : 0);
const range = ({ low, high }: Interval, write: (value: number) => string): string =>
  `${write(low)} to ${write(high)}`;
const withRange = (estimate: Estimate, write: (value: number) => string): string =>
  `${write(estimate.value)} (${range(estimate, write)})`;
