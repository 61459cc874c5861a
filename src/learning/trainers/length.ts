import { shapeNames } from '../../routing/classifier/structure.ts';
import { defineTrainer } from '../trainer.ts';
import { learnPolicy } from './learn-policy.ts';

const lengthPlaces: readonly number[] = [shapeNames.indexOf('length'), shapeNames.length];

export const length = defineTrainer({
  type: 'length',
  summary: 'A control: difficulty from how long the ask is, and nothing else.',
  train: (rows, options) =>
    learnPolicy(rows, options, {
      type: 'length',
      sight: { words: false, structure: (at) => lengthPlaces.includes(at), waves: 0, identities: false },
      nearShare: 1 / 2,
    }),
});
