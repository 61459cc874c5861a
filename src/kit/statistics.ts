/** Plain statistics. Everything random is handed its chance, so that figures can be had again. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Estimate extends Interval {
  readonly value: number;
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] ?? 0;
  return values.length === 0 ? Number.NaN : sum / values.length;
};

/** The value below which this share of the values lies, linear between two; NaN of none. */
export const quantile = (values: readonly number[] | Float64Array, share: number): number => {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
};

/** Of the normal distribution, for two sides and 95 %. */
export const z95 = 1.959963984540054;

/** How many standard deviations up this share of the normal distribution reaches; to some six digits. */
export const normalQuantile = (share: number): number => {
  let [low, high] = [-9, 9];
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** By the rational approximation of the error function in Abramowitz and Stegun, 7.1.26. */
const normalShare = (deviations: number): number => {
  const at = Math.abs(deviations) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * at);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const error = 1 - series * Math.exp(-at * at);
  return deviations < 0 ? (1 - error) / 2 : (1 + error) / 2;
};

/** Where the true proportion lies, with 95 % confidence (Wilson's score). All of [0, 1] where nothing was tried. */
export const wilson = (successes: number, tries: number): Interval => {
  if (tries === 0) return { low: 0, high: 1 };
  const share = successes / tries;
  const spread = (z95 * z95) / tries;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (z95 / (1 + spread)) * Math.sqrt((share * (1 - share)) / tries + spread / (4 * tries));
  return {
    low: successes === 0 ? 0 : Math.max(0, middle - half),
    high: successes === tries ? 1 : Math.min(1, middle + half),
  };
};

export interface BootstrapParts {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly resamples: number;
}

/**
 * Percentile bootstrap, 95 %: rows are drawn with replacement and every statistic is read from the same
 * draw, so that differences between columns are paired. `statistic` gets the means of the columns.
 */
export const pairedBootstrap = <Name extends string>(
  columns: readonly Float64Array[],
  statistic: (means: Float64Array) => Readonly<Record<Name, number>>,
  { random, resamples }: BootstrapParts,
): Readonly<Record<Name, Estimate>> => {
  const count = columns[0]?.length ?? 0;
  const whole = statistic(Float64Array.from(columns, mean));
  const names = Object.keys(whole) as Name[];
  const drawn = Object.fromEntries(names.map((name) => [name, new Float64Array(resamples)])) as Record<
    Name,
    Float64Array
  >;
  const means = new Float64Array(columns.length);
  for (let resample = 0; resample < resamples; resample += 1) {
    means.fill(0);
    for (let draw = 0; draw < count; draw += 1) {
      const row = Math.floor(random() * count);
      for (let column = 0; column < columns.length; column += 1)
        means[column] = (means[column] ?? 0) + (columns[column]?.[row] ?? 0);
    }
    for (let column = 0; column < columns.length; column += 1) means[column] = (means[column] ?? 0) / count;
    const values = statistic(means);
    for (const name of names) drawn[name][resample] = values[name];
  }
  return Object.fromEntries(
    names.map((name) => [
      name,
      { value: whole[name], low: quantile(drawn[name], 0.025), high: quantile(drawn[name], 0.975) },
    ]),
  ) as Record<Name, Estimate>;
};
