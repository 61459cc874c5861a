import { modelNames } from '../routing/classifier/model-names.ts';
import type { PolicyFile } from '../routing/classifier/policy.ts';
import { recordedModel } from './evaluate-models.ts';
import type { TrainingRow } from './trainer.ts';

/**
 * Rows with each model by the name that a policy has for it ("anthropic/claude-haiku-4-5" may be its
 * "claude-haiku-4-5"), found as serving finds it: so what is new of a model adds to what was known.
 */
export const namedAsIn = (policy: PolicyFile, rows: readonly TrainingRow[]): readonly TrainingRow[] => {
  const recorded = policy.models.map(({ name }) => name);
  const placeOf = modelNames(recorded);
  const known = new Map<string, string>();
  const nameOf = (name: string): string => {
    let found = known.get(name);
    if (found === undefined) {
      found = recorded[placeOf(recordedModel(name, 'mid'))] ?? name;
      known.set(name, found);
    }
    return found;
  };
  return rows.map((row) => ({
    ...row,
    outcomes: Object.fromEntries(
      Object.entries(row.outcomes).map(([name, outcome]) => [nameOf(name), outcome]),
    ),
  }));
};
