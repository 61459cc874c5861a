import { z } from 'zod';

/** From and to, both inclusive; at least one of them. */
export const range = z
  .strictObject({ min: z.number().min(0).optional(), max: z.number().min(0).optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'needs "min", "max" or both')
  .refine(
    ({ min = 0, max = Number.POSITIVE_INFINITY }) => min <= max,
    '"min" is above "max": nothing is between them',
  );

export type Range = z.output<typeof range>;

export const rangeTest = ({
  min = 0,
  max = Number.POSITIVE_INFINITY,
}: Range): ((value: number) => boolean) => {
  return (value) => min <= value && value <= max;
};
