import { type Tier, tiers } from '../../core/model.ts';
import { type BasisFile, createBasis } from '../../routing/classifier/basis.ts';
import {
  chanceAt,
  type HeadsFile,
  headsFile,
  type LearntModel,
  sharedHeads,
  type TierPrior,
} from '../../routing/classifier/heads.ts';
import { packFloats, packInt8, unpackFloats, unpackInt8 } from '../../routing/classifier/packed.ts';
import type { PolicyFile } from '../../routing/classifier/policy.ts';
import { sealPolicy } from '../../routing/classifier/seal.ts';
import { fitCurve } from '../calibrate.ts';
import type { TrainingRow, TrainOptions } from '../trainer.ts';
import { type Column, columnsOf } from './columns.ts';
import { countKinds } from './kinds-of-rows.ts';
import { fewestAnswers, lengthsOf } from './learn-answers.ts';
import { fewestOfKind, mostKinds, placeRows } from './learn-basis.ts';
import { type Doubt, learnDoubt } from './learn-doubt.ts';
import { metricsOf, ownCurve, packWeights, withNames } from './learn-policy.ts';
import { dealFolds, learnScores } from './learn-scores.ts';
import { type Design, tell } from './ridge.ts';

export interface ExtendOptions extends TrainOptions {
  /** Models that are forgotten. */
  readonly without?: readonly string[];
}

/** A model's own mean is held to what was believed of it as if by so many outcomes. */
const knownCountsAs = 20;
const newCountsAs = 4;
const curveCountsAs = 50;
/** Outcomes that an old spread counts for at most: what is new shall show. */
const spreadCountsAs = 100;

/**
 * A policy that goes on from another: what it knew is where learning starts, and rows say only what is to be
 * changed. A model it had never heard of starts from its tier. Nothing is trained again, and models without
 * rows stay as they were but for what is common to all.
 */
