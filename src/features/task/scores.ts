import type { Task } from '../../core/features.ts';
import { signalNames } from './signal-names.ts';

/** The likeliest task of all, and its chance by softmax before it is calibrated. */
export interface Scored {
  readonly best: Task;
  readonly chance: number;
}

export const bestOf = (scores: Float64Array, tasks: readonly Task[]): Scored => {
  let top = 0;
  for (let at = 1; at < scores.length; at++) if ((scores[at] ?? 0) > (scores[top] ?? 0)) top = at;
  let sum = 0;
  const highest = scores[top] ?? 0;
  for (let at = 0; at < scores.length; at++) sum += Math.exp((scores[at] ?? 0) - highest);
  return { best: tasks[top] ?? 'unsure', chance: 1 / sum };
};

/** Weights of signals by their numbers, one column a task; a signal that was too rare to learn weighs nothing. */
export const tableOf = (rows: Readonly<Record<string, string>>, tasks: number): Float64Array => {
  const table = new Float64Array(signalNames.length * tasks);
  for (const [index, name] of signalNames.entries()) {
    const row = rows[name];
    if (row) table.set(row.split(' ').map(Number), index * tasks);
  }
  return table;
};

export const addSignals = (scores: Float64Array, table: Float64Array, held: readonly number[]): void => {
  for (const id of held) {
    const row = id * scores.length;
    for (let at = 0; at < scores.length; at++) scores[at] = (scores[at] ?? 0) + (table[row + at] ?? 0);
  }
};
