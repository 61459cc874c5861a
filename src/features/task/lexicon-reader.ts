import type { Task } from '../../core/features.ts';
import { addSignals, bestOf, type Scored, tableOf } from './scores.ts';

/** What was learnt of the signals: a row of weights each, one for every task. */
export interface LexiconWeights {
  readonly tasks: readonly Task[];
  readonly rows: Readonly<Record<string, string>>;
}

/** Tells a task from signals of English: orders, questions, what they are about. */
export const createLexiconReader = ({
  tasks,
  rows,
}: LexiconWeights): ((held: readonly number[]) => Scored) => {
  const table = tableOf(rows, tasks.length);
  // used again for every ask: what stands in it is read before anybody else scores
  const scores = new Float64Array(tasks.length);
  return (held) => {
    scores.fill(0);
    addSignals(scores, table, held);
    return bestOf(scores, tasks);
  };
};
