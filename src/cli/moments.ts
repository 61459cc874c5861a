import { z } from 'zod';
import { type OptionSpec, option } from './commands/command.ts';

const agoPattern = /^(\d{1,6})(m|h|d|w)$/;
const agoUnits: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

const wrong = 'is no time: write 2026-11-23, 2026-11-23T14:00, or how long ago: 30m, 24h, 7d, 2w';

/** A point in time: a day (its start, UTC, as days are in reports), a date with a time (local), or how long ago. */
export const readMoment = (text: string, now: number): number | undefined => {
  const [, amount = '', unit = ''] = agoPattern.exec(text) ?? [];
  if (amount !== '') return now - Number(amount) * (agoUnits[unit] ?? 0);
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const at = Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(at) ? undefined : at;
};

const moment = z
  .string()
  .refine((text) => readMoment(text, 0) !== undefined, wrong)
  .optional();

export const spanOptions: {
  readonly from: OptionSpec<string | undefined>;
  readonly to: OptionSpec<string | undefined>;
} = {
  from: option(
    '--from <time>',
    'Since then: 2026-11-23 (UTC), 2026-11-23T14:00 (local), or 30m, 24h, 7d, 2w ago.',
    moment,
  ),
  to: option('--to <time>', 'Before then, written alike.', moment),
};

export const spanOf = (
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
  now: number,
): { readonly from?: number; readonly to?: number } => ({
  ...(from !== undefined && { from: readMoment(from, now) as number }),
  ...(to !== undefined && { to: readMoment(to, now) as number }),
});
