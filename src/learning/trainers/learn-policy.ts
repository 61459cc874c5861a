import { GatewayError } from '../../core/errors.ts';
import type { Tier } from '../../core/model.ts';
import { tiers } from '../../core/model.ts';
import { type BasisFile, createBasis, featureSet } from '../../routing/classifier/basis.ts';
import {
  type CalibrationCurve,
  chanceAt,
  type HeadsFile,
  type TierPrior,
} from '../../routing/classifier/heads.ts';
import { packFloats, packInt8 } from '../../routing/classifier/packed.ts';
import type { PolicyFile } from '../../routing/classifier/policy.ts';
import { sealPolicy } from '../../routing/classifier/seal.ts';
import { createRandom } from '../../simulator/chance.ts';
import { fitCurve, type Scored } from '../calibrate.ts';
import { calibrationOf } from '../metrics-calibration.ts';
import type { TrainingRow, TrainOptions } from '../trainer.ts';
import { type Column, columnsOf } from './columns.ts';
import { learnAnswers } from './learn-answers.ts';
import { learnBasis, placeRows, type Sight } from './learn-basis.ts';
import { coverageOf } from './learn-coverage.ts';
import { learnDoubt } from './learn-doubt.ts';
import { learnEmbedding } from './learn-embedding.ts';
import { dealFolds, learnScores, type Scores } from './learn-scores.ts';
import type { Design } from './ridge.ts';

/** What trainers of this family differ in: what they let themselves see. */
export interface Family {
  readonly type: string;
  readonly sight: Sight;
  /** The share of a model's outcomes that speak to one request. */
  readonly nearShare: number;
}

/** All the way from rows to a sealed policy. Throws where there is nothing to learn from. */
export const learnPolicy = (
  rows: readonly TrainingRow[],
  { name, seed, tierOf, sources, embedding }: TrainOptions,
  { type, sight, nearShare: usualShare }: Family,
): PolicyFile => {
  const columns = columnsOf(rows, { ...(tierOf && { tierOf }) });
  if (columns.length === 0)
    throw new GatewayError(
      'invalid-config',
      'There is nothing to learn from: no row has an outcome of any model. Send labels, or give an outcome file.',
    );
  const basisFile = learnBasis(rows, sight, seed);
  const design = withNames(placeRows(rows, createBasis(basisFile)), basisFile);
  const foldOf = dealFolds(rows, seed);
  const rowWeights = Float64Array.from(rows, ({ weight }) => weight);
  const scores = learnScores(design, columns, rowWeights, foldOf);
  const curves = curvesOf(columns, scores.heldOut);
  const ownCurves = columns.map((column, at) =>
    ownCurve(column, scores.heldOut[at] as Float64Array, curves[column.tier]),
  );
  const chances = ownCurves.map((curve, at) =>
    (scores.heldOut[at] as Float64Array).map((score) => chanceAt(curve, score)),
  );
  const saysNothing = Object.values(scores.penalties).every((penalty) => penalty === Infinity);
  const nearShare = saysNothing ? 1 : usualShare;
  const doubt = learnDoubt(rows, columns, chances);
  const embedded = embedding && learnEmbedding(rows, columns, chances, foldOf, embedding);
  const answers = learnAnswers(design, rows, columns, foldOf);
  const heads: HeadsFile = {
    basis: { ...basisFile, identities: basisFile.identities.map(([kind, count]) => [kind, count]) },
    ...packWeights(design.columns, [scores.all, ...scores.byTier, answers.coefficients, ...scores.byModel]),
    models: columns.map(({ name: model, tier, mass, base }, at) => {
      const lengths = answers.models[at];
      return {
        name: model,
        tier,
        rows: mass,
        base,
        calibration: ownCurves[at] ?? curves[tier],
        spread: doubt.spreads[at] ?? 0.5,
        kindSpread: doubt.kindSpreads[at] ?? 0,
        kindGapSpread: doubt.kindGapSpreads[at] ?? 0,
        ...(lengths && { answers: lengths }),
      };
    }),
    tiers: tiers.map((tier) => priorOf(tier, columns, curves[tier])),
    luck: packInt8(doubt.luck),
    shared: packFloats(doubt.shared),
    nearShare,
    misfit: doubt.misfit,
    ...(embedded?.heads && { embedding: embedded.heads }),
  };
  const bare = {
    format: 'tierwise-policy/1' as const,
    name,
    featureSet,
    trainer: type,
    seed,
    sources: [...sources],
    models: columns.map(({ name: model, tier, rows: { length } }) => ({ name: model, tier, rows: length })),
    metrics: { ...metricsOf(columns, chances, scores, seed), ...embedded?.metrics },
    heads,
  };
  const coverage = coverageOf(sealPolicy(bare), rows, columns, chances);
  return sealPolicy({ ...bare, metrics: { ...bare.metrics, ...coverage } });
};