export const extendPolicy = (
  policy: PolicyFile,
  rows: readonly TrainingRow[],
  { name, seed, tierOf, sources, without = [] }: ExtendOptions,
): PolicyFile => {
  const old = withoutModels(headsFile.parse(policy.heads), without);
  const placeOf = new Map(old.models.map((model, at) => [model.name, at]));
  const columns = columnsOf(rows, {
    tierOf: (model) => old.models[placeOf.get(model) ?? -1]?.tier ?? tierOf?.(model),
  }).filter((column) => !without.includes(column.name));
  const basisFile = withKinds(old.basis, rows);
  const design = withNames(placeRows(rows, createBasis(basisFile)), basisFile);
  const start = startOf(old, design.columns);
  const priors = new Map(old.tiers.map((prior) => [prior.tier, prior]));

  // what the old policy says of each row, in scores
  const offsets = columns.map(({ name: model, tier, rows: places }) => {
    const own = start.models[placeOf.get(model) ?? -1] ?? (start.tiers[tiers.indexOf(tier)] as Float64Array);
    const ofAll = tell(design, places, start.all);
    return tell(design, places, own).map((value, place) => value + (ofAll[place] ?? 0));
  });
  const moved = columns.map((column, at): Column => {
    const known = old.models[placeOf.get(column.name) ?? -1];
    const base = known?.base ?? (priors.get(column.tier) as TierPrior).base;
    const holds = known ? knownCountsAs : newCountsAs;
    const scores = column.scores.map((score, place) => score - (offsets[at]?.[place] ?? 0));
    const off = scores.reduce((sum, score, place) => sum + (column.weights[place] ?? 0) * (score - base), 0);
    return { ...column, scores, base: base + off / (column.mass + holds) };
  });
  const foldOf = dealFolds(rows, seed);
  const rowWeights = Float64Array.from(rows, ({ weight }) => weight);
  // what one model does, or a new one, is no news of all others
  const known = columns.filter((column) => placeOf.has(column.name));
  const speaksForAll = (column: Column): boolean => known.length > 1 && placeOf.has(column.name);
  const learnt = learnScores(design, moved, rowWeights, foldOf, speaksForAll);
  const heldOut = learnt.heldOut.map((scores, at) =>
    scores.map((score, place) => score + (offsets[at]?.[place] ?? 0)),
  );
  const curves = curvesFrom(
    old.tiers,
    known,
    known.map((column) => heldOut[columns.indexOf(column)] as Float64Array),
  );
  const ownCurves = columns.map((column, at) =>
    ownCurve(
      column,
      heldOut[at] as Float64Array,
      old.models[placeOf.get(column.name) ?? -1]?.calibration ?? curves[column.tier],
    ),
  );
  const chances = ownCurves.map((curve, at) =>
    (heldOut[at] as Float64Array).map((score) => chanceAt(curve, score)),
  );
  const doubt = learnDoubt(rows, columns, chances);

  const added = columns.filter((column) => !placeOf.has(column.name));
  const models = [
    ...old.models.map((model) => {
      const at = columns.findIndex((column) => column.name === model.name);
      if (at < 0) return model;
      const calibration = ownCurves[at] ?? model.calibration;
      return { ...grown(model, moved[at] as Column, doubt.spreads[at] ?? model.spread), calibration };
    }),
    ...added.map((column): LearntModel => {
      const at = columns.indexOf(column);
      const answers = answersOf(rows, column, design, start.answers);
      return {
        name: column.name,
        tier: column.tier,
        rows: column.mass,
        base: moved[at]?.base ?? 0.5,
        calibration: ownCurves[at] ?? curves[column.tier],
        spread: doubt.spreads[at] ?? 0.5,
        kindSpread: doubt.kindSpreads[at] ?? 0,
        kindGapSpread: doubt.kindGapSpreads[at] ?? 0,
        ...(answers && { answers }),
      };
    }),
  ];
  const deltaOf = (model: string): Float64Array | undefined =>
    learnt.byModel[columns.findIndex((column) => column.name === model)];
  const heads: HeadsFile = {
    basis: { ...basisFile, identities: basisFile.identities.map(([kind, count]) => [kind, count]) },
    ...packWeights(design.columns, [
      sumOf(start.all, learnt.all),
      ...start.tiers.map((weights, at) => sumOf(weights, learnt.byTier[at])),
      start.answers,
      ...old.models.map((model, at) => sumOf(start.models[at] as Float64Array, deltaOf(model.name))),
      ...added.map((column) =>
        sumOf(start.tiers[tiers.indexOf(column.tier)] as Float64Array, deltaOf(column.name)),
      ),
    ]),
    models,
    tiers: old.tiers.map((prior) => ({ ...prior, calibration: curves[prior.tier] })),
    ...pairsOf(models, old, columns, doubt),
    nearShare: old.nearShare,
    misfit: Math.max(old.misfit, doubt.misfit),
    ...(old.embedding && { embedding: old.embedding }),
  };
  const rowsOf = new Map(policy.models.map((model) => [model.name, model.rows]));
  return sealPolicy({
    format: 'tierwise-policy/1',
    name,
    featureSet: policy.featureSet,
    trainer: policy.trainer,
    seed,
    sources: [...policy.sources, ...sources],
    models: models.map(({ name: model, tier }) => ({
      name: model,
      tier,
      rows: (rowsOf.get(model) ?? 0) + (columns.find((column) => column.name === model)?.rows.length ?? 0),
    })),
    metrics: columns.length === 0 ? policy.metrics : metricsOf(columns, chances, learnt, seed),
    heads,
  });
};

/** Heads as they are in the file, with empty columns for kinds that are new. */
const startOf = (old: HeadsFile, columns: number) => {
  const headCount = sharedHeads.length + old.models.length;
  const steps = unpackInt8(old.weights);
  const scales = unpackFloats(old.scales);
  const oldColumns = steps.length / headCount;
  const head = (place: number): Float64Array =>
    Float64Array.from({ length: columns }, (_, column) =>
      column < oldColumns ? (steps[column * headCount + place] ?? 0) * (scales[place] ?? 0) : 0,
    );
  return {
    all: head(0),
    tiers: tiers.map((_, at) => head(1 + at)),
    answers: head(sharedHeads.length - 1),
    models: old.models.map((_, at) => head(sharedHeads.length + at)),
  };
};

/** Kinds keep their places, for weights stand by them; new ones come behind. */
const withKinds = (basis: HeadsFile['basis'], rows: readonly TrainingRow[]): BasisFile => {
  const counts = countKinds(rows);
  const known = basis.identities.map(([kind, count]): [string, number] => [
    kind,
    count + (counts.get(kind) ?? 0),
  ]);
  const knownKinds = new Set(known.map(([kind]) => kind));
  const added = [...counts]
    .filter(([kind, count]) => !knownKinds.has(kind) && (kind === '' || count >= fewestOfKind))
    .sort(([left, many], [right, more]) => more - many || (left < right ? -1 : 1));
  return { ...basis, identities: [...known, ...added].slice(0, Math.max(known.length, mostKinds)) };
};

