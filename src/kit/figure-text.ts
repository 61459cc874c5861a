import type { Interval } from './statistics.ts';

/** Figures as tables print them. */
export const counted = (count: number): string => count.toLocaleString('en-US');

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const three = (value: number): string => value.toFixed(3);

/** With its sign, whichever it is. */
export const signed = (value: number, digits = 3): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** Of a thousand requests at this cost each: three digits that say something, whatever the size. */
export const dollarsOfThousand = (costUsd: number): string => {
  const thousand = 1000 * costUsd;
  return thousand >= 100 ? thousand.toFixed(0) : thousand >= 1 ? thousand.toFixed(2) : thousand.toFixed(3);
};

/** "78.1–80.4": for columns, so without the unit. */
export const rangeText = ({ low, high }: Interval, write: (value: number) => string): string =>
  `${write(low).replace(' %', '')}–${write(high).replace(' %', '')}`;

/** Of a difference: "above", "below", or that nobody could tell. */
export const verdictOf = ({ low, high }: Interval): string =>
  low > 0 ? 'above' : high < 0 ? 'below' : 'not distinguishable';
