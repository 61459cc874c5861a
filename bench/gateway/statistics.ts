import { quantile as quantileBetween } from '../../src/kit/statistics.ts';

/** The value below which a share of the values lies, by nearest rank; NaN of none. */
export const quantile = (values: readonly number[] | Float64Array, share: number): number => {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

/** Of an even count: the mean of the two in the middle. */
export const median = (values: readonly number[]): number => quantileBetween(values, 0.5);
