import type { PolicyFile } from '../routing/classifier/policy.ts';
import type { TrainingRow, TrainOptions } from './trainer.ts';
import { extendPolicy } from './trainers/extend-policy.ts';
import { hierarchical } from './trainers/hierarchical.ts';

/**
 * Goes on from a policy where there is something to go on from. One that knows no model, as the one that ships,
 * is trained anew: from some hundred labels on, words and shapes of one's own requests are worth more than what
 * tiers did elsewhere, and before that nothing is decided by either.
 */
export const goOn = (
  base: PolicyFile | undefined,
  rows: readonly TrainingRow[],
  options: TrainOptions & { readonly without?: readonly string[] },
): PolicyFile =>
  base && base.models.length > 0 ? extendPolicy(base, rows, options) : hierarchical.train(rows, options);
