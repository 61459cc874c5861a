import type { Weighed } from '../../core/decision.ts';
import type { Model } from '../../core/model.ts';
import type { NanoUsd } from '../../core/money.ts';
import type { Prediction } from '../../core/prediction.ts';

/** A model that may be asked, with what the policy says of it and what it would cost. */
export interface Option {
  readonly model: Model;
  readonly prediction: Prediction;
  readonly cost: NanoUsd;
  /** The same in nano-dollars as a number, for comparing. */
  readonly price: number;
}

export const weighedOf = ({ model, prediction, cost }: Option): Weighed => ({
  model: model.id,
  success: prediction.success,
  gap: prediction.gap,
  evidence: prediction.evidence,
  cost,
});

/** "a/b is predicted to succeed in 91 % (86-94; frontier 93 %) at $0.0004 of $0.0110". Plain ASCII: it goes into a header. */
export const predictedText = (option: Option, reference: Option): string => {
  const { value, low, high } = option.prediction.success;
  const beside =
    option.model.id === reference.model.id
      ? ''
      : `; frontier ${percent(reference.prediction.success.value)} %`;
  return `${option.model.id} is predicted to succeed in ${percent(value)} % (${percent(low)}-${percent(high)}${beside}) at ${usdShort(option.price)} of ${usdShort(reference.price)}`;
};

export const percent = (share: number): string => String(Math.round(share * 100));

const usdShort = (nano: number): string => {
  const usd = nano / 1e9;
  return `$${usd.toFixed(usd === 0 || usd >= 1 ? 2 : usd >= 0.0001 ? 4 : 7)}`;
};
