/**
 * How well tasks are recognised, on what the weights were not learnt from: the phrases of
 * `scripts/tasks/held-out.tsv` and `languages-held-out.tsv`, and one in five recorded prompts of each training
 * category; and whether the recogniser is as often right as it says.
 *
 *   node scripts/report-tasks.ts             # confusion tables, languages, reliability
 *   node scripts/report-tasks.ts --mistakes  # and what was mistaken
 */
import type { Task } from '../src/core/features.ts';
import { lightTasks } from '../src/features/task/evidence.ts';
import { recogniseAsk } from '../src/features/task/recognise.ts';
import { type Example, readForeignPhrases, readPhrases, readRecorded } from './tasks/examples.ts';
import { reliabilityOf } from './tasks/reliability.ts';

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

const percent = (count: number, of: number): string => `${((100 * count) / of).toFixed(1)} %`;

const sumsOf = ({ of, right, unsure, wrong, wronglyLight }: Confusion): string =>
  `${of} asks, right ${percent(right, of)}, unsure ${percent(unsure, of)}, wrong ${percent(wrong, of)}, of these wrongly light ${percent(wronglyLight, of)}`;

const show = (name: string, examples: readonly Example[]): void => {
  const confusion = confuse(examples);
  console.log(`\n${name}: ${sumsOf(confusion)}`);
  for (const [task, row] of [...confusion.table].sort(([a], [b]) => a.localeCompare(b))) {
    const cells = [...row].sort(([, a], [, b]) => b - a).map(([taken, count]) => `${taken} ${count}`);
    console.log(`  ${task.padEnd(14)} ${cells.join(', ')}`);
  }
  if (process.argv.includes('--mistakes'))
    for (const mistake of confusion.mistakes) console.log(`    ${mistake}`);
};

const showLanguages = (name: string, examples: readonly Example[]): void => {
  console.log(`\n${name}, by language`);
  for (const language of [...new Set(examples.map((example) => example.language))].sort())
    console.log(
      `  ${language}  ${sumsOf(confuse(examples.filter((example) => example.language === language)))}`,
    );
};

const showReliability = (name: string, examples: readonly Example[]): void => {
  const told = examples.flatMap(({ text, task }) => {
    const { task: taken, confidence } = recogniseAsk(text);
    return taken === 'unsure' ? [] : [{ chance: confidence, isRight: taken === task }];
  });
  const { error, floor, bins } = reliabilityOf(told);
  console.log(
    `\n${name}: ${told.length} asks of which it was sure, ECE ${error.toFixed(3)}, floor ${floor.toFixed(3)}`,
  );
  for (const { chance, share, of } of bins)
    console.log(`  said ${chance.toFixed(3)}  was ${share.toFixed(3)}  of ${of}`);
};

if (import.meta.main) {
  const recorded = readRecorded('held-out');
  const foreign = readForeignPhrases('held-out');
  show('phrases, learnt from', readPhrases('train'));
  show('phrases, held out', readPhrases('held-out'));
  show('phrases of other languages, held out', foreign);
  show('recorded prompts, held out', recorded);
  showLanguages('phrases, held out', foreign);
  showLanguages('recorded prompts, held out', recorded);
  showReliability('phrases, held out', [...readPhrases('held-out'), ...foreign]);
  showReliability('recorded prompts, held out', recorded);
}
