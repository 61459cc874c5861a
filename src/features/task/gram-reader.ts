import type { Task } from '../../core/features.ts';
import { readGrams } from './grams.ts';
import { addSignals, bestOf, type Scored, tableOf } from './scores.ts';

/** What was learnt of stretches of texts in many languages. */
export interface GramWeights {
  readonly tasks: readonly Task[];
  /** What one unit of `grams` weighs in a text of one stretch. */
  readonly scale: number;
  /** Of signals that are the same in every language. */
  readonly rows: Readonly<Record<string, string>>;
  /** A signed byte for every bucket and task, in base64. */
  readonly grams: string;
}

/** Tells a task from a text in a language that the lexicon has no words of. */
export const createGramReader = ({
  tasks,
  scale,
  rows,
  grams,
}: GramWeights): ((window: string, held: readonly number[]) => Scored) => {
  const table = tableOf(rows, tasks.length);
  const weights = Int8Array.from(Buffer.from(grams, 'base64'));
  const scores = new Float64Array(tasks.length);
  return (window, held) => {
    const { buckets, count } = readGrams(window);
    scores.fill(0);
    for (let place = 0; place < count; place++) {
      const row = (buckets[place] ?? 0) * scores.length;
      for (let at = 0; at < scores.length; at++) scores[at] = (scores[at] ?? 0) + (weights[row + at] ?? 0);
    }
    const amount = scale / Math.sqrt(Math.max(1, count));
    for (let at = 0; at < scores.length; at++) scores[at] = (scores[at] ?? 0) * amount;
    addSignals(scores, table, held);
    return bestOf(scores, tasks);
  };
};
