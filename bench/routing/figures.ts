import type { Estimate, Interval } from '../../src/kit/statistics.ts';
import type { TextColumn } from '../../src/kit/text-table.ts';

/** ".656 (.631 to .680)" and its like: every figure with its interval. */
export const withInterval = (
  estimate: Estimate | undefined,
  write: (value: number) => string = three,
): string =>
  estimate && Number.isFinite(estimate.value)
    ? `${write(estimate.value)} (${write(estimate.low)} to ${write(estimate.high)})`
    : '–';

export const three = (value: number): string => value.toFixed(3);
export const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const dollars = (usd: number): string => `$${usd.toFixed(2)}`;
export const counted = (count: number): string => count.toLocaleString('en-US');

/** "above", "below", or that nobody could tell. */
export const verdictOf = ({ low, high }: Interval): string =>
  low > 0 ? 'above' : high < 0 ? 'below' : 'not distinguishable';

export const left = (title: string): TextColumn => ({ title });
export const right = (title: string): TextColumn => ({ title, align: 'right' });
