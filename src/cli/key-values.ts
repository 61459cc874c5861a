import { z } from 'zod';

/** Repeated `k=v` options as one record. */
export const keyValues = z
  .array(z.string().regex(/^[^=]+=/, 'is written name=value'))
  .default([])
  .transform((pairs) =>
    Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
    ),
  );
