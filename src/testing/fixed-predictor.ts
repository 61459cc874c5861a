import type { ModelId } from '../core/model.ts';
import type { Bounded, Prediction, PredictionSubject, Predictor } from '../core/prediction.ts';

/** What a fixed predictor says of a model. */
export interface FixedOpinion {
  readonly success: number;
  /** Half the width of the bounds of success. Default: 0.03. */
  readonly spread?: number;
  /** Half the width of the bounds of the gap. Default: that of success. */
  readonly gapSpread?: number;
  /** Default: 100. */
  readonly evidence?: number;
  readonly outputTokens?: number;
}

export type Opinions = Readonly<Record<string, FixedOpinion>>;

/** A predictor that has made up its mind: always the same, or by the request. Of models it was not told of it knows nothing. */
export const fixedPredictor = (
  opinions: Opinions | ((subject: PredictionSubject) => Opinions),
  policy = 'fixed@00000000',
): Predictor => ({
  policy,
  predict: (subject, models, reference) => {
    const told = typeof opinions === 'function' ? opinions(subject) : opinions;
    const of = told[reference.id] ?? unheardOf;
    return models.map(({ id }) => predictionOf(id, told[id] ?? unheardOf, reference.id, of));
  },
});

const unheardOf: FixedOpinion = { success: 0.5, spread: 0.5, evidence: 0 };

const predictionOf = (
  model: ModelId,
  opinion: FixedOpinion,
  reference: ModelId,
  of: FixedOpinion,
): Prediction => {
  const { success, spread = 0.03, gapSpread = spread, evidence = 100, outputTokens } = opinion;
  return {
    model,
    success: bounded(success, spread, 0),
    gap: model === reference ? { value: 0, low: 0, high: 0 } : bounded(success - of.success, gapSpread, -1),
    evidence,
    outputTokens:
      outputTokens === undefined
        ? undefined
        : { p50: outputTokens, p90: outputTokens * 2, mean: outputTokens },
  };
};

const bounded = (value: number, spread: number, least: number): Bounded => ({
  value,
  low: Math.max(value - spread, least),
  high: Math.min(value + spread, 1),
});
