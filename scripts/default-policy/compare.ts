import { type Tier, tiers } from '../../src/core/model.ts';
import { groupBootstrap } from '../../src/kit/group-bootstrap.ts';
import type { Estimate } from '../../src/kit/statistics.ts';
import { recordedModel } from '../../src/learning/evaluate-models.ts';
import type { TrainingRow } from '../../src/learning/trainer.ts';
import { type Family, learnPolicy } from '../../src/learning/trainers/learn-policy.ts';
import { createPredictor } from '../../src/routing/classifier/predictor.ts';
import { shapeNames } from '../../src/routing/classifier/structure.ts';
import { createRandom } from '../../src/simulator/chance.ts';
import { seed } from './make.ts';
import { byTier, type SourceRow, sources } from './sources.ts';

/** What a family of policies makes of sources that it has not seen, beside tiers alone. */
export interface Compared {
  readonly family: string;
  /** Squared error of the chances of tiers, each source counting the same. */
  readonly error: number;
  /** Its error less that of tiers alone, paired; kinds of requests are drawn anew. Undefined of tiers alone. */
  readonly difference: Estimate | undefined;
}

const lengthPlaces: readonly number[] = [shapeNames.indexOf('length'), shapeNames.length];

const families: readonly Family[] = [
  {
    type: 'tiers alone',
    sight: { words: false, structure: () => false, waves: 0, identities: false },
    nearShare: 1,
  },
  {
    type: 'the recognised task',
    sight: { words: false, structure: () => false, waves: 0, identities: true },
    nearShare: 1,
  },
  {
    type: 'length',
    sight: { words: false, structure: (at) => lengthPlaces.includes(at), waves: 0, identities: false },
    nearShare: 1 / 2,
  },
  {
    type: 'words, shape and task',
    sight: { words: true, structure: () => true, waves: 256, identities: true },
    nearShare: 1 / 8,
  },
];

/** Each source is left out in turn; a family learns tiers, as one model each, from the others. Takes minutes. */
export const compareFamilies = (rows: readonly SourceRow[]): readonly Compared[] => {
  const errors = families.map((family) => errorsOf(rows, family));
  const [alone = []] = errors;
  const kinds = rows.map(({ kind }) => kind);
  const shares = sharesOf(rows);
  return families.map(({ type }, at) => {
    const mine = errors[at] ?? [];
    const mean = (values: readonly number[], weights: Float64Array): number => {
      let sum = 0;
      let mass = 0;
      for (const [row, value] of values.entries()) {
        const weight = (weights[row] ?? 0) * (shares[row] ?? 0);
        sum += weight * value;
        mass += weight;
      }
      return sum / mass;
    };
    const { error, difference } = groupBootstrap(
      kinds,
      (weights) => ({ error: mean(mine, weights), difference: mean(mine, weights) - mean(alone, weights) }),
      { random: createRandom('compare', seed).next, resamples: 500 },
    );
    return { family: type, error: error.value, difference: at === 0 ? undefined : difference };
  });
};

/** By row: the mean squared error over tiers. */
const errorsOf = (rows: readonly SourceRow[], family: Family): readonly number[] => {
  const models = tiers.map((tier) => recordedModel(tier, tier));
  const reference = recordedModel('frontier', 'frontier');
  const ofSource = new Map<string, readonly number[]>();
  for (const { name } of sources) {
    const training = byTier(rows.filter(({ source }) => source !== name));
    const policy = learnPolicy(
      training,
      { name: 'compared', seed, tierOf: (model) => model as Tier, sources: [] },
      family,
    );
    const predictor = createPredictor(policy);
    const held = byTier(rows.filter(({ source }) => source === name));
    ofSource.set(
      name,
      held.map((row) => errorOn(row, predictor.predict(row.subject, models, reference))),
    );
  }
  return sources.flatMap(({ name }) => ofSource.get(name) ?? []);
};

const errorOn = (
  { outcomes }: TrainingRow,
  predictions: readonly { readonly success: { readonly value: number } }[],
): number => {
  const squares = tiers.flatMap((tier, at) => {
    const outcome = outcomes[tier];
    return outcome ? [(outcome.score - (predictions[at]?.success.value ?? 0)) ** 2] : [];
  });
  return squares.reduce((sum, square) => sum + square, 0) / Math.max(1, squares.length);
};

/** Each source counts the same, and within it kinds do, up to a point. */
const sharesOf = (rows: readonly SourceRow[]): readonly number[] => {
  const masses = new Map<string, number>();
  for (const { source, weight } of rows) masses.set(source, (masses.get(source) ?? 0) + weight);
  return rows.map(({ source, weight }) => weight / (masses.get(source) ?? 1));
};
