/** What rows of a task say of two models: the difference of their scores, row by row. */
export interface PairedDifference {
  readonly rows: number;
  readonly groups: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Standard error of the mean. */
  readonly error: number;
}

/** Normal quantiles: of 97.5 %, and of the 80 % chance to find what is there. */
const z975 = 1.959963984540054;
const z80 = 0.8416212335729143;

/**
 * Mean difference with its 95 % interval, groups kept together. Two rows that were never seen, one won and
 * one lost, are counted in (after Agresti and Min): else a few rows without any difference would look certain.
 */
export const pairedDifference = (
  differences: readonly number[],
  groups: readonly string[],
): PairedDifference => {
  const sums = new Map<string, { count: number; sum: number }>();
  for (const [at, difference] of differences.entries()) {
    const { count, sum } = sums.get(groups[at] ?? '') ?? { count: 0, sum: 0 };
    sums.set(groups[at] ?? '', { count: count + 1, sum: sum + difference });
  }
  const clusters = [...sums.values(), { count: 1, sum: 1 }, { count: 1, sum: -1 }];
  const count = differences.length + 2;
  const value = clusters.reduce((total, { sum }) => total + sum, 0) / count;
  const squares = clusters.reduce((total, cluster) => total + (cluster.sum - value * cluster.count) ** 2, 0);
  const error = Math.sqrt((squares * clusters.length) / (clusters.length - 1)) / count;
  return {
    rows: differences.length,
    groups: sums.size,
    value,
    low: value - z975 * error,
    high: value + z975 * error,
    error,
  };
};

/** The chance to see so much if the model really were worse by the margin; one side. */
export const chanceByLuck = ({ value, error }: PairedDifference, margin: number): number =>
  1 - normalBelow((value + margin) / error);

/**
 * Rows of the task that would show it with 80 % chance, if the difference is what was seen, when so many
 * claims are tested at once. Undefined where it lies so near the margin, or beyond, that more rows would not help.
 */
export const rowsToShow = (
  { value, error, rows }: PairedDifference,
  margin: number,
  claims: number,
): number | undefined => {
  const room = value + margin;
  if (room <= margin / 4) return undefined;
  const spread = error * Math.sqrt(rows + 2);
  return Math.ceil((((normalQuantile(1 - 0.025 / claims) + z80) * spread) / room) ** 2);
};

/** Holm: adjusted p-values in the order given, so that one false claim among all has at most its level. */
export const holm = (chances: readonly number[]): readonly number[] => {
  const order = chances
    .map((_, at) => at)
    .sort((left, right) => (chances[left] ?? 0) - (chances[right] ?? 0));
  const adjusted = [...chances];
  let highest = 0;
  for (const [place, at] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (chances.length - place) * (chances[at] ?? 1)));
    adjusted[at] = highest;
  }
  return adjusted;
};

/** Of the standard normal distribution; right to seven digits (after Abramowitz and Stegun, 26.2.17). */
const normalBelow = (z: number): number => {
  if (z < 0) return 1 - normalBelow(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const tail =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
};

const normalQuantile = (share: number): number => {
  let low = -10;
  let high = 10;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