/** One curve for all, then each tier's, held to it. */
const curvesOf = (
  columns: readonly Column[],
  heldOut: readonly Float64Array[],
): Readonly<Record<Tier, CalibrationCurve>> => {
  const scored = (some: readonly Column[]): Scored => ({
    scores: some.flatMap((column) => Array.from(heldOut[columns.indexOf(column)] ?? [])),
    outcomes: some.flatMap(({ scores }) => Array.from(scores)),
    weights: some.flatMap(({ weights }) => Array.from(weights)),
  });
  const together = fitCurve(scored(columns));
  return Object.fromEntries(
    tiers.map((tier) => [tier, fitCurve(scored(columns.filter((column) => column.tier === tier)), together)]),
  ) as Record<Tier, CalibrationCurve>;
};

/** Our own guess of the task is no name that a caller gave: it has no voice of its own. */
export const withNames = (design: Design, { identities }: BasisFile): Design =>
  identities.some(([name]) => name !== '' && !name.startsWith('kind:'))
    ? { ...design, names: identities.length }
    : design;

/** A model's own curve is held to its tier's, or to what it was, as if by so many outcomes. */
const curveCountsAs = 30;

export const ownCurve = (
  { scores, weights }: Column,
  heldOut: Float64Array,
  toward: CalibrationCurve,
): CalibrationCurve => fitCurve({ scores: heldOut, outcomes: scores, weights }, toward, curveCountsAs);

const usualTierSpread = 0.2;
const tierSpreadCountsAs = 3;

const priorOf = (tier: Tier, columns: readonly Column[], calibration: CalibrationCurve): TierPrior => {
  const own = columns.filter((column) => column.tier === tier);
  const some = own.length > 0 ? own : columns;
  const base = some.reduce((sum, column) => sum + column.base, 0) / some.length;
  const squares = own.reduce((sum, column) => sum + (column.base - base) ** 2, 0);
  return {
    tier,
    base,
    spread: Math.sqrt(
      (squares + tierSpreadCountsAs * usualTierSpread ** 2) / (own.length + tierSpreadCountsAs),
    ),
    calibration,
  };
};

export const packWeights = (
  columnCount: number,
  heads: readonly (Float64Array | undefined)[],
): Pick<HeadsFile, 'weights' | 'scales'> => {
  const scales = new Float32Array(heads.length);
  const steps = new Int8Array(columnCount * heads.length);
  for (const [head, coefficients] of heads.entries()) {
    if (!coefficients) continue;
    let most = 0;
    for (const value of coefficients) most = Math.max(most, Math.abs(value));
    if (most === 0) continue;
    scales[head] = most / 127;
    for (let column = 0; column < columnCount; column += 1)
      steps[column * heads.length + head] = Math.round((127 * (coefficients[column] ?? 0)) / most);
  }
  return { weights: packInt8(steps), scales: packFloats(scales) };
};

/** On rows held out: calibration beside its floor and the error, of all and by tier; and what each level was worth. */
export const metricsOf = (
  columns: readonly Column[],
  chances: readonly Float64Array[],
  { penalties }: Scores,
  seed: number,
): Readonly<Record<string, number>> => {
  const metrics: Record<string, number> = {};
  for (const of of ['all', ...tiers] as const) {
    const places = columns.flatMap((column, at) => (of === 'all' || column.tier === of ? [at] : []));
    const predicted = Float64Array.from(places.flatMap((at) => Array.from(chances[at] ?? [])));
    if (predicted.length === 0) continue;
    const outcomes = Float64Array.from(places.flatMap((at) => Array.from(columns[at]?.scores ?? [])));
    const { ece, floor, brier } = calibrationOf(predicted, outcomes, {
      random: createRandom('calibration floor', seed, of).next,
      simulations: predicted.length > 50_000 ? 10 : 100,
    });
    metrics[`ece.${of}`] = rounded(ece);
    metrics[`ece-floor.${of}`] = rounded(floor);
    metrics[`brier.${of}`] = rounded(brier);
  }
  for (const [level, penalty] of Object.entries(penalties))
    if (Number.isFinite(penalty)) metrics[`penalty.${level}`] = penalty;
  return metrics;
};

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
