import type { Tier } from '../../core/model.ts';
import { tiers } from '../../core/model.ts';
import { tiersByScore } from '../evaluate-models.ts';
import { modelsOf } from '../evaluate-pool.ts';
import type { TrainingRow, TrainOptions } from '../trainer.ts';

/** The outcomes of one model, beside the rows they are of. */
export interface Column {
  readonly name: string;
  readonly tier: Tier;
  readonly rows: Int32Array;
  readonly scores: Float64Array;
  readonly weights: Float64Array;
  /** Its usual score: the mean, leaning toward its tier's where outcomes are few. */
  readonly base: number;
  /** How much they count for, all weights together. */
  readonly mass: number;
}

/** So many outcomes, and a model's own mean counts half. */
const tierCountsAs = 4;

/** The models of some rows, in the order of their names. */
export const columnsOf = (
  rows: readonly TrainingRow[],
  { tierOf }: Pick<TrainOptions, 'tierOf'>,
): readonly Column[] => {
  const names = modelsOf(rows);
  const byScore = tiersByScore(rows, names);
  const places = new Map(names.map((name) => [name, [] as number[]]));
  for (const [at, { outcomes }] of rows.entries())
    for (const name of Object.keys(outcomes)) places.get(name)?.push(at);
  const bare = names.map((name) => {
    const at = places.get(name) ?? [];
    const scores = Float64Array.from(at, (row) => rows[row]?.outcomes[name]?.score ?? 0);
    const weights = Float64Array.from(at, (row) => rows[row]?.weight ?? 0);
    return {
      name,
      tier: tierOf?.(name) ?? byScore.get(name) ?? 'mid',
      rows: Int32Array.from(at),
      scores,
      weights,
      mass: weights.reduce((sum, weight) => sum + weight, 0),
      sum: scores.reduce((sum, score, place) => sum + score * (weights[place] ?? 0), 0),
    };
  });
  const usual = tierMeans(bare);
  return bare.map(({ sum, ...column }) => ({
    ...column,
    base: (sum + tierCountsAs * usual[column.tier]) / (column.mass + tierCountsAs),
  }));
};

interface Summed {
  readonly tier: Tier;
  readonly mass: number;
  readonly sum: number;
}

/** What a model of a tier usually scores; a tier without models is taken for the middle of all. */
const tierMeans = (columns: readonly Summed[]): Readonly<Record<Tier, number>> => {
  const meanOf = (some: readonly Summed[], otherwise: number): number => {
    const tried = some.filter(({ mass }) => mass > 0);
    if (tried.length === 0) return otherwise;
    const means = tried.map(({ sum, mass }) => (sum + 0.5) / (mass + 1));
    return means.reduce((total, mean) => total + mean, 0) / means.length;
  };
  const all = meanOf(columns, 0.5);
  return Object.fromEntries(
    tiers.map((tier) => [
      tier,
      meanOf(
        columns.filter((column) => column.tier === tier),
        all,
      ),
    ]),
  ) as Record<Tier, number>;
};
