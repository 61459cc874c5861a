import type { Tier } from '../../core/model.ts';
import type { Predictor } from '../../core/prediction.ts';
import type { Interval } from '../../kit/statistics.ts';
import { wrappedText } from '../../kit/text-table.ts';
import { type Certificate, certificateOn, certify } from '../../learning/certify.ts';
import type { Evaluation } from '../../learning/evaluate.ts';
import { halvesOf } from '../../learning/folds.ts';
import type { TrainingRow } from '../../learning/trainer.ts';

/** A certificate made on one half of the rows, and what it does on the other. */
export interface HalvedCertificate extends Certificate {
  readonly onOthers: {
    readonly rows: number;
    readonly share: number;
    readonly worse: number;
    readonly worseInterval: Interval;
  };
}

/** Undefined where too few rows know both models for anything to be shown. */
export const certificateOf = (
  rows: readonly TrainingRow[],
  predictor: Predictor,
  { weak, strong }: Pick<Evaluation, 'weak' | 'strong'>,
  { tierOf, seed }: { readonly tierOf: (model: string) => Tier | undefined; readonly seed: number },
): HalvedCertificate | undefined => {
  const both = rows.filter(({ outcomes }) => outcomes[weak] && outcomes[strong]);
  if (both.length < fewest) return undefined;
  const [half, others] = halvesOf(both, { seed });
  const options = { weak, strong, tierOf, seed };
  const made = certify(half, predictor, options);
  return { ...made, onOthers: certificateOn(others, predictor, made, options) };
};

export const certificateText = (
  certificate: HalvedCertificate | undefined,
  { weak, strong }: Pick<Evaluation, 'weak' | 'strong'>,
): string => wrappedText(certificate === undefined ? tooFew : sentence(certificate, weak, strong)).join('\n');

/** Not one worse answer among fewer than these would show 5 % with 95 % confidence. */
const fewest = 2 * 60;

const tooFew = `Certificate: too few rows know both models; ${fewest} are wanted.`;

const sentence = (
  { mayBeWorse, confidence, share, randomShare, rows, onOthers }: HalvedCertificate,
  weak: string,
  strong: string,
): string => {
  const promise = `that at most ${percent(mayBeWorse)} of all requests are answered worse than by ${strong}, with ${percent(confidence)} confidence`;
  if (share === 0)
    return `Certificate, made on ${rows} requests: nothing may go to ${weak} with the promise ${promise}; a coin might send ${percent(randomShare)}.`;
  return `Certificate, made on ${rows} requests: ${percent(share)} of them may go to ${weak} with the promise ${promise} (a coin: ${percent(randomShare)}). On ${onOthers.rows} others it sent ${percent(onOthers.share)}, and ${percent(onOthers.worse)} were answered worse (95 %: ${percent(onOthers.worseInterval.low)} to ${percent(onOthers.worseInterval.high)}).`;
};

const percent = (share: number): string => `${(100 * share).toFixed(1).replace(/\.0$/, '')} %`;
