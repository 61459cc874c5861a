import { defineTrainer } from '../trainer.ts';
import { learnPolicy } from './learn-policy.ts';

export const hierarchical = defineTrainer({
  type: 'hierarchical',
  summary:
    "Difficulty from the ask's words and shape and from what it belongs to: of all models, of the tier, of the model, each leaning on the one before.",
  train: (rows, options) =>
    learnPolicy(rows, options, {
      type: 'hierarchical',
      sight: { words: true, structure: () => true, waves: 256, identities: true },
      nearShare: 1 / 8,
    }),
});
