/**
 * How well tasks are recognised, on what the weights were not learnt from: the phrases of
 * `scripts/tasks/held-out.tsv` and one in five recorded prompts of each training category.
 *
 *   node scripts/report-tasks.ts             # confusion tables
 *   node scripts/report-tasks.ts --mistakes  # and what was mistaken
 */
import type { Task } from '../src/core/features.ts';
import { lightTasks, recogniseAsk } from '../src/features/task/recognise.ts';
import { type Example, readPhrases, readRecorded } from './tasks/examples.ts';

export interface Confusion {
  readonly right: number;
  readonly unsure: number;
  readonly wrong: number;
  /** Taken for a light task while it is none: the costly mistake. */
  readonly wronglyLight: number;
  readonly of: number;
  /** Rows: the task it is; columns: the task it was taken for. */
  readonly table: ReadonlyMap<Task, ReadonlyMap<Task, number>>;
  readonly mistakes: readonly string[];
}

export const confuse = (examples: readonly Example[]): Confusion => {
  const table = new Map<Task, Map<Task, number>>();
  const mistakes: string[] = [];
  let right = 0;
  let unsure = 0;
  let wronglyLight = 0;
  for (const { text, task } of examples) {
    const { task: taken, confidence } = recogniseAsk(text);
    const row = table.get(task) ?? new Map<Task, number>();
    row.set(taken, (row.get(taken) ?? 0) + 1);
    table.set(task, row);
    if (taken === task) right++;
    else if (taken === 'unsure') unsure++;
    else {
      mistakes.push(`${task} taken for ${taken} (${confidence}): ${JSON.stringify(text.slice(0, 140))}`);
      if (lightTasks.has(taken) && !lightTasks.has(task)) wronglyLight++;
    }
  }
  return { right, unsure, wrong: mistakes.length, wronglyLight, of: examples.length, table, mistakes };
};

const show = (name: string, { table, mistakes, ...sums }: Confusion): void => {
  const percent = (count: number) => `${((100 * count) / sums.of).toFixed(1)} %`;
  console.log(
    `\n${name}: ${sums.of} asks, right ${percent(sums.right)}, unsure ${percent(sums.unsure)}, wrong ${percent(sums.wrong)}, of these wrongly light ${percent(sums.wronglyLight)}`,
  );
  for (const [task, row] of [...table].sort(([a], [b]) => a.localeCompare(b))) {
    const cells = [...row].sort(([, a], [, b]) => b - a).map(([taken, count]) => `${taken} ${count}`);
    console.log(`  ${task.padEnd(14)} ${cells.join(', ')}`);
  }
  if (process.argv.includes('--mistakes')) for (const mistake of mistakes) console.log(`    ${mistake}`);
};

if (import.meta.main) {
  show('phrases, learnt from', confuse(readPhrases('train')));
  show('phrases, held out', confuse(readPhrases('held-out')));
  show('recorded prompts, held out', confuse(readRecorded('held-out')));
}
