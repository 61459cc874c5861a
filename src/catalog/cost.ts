import type { Model, PriceBand, Prices } from '../core/model.ts';
import { type NanoUsd, roundToNano } from '../core/money.ts';
import { promptTokens, type Usage } from '../core/usage.ts';

/**
 * What some tokens cost: exact in pico-dollars, rounded once to nano-dollars, half to even. The whole
 * request is billed in the band its prompt falls in, every class of tokens at its own price.
 *
 * Asked with another model's prices it says what the same tokens would have cost there with the cache
 * as warm: what was read is read there, what was written is written there.
 */
export const costOf = (usage: Usage, prices: Prices, serviceTier?: string): NanoUsd =>
  roundToNano(picoCost(usage, bandOf(promptTokens(usage), bandsOf(prices, serviceTier))));

/** Whether it is known what an answer costs that was served so: these tiers have prices of their own. */
export const isPriced = ({ serviceTiers = {} }: Prices, serviceTier: string | undefined): boolean =>
  serviceTier === undefined || !pricedApart.has(serviceTier) || Object.hasOwn(serviceTiers, serviceTier);

const pricedApart: ReadonlySet<string> = new Set([
  ...['flex', 'priority', 'scale', 'fast', 'ultrafast', 'batch'],
]);

const bandsOf = ({ bands, serviceTiers }: Prices, serviceTier: string | undefined): readonly PriceBand[] =>
  serviceTiers !== undefined && serviceTier !== undefined && Object.hasOwn(serviceTiers, serviceTier)
    ? (serviceTiers[serviceTier] ?? bands)
    : bands;

const picoCost = (usage: Usage, band: PriceBand): bigint => {
  const answer = usage.reasoningTokens > 0 ? (band.reasonedOutput ?? band.output) : band.output;
  let pico =
    BigInt(usage.inputTokens) * band.input + BigInt(usage.outputTokens + usage.reasoningTokens) * answer;
  // most requests touch no cache: five multiplications less
  if (usage.cacheReadTokens > 0) pico += BigInt(usage.cacheReadTokens) * band.cacheRead;
  if (usage.cacheWrite5mTokens > 0) pico += BigInt(usage.cacheWrite5mTokens) * band.cacheWrite5m;
  if (usage.cacheWrite30mTokens > 0) pico += BigInt(usage.cacheWrite30mTokens) * band.cacheWrite30m;
  if (usage.cacheWrite1hTokens > 0) pico += BigInt(usage.cacheWrite1hTokens) * band.cacheWrite1h;
  if (usage.cacheWrite12hTokens > 0) pico += BigInt(usage.cacheWrite12hTokens) * band.cacheWrite12h;
  return pico;
};

const bandOf = (prompt: number, bands: readonly PriceBand[]): PriceBand => {
  let found = bands[0];
  for (const band of bands) if (prompt > band.abovePromptTokens) found = band;
  if (!found) throw new RangeError('a model without a price band');
  return found;
};

/** Input and output prices in one figure, 3 parts input to 1 part output, in USD per million tokens. */
export const blendedPrice = ({ prices }: Pick<Model, 'prices'>): number => {
  const [band] = prices.bands;
  return band ? Number(3n * band.input + band.output) / 4e6 : 0;
};
