import { defineTrainer } from '../trainer.ts';
import { learnPolicy } from './learn-policy.ts';

export const prior = defineTrainer({
  type: 'prior',
  summary: 'A control: what each model scores on the whole, whatever is asked.',
  train: (rows, options) =>
    learnPolicy(rows, options, {
      type: 'prior',
      sight: { words: false, structure: () => false, waves: 0, identities: false },
      nearShare: 1,
    }),
});
