import type { Headers } from './dialect.ts';

/** Nobody means a longer pause; who says so is taken at its word for a day. */
const longestMs = 24 * 60 * 60 * 1000;
const number = /^\d{1,20}(?:\.\d{1,20})?$/;

/** How long an upstream asks to be left alone: milliseconds, seconds or a date (by its own clock, where it told it). */
export const readRetryAfter = ({
  'retry-after-ms': inMs,
  'retry-after': after,
  date,
}: Headers): number | undefined => {
  if (inMs !== undefined && number.test(inMs)) return bounded(Number(inMs));
  if (after === undefined) return undefined;
  if (number.test(after)) return bounded(Number(after) * 1000);
  // "-5" and "3 days" would be read as dates
  const until = /^[A-Za-z]{3,9},? /.test(after) ? Date.parse(after) : Number.NaN;
  if (Number.isNaN(until)) return undefined;
  const told = date === undefined ? Number.NaN : Date.parse(date);
  return bounded(Math.max(until - (Number.isNaN(told) ? Date.now() : told), 0));
};

const bounded = (ms: number): number => Math.min(Math.ceil(ms), longestMs);
