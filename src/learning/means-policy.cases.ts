import { hash } from 'node:crypto';
import type { Predictor } from '../core/prediction.ts';
import type { PolicyFile } from '../routing/classifier/policy.ts';
import type { LearnParts } from './continuous.ts';
import type { TrainingRow, TrainOptions } from './trainer.ts';

/** The simplest policy there can be, for tests: a mean for each model, whatever is asked. */
export const meansPolicy = (means: Readonly<Record<string, number>>, name = 'own'): PolicyFile => ({
  format: 'tierwise-policy/1',
  name,
  hash: hash('sha256', JSON.stringify([name, means])),
  featureSet: 'none',
  trainer: 'means',
  seed: 1,
  sources: [],
  models: [],
  metrics: {},
  heads: { means },
});

export const bytesOf = (file: PolicyFile): Buffer => Buffer.from(JSON.stringify(file));

const read = (bytes: Uint8Array): { readonly predictor: Predictor; readonly file: PolicyFile } => {
  const file = JSON.parse(Buffer.from(bytes).toString()) as PolicyFile;
  const means = file.heads.means as Readonly<Record<string, number>>;
  return {
    file,
    predictor: {
      policy: `${file.name}@${file.hash.slice(0, 8)}`,
      predict: (_, models) =>
        models.map(({ id }) => {
          const value = means[id] ?? 0.5;
          const bounded = { value, low: value, high: value };
          return { model: id, success: bounded, gap: bounded, evidence: 1, outputTokens: undefined };
        }),
    },
  };
};

const learn = (
  base: PolicyFile | undefined,
  rows: readonly TrainingRow[],
  { name }: TrainOptions,
): PolicyFile => {
  const sums: Record<string, [score: number, weight: number]> = {};
  for (const { outcomes, weight } of rows)
    for (const [model, { score }] of Object.entries(outcomes)) {
      const [had, of] = sums[model] ?? [0, 0];
      sums[model] = [had + score * weight, of + weight];
    }
  const means = Object.fromEntries(
    Object.entries(sums).map(([model, [score, weight]]) => [model, score / weight]),
  );
  return meansPolicy({ ...(base?.heads.means as object), ...means }, name);
};

/** Learns means of ledger rows. */
export const meansLearning: Omit<LearnParts, 'reader'> = {
  read,
  learn,
  write: bytesOf,
  builtIn: () => undefined,
};
