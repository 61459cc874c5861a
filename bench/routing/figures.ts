import { three } from '../../src/kit/figure-text.ts';
import type { Estimate } from '../../src/kit/statistics.ts';
import type { TextColumn } from '../../src/kit/text-table.ts';

/** ".656 (.631 to .680)" and its like: every figure with its interval. */
export const withInterval = (
  estimate: Estimate | undefined,
  write: (value: number) => string = three,
): string =>
  estimate && Number.isFinite(estimate.value)
    ? `${write(estimate.value)} (${write(estimate.low)} to ${write(estimate.high)})`
    : '–';

export { counted, percent, signed, three, verdictOf } from '../../src/kit/figure-text.ts';

export const dollars = (usd: number): string => `$${usd.toFixed(2)}`;

export const left = (title: string): TextColumn => ({ title });
export const right = (title: string): TextColumn => ({ title, align: 'right' });
