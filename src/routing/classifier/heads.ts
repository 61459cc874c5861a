import { z } from 'zod';
import { tiers } from '../../core/model.ts';
import { embeddingHeads } from './embedding-heads.ts';

const packed = z.string();
/** Wide enough for anything that was learnt, and far from where sums and powers become infinite. */
const finite = z.number().min(-1e6).max(1e6);
const count = z.number().min(0).max(1e12);
const width = z.number().min(1e-9).max(1e6);

const tier = z.enum(tiers);

/** From a score to a chance: the logistic curve of `offset + slope × score`. */
const calibration = z.strictObject({ offset: finite, slope: finite.nonnegative() });

const answerLength = z.strictObject({
  /** Log of the tokens of a usual answer. */
  base: finite,
  /** By what the median is multiplied. */
  p90: width,
  mean: width,
});

const learntModel = z.strictObject({
  name: z.string().min(1),
  tier,
  rows: count,
  /** Its score on a usual request. */
  base: finite,
  calibration,
  /** Standard deviation of what is left after predicting; squared, the variance of one outcome. */
  spread: width,
  /** Of its score between kinds of requests, in all and beside its fellows: how wrong one can be on a new kind. */
  kindSpread: finite.nonnegative(),
  kindGapSpread: finite.nonnegative(),
  answers: answerLength.optional(),
});

const tierPrior = z.strictObject({
  tier,
  base: finite,
  /** Of the bases of its models: how wrong one can be on a new model. */
  spread: width,
  /** Of models nobody has tried. */
  calibration,
});

/** What a policy's `heads` hold. Columns are those of the basis; heads are columns of the weights. */
export const headsFile = z.strictObject({
  basis: z.strictObject({
    rarity: packed,
    means: packed,
    scales: packed,
    waves: z.int().min(0).max(1024),
    seed: z.int(),
    identities: z.array(z.tuple([z.string(), count])).max(20_000),
  }),
  /** By column, then by head: "all", the tiers, "answers", the models in order. Bytes; times the head's scale. */
  weights: packed,
  scales: packed,
  models: z.array(learntModel).max(500),
  tiers: z
    .array(tierPrior)
    .length(tiers.length)
    .refine((priors) => new Set(priors.map((prior) => prior.tier)).size === tiers.length),
  /** By model, then by model: how alike their luck is on one request (times 127), and how many rows both answered. */
  luck: packed,
  shared: packed,
  /** The share of a model's outcomes that speak to one request. */
  nearShare: finite.gt(0).max(1),
  /** How far chances are off in themselves on rows held out, however many there are: a standard deviation. */
  misfit: finite.min(0).max(1),
  /** Undefined where none was seen in training, or none helped. */
  embedding: embeddingHeads.optional(),
});

export type HeadsFile = z.infer<typeof headsFile>;
export type LearntModel = HeadsFile['models'][number];
export type TierPrior = HeadsFile['tiers'][number];
export type CalibrationCurve = TierPrior['calibration'];

/** The heads that come before those of models. */
export const sharedHeads = ['all', ...tiers, 'answers'] as const;

export const chanceAt = ({ offset, slope }: CalibrationCurve, score: number): number =>
  1 / (1 + Math.exp(-(offset + slope * score)));
