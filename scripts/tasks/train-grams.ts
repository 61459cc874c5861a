import type { GramWeights } from '../../src/features/task/gram-reader.ts';
import { bucketBits, readGrams } from '../../src/features/task/grams.ts';
import { readingWindow } from '../../src/features/task/sentences.ts';
import type { Example } from './examples.ts';
import { descend, type Row } from './softmax.ts';
import { massOfTasks, readNames, rounded } from './train-lexicon.ts';

const descent = { rounds: 70, rate: 0.8, shrink: 0.0004 };
/** What all stretches of a text weigh together, beside one mark of its shape. */
const gain = 8;
const markAmount = 0.5;
const buckets = 1 << bucketBits;

/** What is told by shape and signs, in every language alike. */
const isNeutral = (name: string): boolean => /^(always|length:|shape:|marks:)/.test(name);

/** Which task the stretches of texts speak for, in the languages the lexicon has no words of. */
export const trainGrams = (examples: readonly Example[]): GramWeights => {
  const tasks = [...new Set(examples.map(({ task }) => task))].sort();
  const names = [...new Set(examples.flatMap(({ text }) => readNames(text).filter(isNeutral)))].sort();
  const perTask = massOfTasks(examples);
  const rows = examples.map(({ text, task, weight }): Row => {
    const { buckets: found, count } = readGrams(readingWindow(text));
    const grams = [...found.subarray(0, count)];
    const marks = readNames(text).flatMap((name) => (isNeutral(name) ? [buckets + names.indexOf(name)] : []));
    return {
      inputs: [...grams, ...marks],
      amounts: [...grams.map(() => gain / Math.sqrt(count)), ...marks.map(() => markAmount)],
      task: tasks.indexOf(task),
      weight: weight / Math.sqrt(perTask.get(task) ?? 1),
    };
  });
  const learnt = descend(rows, buckets + names.length, tasks.length, descent);
  const grams = learnt.subarray(0, buckets * tasks.length);
  const step = grams.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 127;
  const marks = names.map((name, index) => {
    const start = (buckets + index) * tasks.length;
    return [name, tasks.map((_, task) => rounded((learnt[start + task] ?? 0) * markAmount)).join(' ')];
  });
  return {
    tasks,
    scale: Number((step * gain).toPrecision(6)),
    rows: Object.fromEntries(marks) as Record<string, string>,
    grams: Buffer.from(Int8Array.from(grams, (weight) => Math.round(weight / step)).buffer).toString(
      'base64',
    ),
  };
};
