import { z } from 'zod';

const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const byteUnits = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;

const durationPattern = /^(\d{1,9}(?:\.\d{1,6})?) ?(ms|s|m|h|d)$/;
const bytesPattern = /^(\d{1,9}(?:\.\d{1,6})?) ?(b|kb|mb|gb)$/i;

const noDuration = 'is not a duration: write "250ms", "30s", "10m", "2h", "7d" or a number of milliseconds';
const noSize = 'is not a size: write "512kb", "32mb", "1gb" or a number of bytes';

/** A length of time in a configuration: "30s", "10m", "250ms", "2h", "7d" or plain milliseconds. Comes out in milliseconds. */
export const durationMs = z
  .union(
    [z.number(noDuration).nonnegative(noDuration), z.string().regex(durationPattern, noDuration)],
    noDuration,
  )
  .transform((value) =>
    typeof value === 'number' ? value : readUnits(value, durationPattern, durationUnits),
  )
  .meta({ title: 'duration' });

/** A size in a configuration: "512kb", "32mb", "1gb" (of 1024 each) or plain bytes. Comes out in bytes. */
export const sizeBytes = z
  .union([z.int(noSize).nonnegative(noSize), z.string().regex(bytesPattern, noSize)], noSize)
  .transform((value) => (typeof value === 'number' ? value : readUnits(value, bytesPattern, byteUnits)))
  .meta({ title: 'size' });

const readUnits = (text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number => {
  const [, amount = '0', unit = ''] = pattern.exec(text) ?? [];
  return Math.round(Number(amount) * (units[unit.toLowerCase()] ?? 1));
};