const withoutModels = (heads: HeadsFile, without: readonly string[]): HeadsFile => {
  const kept = heads.models.flatMap((model, at) => (without.includes(model.name) ? [] : [at]));
  if (kept.length === heads.models.length) return heads;
  const places = [...sharedHeads.map((_, at) => at), ...kept.map((at) => sharedHeads.length + at)];
  const headCount = sharedHeads.length + heads.models.length;
  const steps = unpackInt8(heads.weights);
  const scales = unpackFloats(heads.scales);
  const left = new Int8Array((steps.length / headCount) * places.length);
  for (let at = 0; at < left.length; at += 1)
    left[at] =
      steps[Math.floor(at / places.length) * headCount + (places[at % places.length] as number)] ?? 0;
  const size = heads.models.length;
  const luck = unpackInt8(heads.luck);
  const shared = unpackFloats(heads.shared);
  const cells = kept.flatMap((row) => kept.map((column) => row * size + column));
  return {
    ...heads,
    weights: packInt8(left),
    scales: packFloats(places.map((place) => scales[place] ?? 0)),
    models: kept.map((at) => heads.models[at] as LearntModel),
    luck: packInt8(Int8Array.from(cells, (cell) => luck[cell] ?? 0)),
    shared: packFloats(cells.map((cell) => shared[cell] ?? 0)),
  };
};

const curvesFrom = (
  priors: readonly TierPrior[],
  columns: readonly Column[],
  heldOut: readonly Float64Array[],
) =>
  Object.fromEntries(
    priors.map(({ tier, calibration }) => {
      const places = columns.flatMap((column, at) => (column.tier === tier ? [at] : []));
      const scored = {
        scores: places.flatMap((at) => Array.from(heldOut[at] ?? [])),
        outcomes: places.flatMap((at) => Array.from(columns[at]?.scores ?? [])),
        weights: places.flatMap((at) => Array.from(columns[at]?.weights ?? [])),
      };
      return [tier, places.length === 0 ? calibration : fitCurve(scored, calibration, curveCountsAs)];
    }),
  ) as Record<Tier, TierPrior['calibration']>;

const grown = (model: LearntModel, { base, mass }: Column, spread: number): LearntModel => {
  const before = Math.min(model.rows, spreadCountsAs);
  const squares = (before * model.spread ** 2 + mass * spread ** 2) / Math.max(1e-9, before + mass);
  return { ...model, base, rows: model.rows + mass, spread: Math.sqrt(squares) };
};

const answersOf = (
  rows: readonly TrainingRow[],
  { name, rows: places }: Column,
  design: Design,
  answers: Float64Array,
): LearntModel['answers'] => {
  const shift = tell(design, places, answers);
  const rests = Array.from(places).flatMap((row, place) => {
    const tokens = rows[row]?.outcomes[name]?.outputTokens ?? 0;
    return tokens > 0 ? [Math.log(tokens) - (shift[place] ?? 0)] : [];
  });
  return rests.length < fewestAnswers ? undefined : lengthsOf(0, rests);
};

const sumOf = (weights: Float64Array, change: Float64Array | undefined): Float64Array =>
  change ? weights.map((weight, at) => weight + (change[at] ?? 0)) : weights;

/** What was known of a pair stays; pairs with a model that is new are as the new rows say. */
const pairsOf = (
  models: readonly LearntModel[],
  old: HeadsFile,
  columns: readonly Column[],
  doubt: Doubt,
): Pick<HeadsFile, 'luck' | 'shared'> => {
  const size = models.length;
  const before = old.models.length;
  const oldLuck = unpackInt8(old.luck);
  const oldShared = unpackFloats(old.shared);
  const places = models.map(({ name }) => columns.findIndex((column) => column.name === name));
  const luck = new Int8Array(size * size);
  const shared = new Float32Array(size * size);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) {
      const cell = row * size + column;
      const isKnown = row < before && column < before;
      const from = isKnown
        ? row * before + column
        : (places[row] ?? -1) * columns.length + (places[column] ?? -1);
      const has = isKnown || ((places[row] ?? -1) >= 0 && (places[column] ?? -1) >= 0);
      if (!has) continue;
      luck[cell] = (isKnown ? oldLuck : doubt.luck)[from] ?? 0;
      shared[cell] = (isKnown ? oldShared : doubt.shared)[from] ?? 0;
    }
  return { luck: packInt8(luck), shared: packFloats(shared) };
};
