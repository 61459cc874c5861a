/**
 * Learns `src/features/task/weights.json`: which task each signal speaks for. Sources are the phrases in
 * `scripts/tasks/train.tsv` and recorded prompts marked `train` in `../shared/data` (MIT and Apache-2.0).
 * The same input gives the same file, bit for bit.
 *
 *   node scripts/train-tasks.ts            # writes the file
 *   node scripts/train-tasks.ts --check    # says whether the file is what training gives
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../src/core/features.ts';
import { signalNames } from '../src/features/task/signal-names.ts';
import { readSignals } from '../src/features/task/signals.ts';
import { type Example, readPhrases, readRecorded } from './tasks/examples.ts';

const weightsPath = join(import.meta.dirname, '../src/features/task/weights.json');

const rarest = 2;
const rounds = 400;
const rate = 0.8;
const momentum = 0.9;
const shrink = 0.002;
const bars = { bar: { chance: 0.45, margin: 0.2 }, lightBar: { chance: 0.6, margin: 0.35 } };

interface Row {
  readonly signals: readonly number[];
  readonly task: number;
  readonly weight: number;
}

export const train = (examples: readonly Example[]): string => {
  const tasks = [...new Set(examples.map(({ task }) => task))].sort();
  const read = examples.map((example) => ({ ...example, names: readNames(example.text) }));
  const names = frequentNames(read.map((example) => example.names));
  const ids = new Map(names.map((name, index) => [name, index]));
  const perTask = sumBy(read);
  const rows: Row[] = read.map(({ names: own, task, weight }) => ({
    signals: own.map((name) => ids.get(name) ?? -1).filter((id) => id >= 0),
    task: tasks.indexOf(task),
    // every task weighs by the root of its mass: frequent ones lead, rare ones are heard
    weight: weight / Math.sqrt(perTask.get(task) ?? 1),
  }));
  const learnt = descend(rows, names.length, tasks.length);
  const table = Object.fromEntries(
    names.map((name, index) => [
      name,
      tasks.map((_, task) => rounded(learnt[index * tasks.length + task] ?? 0)),
    ]),
  );
  const lines = Object.entries(table).map(([name, row]) => `    ${JSON.stringify(name)}: "${row.join(' ')}"`);
  const list = tasks.map((task) => `    ${JSON.stringify(task)}`).join(',\n');
  return `{
  "tasks": [
${list}
  ],
  "bar": ${spaced(bars.bar)},
  "lightBar": ${spaced(bars.lightBar)},
  "rows": {
${lines.join(',\n')}
  }
}
`;
};

const readNames = (ask: string): readonly string[] =>
  readSignals(ask).held.map((id) => signalNames[id] ?? '');

const spaced = ({ chance, margin }: { readonly chance: number; readonly margin: number }): string =>
  `{ "chance": ${chance}, "margin": ${margin} }`;

const rounded = (value: number): number => Math.round(value * 100) / 100 || 0;

const frequentNames = (lists: readonly (readonly string[])[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const names of lists) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= rarest)
    .map(([name]) => name)
    .sort();
};

const sumBy = (examples: readonly Example[]): ReadonlyMap<Task, number> => {
  const sums = new Map<Task, number>();
  for (const { task, weight } of examples) sums.set(task, (sums.get(task) ?? 0) + weight);
  return sums;
};

/** Multinomial logistic regression by full-batch gradient descent with momentum; no chance in it. */
const descend = (rows: readonly Row[], signals: number, tasks: number): Float64Array => {
  const weights = new Float64Array(signals * tasks);
  const speed = new Float64Array(weights.length);
  const slope = new Float64Array(weights.length);
  const scores = new Float64Array(tasks);
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  for (let round = 0; round < rounds; round++) {
    slope.fill(0);
    for (const row of rows) {
      softmax(row, weights, scores);
      for (const signal of row.signals)
        for (let task = 0; task < tasks; task++) {
          const wanted = task === row.task ? 1 : 0;
          const at = signal * tasks + task;
          slope[at] = (slope[at] ?? 0) + (row.weight / total) * ((scores[task] ?? 0) - wanted);
        }
    }
    for (let at = 0; at < weights.length; at++) {
      const pull = (slope[at] ?? 0) + (shrink / 10) * (weights[at] ?? 0);
      speed[at] = momentum * (speed[at] ?? 0) - rate * pull;
      weights[at] = (weights[at] ?? 0) + (speed[at] ?? 0);
    }
  }
  return weights;
};

const softmax = ({ signals }: Row, weights: Float64Array, scores: Float64Array): void => {
  scores.fill(0);
  for (const signal of signals)
    for (let task = 0; task < scores.length; task++)
      scores[task] = (scores[task] ?? 0) + (weights[signal * scores.length + task] ?? 0);
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  let sum = 0;
  for (let task = 0; task < scores.length; task++) {
    scores[task] = Math.exp((scores[task] ?? 0) - highest);
    sum += scores[task] ?? 0;
  }
  for (let task = 0; task < scores.length; task++) scores[task] = (scores[task] ?? 0) / sum;
};

if (import.meta.main) {
  const text = train([...readPhrases('train'), ...readRecorded('train')]);
  if (process.argv.includes('--check')) {
    const isSame = text === readFileSync(weightsPath, 'utf8');
    console.log(
      isSame ? 'weights.json is what training gives' : 'weights.json differs from what training gives',
    );
    process.exitCode = isSame ? 0 : 1;
  } else writeFileSync(weightsPath, text);
}
