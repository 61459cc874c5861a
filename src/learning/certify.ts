import type { Tier } from '../core/model.ts';
import { tiers } from '../core/model.ts';
import type { Predictor } from '../core/prediction.ts';
import { type Interval, wilson } from '../kit/statistics.ts';
import { hashOf } from '../simulator/chance.ts';
import { upperBound } from './certify-binomial.ts';
import { recordedModel } from './evaluate-models.ts';
import type { TrainingRow } from './trainer.ts';

export interface CertifyOptions {
  readonly weak: string;
  readonly strong: string;
  readonly tierOf?: ((model: string) => Tier | undefined) | undefined;
  /** Share of all traffic that may be answered worse; .05 unless told. */
  readonly mayBeWorse?: number | undefined;
  readonly confidence?: number | undefined;
  readonly seed?: number | undefined;
}

/** How much may be routed down, and what that promises. */
export interface Certificate {
  /** Requests whose predicted loss is at most this go to the weak model; undefined: none may. */
  readonly mostLoss: number | undefined;
  /** Of all traffic, routed down. */
  readonly share: number;
  /** Of all traffic, answered worse than the strong model would have: seen, and its bound. */
  readonly worse: { readonly value: number; readonly atMost: number };
  /** The share that the same promise lets a coin route down. */
  readonly randomShare: number;
  /** One row a group: rows of one group are no news to each other. */
  readonly rows: number;
  readonly mayBeWorse: number;
  readonly confidence: number;
}

/** Losses are looked at in steps that were fixed before any row was seen. */
const steps = 400;

/**
 * A marginal certificate: of all requests, routed or not, at most this share is answered worse, with this
 * confidence. The limit on the predicted loss is raised step by step as long as the exact binomial bound
 * on what was answered worse holds; what is answered worse can only grow with the limit, so the first
 * failure ends it and no step needs a correction. Rows must be held out: neither learnt from nor tuned on.
 */
export const certify = (
  rows: readonly TrainingRow[],
  predictor: Predictor,
  options: CertifyOptions,
): Certificate => {
  const { mayBeWorse = 0.05, confidence = 0.95, seed = 1 } = options;
  const judged = onePerGroup(judgedRows(rows, predictor, options), seed);
  const count = judged.length;
  const none = { mostLoss: undefined, share: 0, worse: { value: 0, atMost: 0 } };
  const isWorse = judged.filter((row) => row.isWorse).length;
  const base = {
    randomShare: count === 0 ? 0 : Math.min(1, mayBeWorse / upperBound(isWorse, count, confidence)),
    rows: count,
    mayBeWorse,
    confidence,
  };
  const byLoss = judged.toSorted((left, right) => left.loss - right.loss);
  let best: Pick<Certificate, 'mostLoss' | 'share' | 'worse'> = none;
  let down = 0;
  let worse = 0;
  for (let step = 0; step <= steps; step += 1) {
    const mostLoss = -1 + (2 * step) / steps;
    for (; down < count && (byLoss[down]?.loss ?? 0) <= mostLoss; down += 1)
      if (byLoss[down]?.isWorse) worse += 1;
    const atMost = upperBound(worse, count, confidence);
    if (atMost > mayBeWorse) break;
    if (down > 0) best = { mostLoss, share: down / count, worse: { value: worse / count, atMost } };
  }
  return { ...base, ...best };
};

/** What a certificate does on other rows: the shares routed down and answered worse, with Wilson's intervals. */
export const certificateOn = (
  rows: readonly TrainingRow[],
  predictor: Predictor,
  { mostLoss }: Certificate,
  options: CertifyOptions,
): {
  readonly rows: number;
  readonly share: number;
  readonly worse: number;
  readonly worseInterval: Interval;
} => {
  const judged = onePerGroup(judgedRows(rows, predictor, options), options.seed ?? 1);
  const down = judged.filter(({ loss }) => mostLoss !== undefined && loss <= mostLoss);
  const worse = down.filter(({ isWorse }) => isWorse).length;
  return {
    rows: judged.length,
    share: down.length / judged.length,
    worse: worse / judged.length,
    worseInterval: wilson(worse, judged.length),
  };
};

interface Judged {
  readonly id: string;
  readonly group: string;
  /** Predicted, of going to the weak model. */
  readonly loss: number;
  readonly isWorse: boolean;
}

const judgedRows = (
  rows: readonly TrainingRow[],
  predictor: Predictor,
  { weak, strong, tierOf }: CertifyOptions,
): readonly Judged[] => {
  const weakModel = recordedModel(weak, tierOf?.(weak) ?? tiers[0]);
  const strongModel = recordedModel(strong, tierOf?.(strong) ?? tiers[2]);
  return rows.flatMap(({ id, group, subject, outcomes }) => {
    const [low, high] = [outcomes[weak], outcomes[strong]];
    if (!low || !high) return [];
    const [ofWeak, ofStrong] = predictor.predict(subject, [weakModel, strongModel], strongModel);
    return {
      id,
      group,
      loss: (ofStrong?.success.value ?? 1) - (ofWeak?.success.value ?? 0),
      isWorse: low.score < high.score,
    };
  });
};

const onePerGroup = (judged: readonly Judged[], seed: number): readonly Judged[] =>
  [...Map.groupBy(judged, ({ group }) => group).values()].map((members) =>
    members.reduce((first, other) => (lot(other, seed) < lot(first, seed) ? other : first)),
  );

const lot = ({ id }: Judged, seed: number): number => hashOf('certify', seed, id);
