import type { Task } from '../../src/core/features.ts';
import type { LexiconWeights } from '../../src/features/task/lexicon-reader.ts';
import { signalNames } from '../../src/features/task/signal-names.ts';
import { readSignals } from '../../src/features/task/signals.ts';
import type { Example } from './examples.ts';
import { descend, type Row } from './softmax.ts';

const rarest = 2;
const descent = { rounds: 300, rate: 0.8, shrink: 0.0002 };

/** Which task each signal speaks for. */
export const trainLexicon = (examples: readonly Example[]): LexiconWeights => {
  const tasks = [...new Set(examples.map(({ task }) => task))].sort();
  const read = examples.map((example) => ({ ...example, names: readNames(example.text) }));
  const names = frequentNames(read.map((example) => example.names));
  const ids = new Map(names.map((name, index) => [name, index]));
  const perTask = massOfTasks(read);
  const rows: Row[] = read.map(({ names: own, task, weight }) => ({
    inputs: own.map((name) => ids.get(name) ?? -1).filter((id) => id >= 0),
    task: tasks.indexOf(task),
    // every task weighs by the root of its mass: frequent ones lead, rare ones are heard
    weight: weight / Math.sqrt(perTask.get(task) ?? 1),
  }));
  const learnt = descend(rows, names.length, tasks.length, descent);
  const row = (index: number): string =>
    tasks.map((_, task) => rounded(learnt[index * tasks.length + task] ?? 0)).join(' ');
  return { tasks, rows: Object.fromEntries(names.map((name, index) => [name, row(index)])) };
};

export const readNames = (ask: string): readonly string[] =>
  readSignals(ask).held.map((id) => signalNames[id] ?? '');

export const rounded = (value: number): number => Math.round(value * 100) / 100 || 0;

const frequentNames = (lists: readonly (readonly string[])[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const names of lists) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= rarest)
    .map(([name]) => name)
    .sort();
};

export const massOfTasks = (examples: readonly Example[]): ReadonlyMap<Task, number> => {
  const sums = new Map<Task, number>();
  for (const { task, weight } of examples) sums.set(task, (sums.get(task) ?? 0) + weight);
  return sums;
};
