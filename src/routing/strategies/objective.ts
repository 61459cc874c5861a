import type { Bounded } from '../../core/prediction.ts';
import { normalQuantile, z95 } from '../../kit/statistics.ts';
import type { Pace } from '../pace.ts';
import type { Knobs } from './knobs.ts';
import { type Option, percent } from './option.ts';

/** What a team wants of its choices, made into an order. */
export interface Objective {
  /** Told to the pace with every choice: the share of the reference's cost that is aimed at. */
  readonly spendTarget: number | undefined;
  /** The reference has to be known too: it is what others are held to. */
  readonly needsReference: boolean;
  /** Sorts the best first, in place. */
  sort(options: Option[], reference: Option): void;
  /** Why the first is first. */
  why(best: Option, reference: Option): string;
}

const usualQuality = 0.95;

export const createObjective = (
  { quality = usualQuality, spend, tradeOff, confidence }: Knobs,
  pace: Pace,
): Objective => {
  if (spend !== undefined) return spending(spend, pace);
  return tradeOff === undefined ? contract(quality, confidence) : trading(tradeOff);
};

/** The cheapest of those that hold; where none does, the one that is nearest to it. */
const contract = (share: number, confidence: number): Objective => {
  // bounds are told for two sides and 95 %: nearer ones lie in the same proportion
  const reach = normalQuantile(confidence) / z95;
  const surely = ({ value, low }: Bounded): number => value - reach * (value - low);
  const sure = `with ${percent(confidence)} % confidence`;
  const holds = ({ prediction: { gap } }: Option, { prediction: of }: Option): boolean =>
    surely(gap) >= (share - 1) * of.success.value;
  return {
    spendTarget: undefined,
    needsReference: true,
    sort: (options, reference) => {
      options.sort((a, b) => {
        const holding = Number(holds(b, reference)) - Number(holds(a, reference));
        if (holding !== 0) return holding;
        return holds(a, reference)
          ? a.price - b.price || surely(b.prediction.gap) - surely(a.prediction.gap)
          : surely(b.prediction.gap) - surely(a.prediction.gap) || a.price - b.price;
      });
    },
    why: (best, reference) =>
      holds(best, reference)
        ? `the cheapest that holds ${percent(share)} % of the frontier's success, ${sure}`
        : `none that may serve holds ${percent(share)} % of the frontier's success, ${sure}: the nearest`,
  };
};

/** Success less what it costs; the price of money is set by how the budget was kept so far. */
const spending = (share: number, pace: Pace): Objective => ({
  spendTarget: share,
  needsReference: false,
  sort: (options, reference) => {
    const usual = pace.usualReference ?? reference.price;
    byWorth(options, ({ prediction, price }) =>
      usual > 0 ? prediction.success.value - (pace.multiplier * price) / usual : prediction.success.value,
    );
  },
  why: () =>
    `the best buy for ${percent(share)} % of always-frontier: ${pace.share === undefined ? 'nothing spent so far' : `${percent(pace.share)} % so far`}, a usual frontier answer must add ${pace.multiplier.toPrecision(2)} of success`,
});

const trading = (weight: number): Objective => ({
  spendTarget: undefined,
  needsReference: false,
  sort: (options, reference) => {
    byWorth(options, ({ prediction, price }) => {
      const cost = reference.price > 0 ? price / reference.price : 0;
      return (1 - weight) * prediction.success.value - weight * cost;
    });
  },
  why: () => `the best at a trade-off of ${weight} between quality and cost`,
});

/** The cheaper of equals first. */
const byWorth = (options: Option[], worth: (option: Option) => number): void => {
  options.sort((a, b) => worth(b) - worth(a) || a.price - b.price);
};
