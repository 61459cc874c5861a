import type { PriceBand, Prices } from '../core/model.ts';
import { type PicoUsdPerToken, pricePerMillion } from '../core/money.ts';
import type { PriceRecord } from './data.ts';
import { writeMultiplesOf } from './facts/cache-writes.ts';
import { bareName } from './names.ts';

/**
 * The price table of a model, every class filled in. What a vendor gives no price for is billed as
 * plain input: cached reads without a price of their own, and writes to a cache. Nothing is free but
 * what has no input price either: some tables say 0 where they mean "not sold", and a written token is
 * at least read once.
 */
export const pricesOf = (name: string, records: readonly PriceRecord[], version: string): Prices => ({
  bands: records.map((record) => bandOf(record, bareName(name))),
  version,
});

const bandOf = (record: PriceRecord, bare: string): PriceBand => {
  const input = pricePerMillion(record.input);
  const multiples = writeMultiplesOf(bare);
  const times = (hundredths: number): PicoUsdPerToken =>
    ((BigInt(input) * BigInt(hundredths) + 99n) / 100n) as PicoUsdPerToken;
  const written = record.cacheWrite ? pricePerMillion(record.cacheWrite) : times(multiples?.shortest ?? 100);
  const shortest = dearer(written, input);
  const hour = multiples?.hour ? times(multiples.hour) : shortest;
  return {
    abovePromptTokens: record.above,
    input,
    output: pricePerMillion(record.output),
    ...(record.reasonedOutput !== undefined && { reasonedOutput: pricePerMillion(record.reasonedOutput) }),
    cacheRead: record.cacheRead ? pricePerMillion(record.cacheRead) : input,
    cacheWrite5m: shortest,
    cacheWrite30m: shortest,
    cacheWrite1h: hour,
    cacheWrite12h: multiples?.halfDay ? times(multiples.halfDay) : hour,
  };
};

const dearer = (a: PicoUsdPerToken, b: PicoUsdPerToken): PicoUsdPerToken => (a > b ? a : b);
