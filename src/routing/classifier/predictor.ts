import type { Model } from '../../core/model.ts';
import { tiers } from '../../core/model.ts';
import type { Bounded, Prediction, PredictionSubject, Predictor } from '../../core/prediction.ts';
import { createBasis, type Placed } from './basis.ts';
import { createEmbeddingPart } from './embedding-heads.ts';
import {
  chanceAt,
  type HeadsFile,
  headsFile,
  type LearntModel,
  sharedHeads,
  type TierPrior,
} from './heads.ts';
import { modelNames } from './model-names.ts';
import { unpackFloats, unpackInt8 } from './packed.ts';
import type { PolicyFile } from './policy.ts';

/** Of a policy that was read and found whole. All that can be worked out once is worked out here. */
export const createPredictor = (file: PolicyFile): Predictor => {
  const heads = headsFile.parse(file.heads);
  const basis = createBasis(heads.basis);
  const headCount = sharedHeads.length + heads.models.length;
  const weights = unpackWeights(heads, basis.columns, headCount);
  const luck = unpackInt8(heads.luck);
  const shared = unpackFloats(heads.shared);
  const misfit = heads.misfit ** 2;
  const priors = new Map(heads.tiers.map((prior) => [prior.tier, prior]));
  const placeOf = modelNames(heads.models.map(({ name }) => name));
  const part = heads.embedding && createEmbeddingPart(heads.embedding);
  const known = new WeakMap<Model, Known>();

  const knownOf = (model: Model): Known => {
    let found = known.get(model);
    if (!found) {
      const at = placeOf(model);
      const learnt = at < 0 ? undefined : heads.models[at];
      const tier = learnt?.tier ?? model.tier;
      const prior = priors.get(tier) as TierPrior;
      found = { at, learnt, prior, tierHead: 1 + tiers.indexOf(tier) };
      known.set(model, found);
    }
    return found;
  };

  /** The score of one head, summed in the order of the columns: the same bits wherever it is worked out. */
  const sumOf = ({ columns, values, count }: Placed, head: number): number => {
    let sum = 0;
    for (let at = 0; at < count; at += 1)
      sum += (weights[(columns[at] ?? 0) * headCount + head] ?? 0) * (values[at] ?? 0);
    return sum;
  };

  const views = (subject: PredictionSubject) => {
    const placed = basis.place(subject);
    const all = sumOf(placed, 0);
    const answers = sumOf(placed, sharedHeads.length - 1);
    // a word never seen and a shape never met: what is known of others says less of this one
    const likeness =
      (heads.nearShare * placed.familiarity) / Math.max(1, (placed.strangeness / usualStrangeness) ** 2);
    return { placed, all, answers, likeness, told: part?.read(subject.embedding) };
  };
  type Views = ReturnType<typeof views>;

  const opinionWithout = ({ at, learnt, prior, tierHead }: Known, seen: Views): Opinion => {
    if (!learnt)
      return {
        at,
        chance: chanceAt(prior.calibration, prior.base + seen.all + sumOf(seen.placed, tierHead)),
        near: 0,
        spread: 0.5,
        chanceVariance: prior.spread ** 2 + kindVariance(newKind, 0.5, seen.placed),
        kindGapVariance: prior.spread ** 2 + kindVariance(newKind, 0.5, seen.placed),
      };
    const score = learnt.base + seen.all + sumOf(seen.placed, sharedHeads.length + at);
    const near = learnt.rows * seen.likeness;
    return {
      at,
      chance: chanceAt(learnt.calibration, score),
      near,
      spread: learnt.spread,
      chanceVariance: kindVariance(learnt.kindSpread, learnt.spread, seen.placed),
      kindGapVariance: kindVariance(learnt.kindGapSpread, learnt.spread, seen.placed),
    };
  };

  /** An embedding moves what is said without it, and leaves less in doubt. */
  const opinionOf = (details: Known, seen: Views): Opinion => {
    const without = opinionWithout(details, seen);
    if (!part || !seen.told) return without;
    const tier = details.tierHead - 1;
    const { narrowing } = part;
    return {
      ...without,
      chance: part.chance(seen.told, part.headOf(details.learnt?.name, tier), tier, without.chance),
      spread: without.spread * narrowing,
      chanceVariance: without.chanceVariance * narrowing ** 2,
      kindGapVariance: without.kindGapVariance * narrowing ** 2,
    };
  };

  const gapOf = (mine: Opinion, other: Opinion): Bounded => {
    const value = mine.chance - other.chance;
    if (mine.at === other.at && mine.at >= 0) return { value: 0, low: 0, high: 0 };
    const mineNear = mine.near + doubtCountsAs;
    const otherNear = other.near + doubtCountsAs;
    let variance =
      mine.kindGapVariance +
      other.kindGapVariance +
      mine.spread ** 2 / mineNear +
      other.spread ** 2 / otherNear;
    if (mine.at >= 0 && other.at >= 0) {
      const cell = mine.at * heads.models.length + other.at;
      const alike = (luck[cell] ?? 0) / 127;
      // what befell both on the same request is common to them only as far as they were asked the same
      const sameRows = (shared[cell] ?? 0) * Math.sqrt(mine.near * other.near);
      variance -= (2 * alike * mine.spread * other.spread * sameRows) / (mineNear * otherNear);
    }
    const half = z95 * Math.sqrt(Math.max(0, variance) + misfit);
    return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) };
  };

  const successOf = ({ chance, near, chanceVariance, spread }: Opinion): Bounded & { evidence: number } => {
    const variance = spread ** 2 / (near + doubtCountsAs) + chanceVariance;
    const evidence = near / (1 + (near * chanceVariance) / spread ** 2);
    return { ...bounded(chance, variance + misfit), evidence };
  };

  return {
    policy: `${file.name}@${file.hash.slice(0, 8)}`,
    embedding: heads.embedding && {
      model: heads.embedding.model,
      dimensions: heads.embedding.dimensions,
    },
    predict: (subject, models, reference) => {
      const seen = views(subject);
      const other = opinionOf(knownOf(reference), seen);
      return models.map((model): Prediction => {
        const details = knownOf(model);
        const mine = model === reference ? other : opinionOf(details, seen);
        const { evidence, value, low, high } = successOf(mine);
        return {
          model: model.id,
          success: { value, low, high },
          gap: model.id === reference.id ? noGap : gapOf(mine, other),
          evidence,
          outputTokens: tokensOf(details.learnt, seen.answers),
        };
      });
    },
  };
};

