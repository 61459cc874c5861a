import { createHash } from 'node:crypto';
import type { Predictor } from '../../src/core/prediction.ts';
import type { TrainingRow } from '../../src/learning/trainer.ts';
import { hierarchical } from '../../src/learning/trainers/hierarchical.ts';
import { createPredictor } from '../../src/routing/classifier/predictor.ts';

const made = new Map<string, Predictor>();

/** What is measured: the policy that `train` makes of some rows. It is thrown away with the run. */
export const engine = (training: readonly TrainingRow[], seed: number): Predictor => {
  const key = keyOf(training, seed);
  const known =
    made.get(key) ??
    createPredictor(
      hierarchical.train(training, {
        name: 'bench',
        seed,
        sources: [{ name: 'bench', rows: training.length }],
      }),
    );
  made.set(key, known);
  return known;
};

/** Several tables ask for the same fit. */
const keyOf = (training: readonly TrainingRow[], seed: number): string => {
  const hash = createHash('sha256').update(`${seed}`);
  for (const { id, subject, outcomes } of training)
    hash.update(`${id}\0${subject.tags.task ?? ''}\0${Object.keys(outcomes).join()}\n`);
  return hash.digest('hex');
};
