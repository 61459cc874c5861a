import { describe, expect, it } from 'vitest';
import { durationMs, sizeBytes } from './config-units.ts';

describe('units in the configuration', () => {
  it.each([
    ['30s', 30_000],
    ['10m', 600_000],
    ['250ms', 250],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
    ['2 s', 2_000],
    [1500, 1500],
  ])('reads %s as a duration', (written, ms) => {
    expect(durationMs.parse(written)).toBe(ms);
  });

  it.each([
    ['32mb', 33_554_432],
    ['512KB', 524_288],
    ['1gb', 1_073_741_824],
    [100, 100],
  ])('reads %s as a size', (written, bytes) => {
    expect(sizeBytes.parse(written)).toBe(bytes);
  });

  it.each(['', 's', '10', '-1s', '10 minutes', '1e9s', true, -5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %s as a duration, saying what one looks like',
    (written) => {
      expect(durationMs.safeParse(written).error?.issues[0]?.message).toContain('is not a duration');
    },
  );

  it.each(['32', '32 megabytes', '1tb', 1.5])('refuses %s as a size', (written) => {
    expect(sizeBytes.safeParse(written).success).toBe(false);
  });
});