interface Known {
  /** Its place among those of the policy; -1 for a model it has never heard of. */
  readonly at: number;
  readonly learnt: LearntModel | undefined;
  readonly prior: TierPrior;
  readonly tierHead: number;
}

interface Opinion {
  readonly at: number;
  readonly chance: number;
  /** Outcomes that speak to requests like this one. */
  readonly near: number;
  readonly spread: number;
  readonly chanceVariance: number;
  readonly kindGapVariance: number;
}

const z95 = 1.959963984540054;
const noGap: Bounded = { value: 0, low: 0, high: 0 };

/** Where next to nothing is known, bounds end at what a coin could do. */
const doubtCountsAs = 0.5;

/** After so many rows of a kind at most half of the doubt about it is gone, ... */
const mostKindCountsAs = 10;

/** ... after fewer where kinds differ by more than luck does: one sees sooner what such a kind is like. */
const kindVariance = (kindSpread: number, spread: number, { identityRows }: Placed): number => {
  const variance = kindSpread ** 2;
  const countsAs = Math.min(mostKindCountsAs, spread ** 2 / Math.max(1e-9, variance));
  return (variance * countsAs) / (countsAs + identityRows);
};
/** What success differs by between kinds of requests, where nobody could measure it. */
const newKind = 0.2;
const usualStrangeness = 2;

/** Wilson's bounds for as many tries as would leave this variance. */
const bounded = (chance: number, variance: number): Bounded => {
  const tries = Math.max(1e-6, (chance * (1 - chance) + 0.01) / variance);
  const square = (z95 * z95) / tries;
  const middle = (chance + square / 2) / (1 + square);
  const half = (z95 / (1 + square)) * Math.sqrt((chance * (1 - chance)) / tries + square / (4 * tries));
  return {
    value: chance,
    low: Math.min(chance, Math.max(0, middle - half)),
    high: Math.max(chance, Math.min(1, middle + half)),
  };
};

const mostTokens = 1_000_000;

const tokensOf = (learnt: LearntModel | undefined, shift: number): Prediction['outputTokens'] => {
  if (!learnt?.answers) return undefined;
  const { base, p90, mean } = learnt.answers;
  const p50 = Math.min(mostTokens, Math.exp(base + shift));
  return { p50, p90: p50 * p90, mean: p50 * mean };
};

const unpackWeights = ({ weights, scales }: HeadsFile, columns: number, headCount: number): Float32Array => {
  const steps = unpackInt8(weights);
  const scale = unpackFloats(scales);
  if (steps.length !== columns * headCount || scale.length !== headCount)
    throw new RangeError(`${steps.length} weights for ${columns} columns of ${headCount} heads`);
  const unpacked = new Float32Array(steps.length);
  for (let at = 0; at < steps.length; at += 1) unpacked[at] = (steps[at] ?? 0) * (scale[at % headCount] ?? 0);
  return unpacked;
};
