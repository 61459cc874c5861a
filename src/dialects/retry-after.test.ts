import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const dayMs = 24 * 60 * 60 * 1000;

describe('Retry-After', () => {
  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after-ms': '120' }, 120],
    [{ 'retry-after-ms': '250.7', 'retry-after': '1' }, 251],
    [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' }, 30_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' }, 0],
    [{ 'retry-after': '999999999' }, dayMs],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '1e9' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('%o is %s ms', (headers, ms) => {
    expect(readRetryAfter(headers)).toBe(ms);
  });

  it('without the date of its server is read by our own clock', () => {
    const ms = readRetryAfter({ 'retry-after': new Date(Date.now() + 60_000).toUTCString() });

    expect(ms).toBeGreaterThan(30_000);
    expect(ms).toBeLessThanOrEqual(60_000);
  });

  it('is never below nothing nor above a day, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (after, inMs) => {
        const ms = readRetryAfter({ 'retry-after': after, 'retry-after-ms': inMs }) ?? 0;

        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(dayMs);
      }),
    );
  });
});
