import type { Tier } from '../core/model.ts';
import { tiers } from '../core/model.ts';
import type { Predictor } from '../core/prediction.ts';
import { type Interval, wilson } from '../kit/statistics.ts';
import { chanceOf } from '../simulator/chance.ts';
import { chanceOfAtMost, upperBound } from './certify-binomial.ts';
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
  /** Which requests go to the weak model; undefined: none may. */
  readonly limit: LossLimit | undefined;
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

/** Of predicted losses: all up to `sure` go down, and of those up to `most` the share that a coin sends. */
export interface LossLimit {
  readonly sure: number;
  readonly most: number;
  readonly coin: number;
}

/** Losses are looked at in steps that were fixed before any row was seen; many rows of one loss in parts. */
const steps = 400;
const parts = 20;
const lossAt = (step: number): number => -1 + (2 * step) / steps;

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
  const { mayBeWorse = 0.05, confidence = 0.95 } = options;
  const judged = onePerGroup(judgedRows(rows, predictor, options));
  const count = judged.length;
  const none = { limit: undefined, share: 0, worse: { value: 0, atMost: 0 } };
  const isWorse = judged.filter((row) => row.isWorse).length;
  const base = {
    randomShare: count === 0 ? 0 : Math.min(1, mayBeWorse / upperBound(isWorse, count, confidence)),
    rows: count,
    mayBeWorse,
    confidence,
  };
  const byLoss = judged.toSorted((left, right) => left.loss - right.loss);
  let best: Pick<Certificate, 'limit' | 'share' | 'worse'> = none;
  let down = 0;
  let worse = 0;
  let place = 0;
  for (let step = 0; step <= steps; step += 1) {
    const start = place;
    while (place < count && (byLoss[place]?.loss ?? 0) <= lossAt(step)) place += 1;
    // those of the step by lot, the same lot whoever asks
    const ofStep = byLoss.slice(start, place).sort((left, right) => left.lot - right.lot);
    let taken = 0;
    for (let part = 1; part <= parts; part += 1) {
      for (; taken < ofStep.length && (ofStep[taken]?.lot ?? 1) < part / parts; taken += 1) {
        down += 1;
        if (ofStep[taken]?.isWorse) worse += 1;
      }
      if (chanceOfAtMost(worse, count, mayBeWorse) > 1 - confidence) return { ...base, ...best };
      if (down > 0)
        best = {
          limit: { sure: lossAt(step - 1), most: lossAt(step), coin: part / parts },
          share: down / count,
          worse: { value: worse / count, atMost: upperBound(worse, count, confidence) },
        };
    }
  }
  return { ...base, ...best };
};

/** What a certificate does on other rows: the shares routed down and answered worse, with Wilson's intervals. */
export const certificateOn = (
  rows: readonly TrainingRow[],
  predictor: Predictor,
  { limit }: Certificate,
  options: CertifyOptions,
): {
  readonly rows: number;
  readonly share: number;
  readonly worse: number;
  readonly worseInterval: Interval;
} => {
  const judged = onePerGroup(judgedRows(rows, predictor, options));
  const down = judged.filter(
    ({ loss, lot }) => limit && (loss <= limit.sure || (loss <= limit.most && lot < limit.coin)),
  );
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
  /** In [0, 1), of the row's own. */
  readonly lot: number;
}

const judgedRows = (
  rows: readonly TrainingRow[],
  predictor: Predictor,
  { weak, strong, tierOf, seed = 1 }: CertifyOptions,
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
      lot: chanceOf('certify', seed, id),
    };
  });
};

const onePerGroup = (judged: readonly Judged[]): readonly Judged[] =>
  [...Map.groupBy(judged, ({ group }) => group).values()].map((members) =>
    members.reduce((first, other) => (other.lot < first.lot ? other : first)),
  );
