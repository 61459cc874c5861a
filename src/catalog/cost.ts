import type { Model, PriceBand, Prices } from '../core/model.ts';
import { type NanoUsd, roundToNano } from '../core/money.ts';
import { noUsage, promptTokens, type Usage } from '../core/usage.ts';

/**
 * What some tokens cost: exact in pico-dollars, rounded once to nano-dollars, half to even. The whole
 * request is billed in the band its prompt falls in.
 */
export const costOf = (usage: Usage, { bands }: Prices): NanoUsd =>
  roundToNano(picoCost(usage, bandOf(promptTokens(usage), bands)));

const picoCost = (usage: Usage, band: PriceBand): bigint => {
  let pico =
    BigInt(usage.inputTokens) * band.input + BigInt(usage.outputTokens + usage.reasoningTokens) * band.output;
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

export interface ReservationQuestion {
  readonly bodyBytes: number;
  readonly images: number;
  readonly maxOutputTokens: number | undefined;
}

/** Tokens of the dearest single picture any vendor charges, generously. */
const mostImageTokens = 20_000;

/**
 * An upper bound of what a call can cost: a token is at least one byte, so the body's bytes bound the
 * text; pictures are bounded apart (they may be behind an address); the answer by its limit or the
 * model's. Every input token is taken at the dearest class of the dearest band it could fall in.
 */
export const reservationOf = (
  model: Model,
  { bodyBytes, images, maxOutputTokens }: ReservationQuestion,
): { readonly usage: Usage; readonly cost: NanoUsd } => {
  const usage: Usage = {
    ...noUsage,
    inputTokens: Math.min(bodyBytes + images * mostImageTokens, Math.max(model.contextTokens, 1)),
    outputTokens: Math.min(maxOutputTokens ?? model.maxOutputTokens, model.maxOutputTokens),
  };
  let most = 0n;
  for (const band of model.prices.bands) {
    if (usage.inputTokens <= band.abovePromptTokens) continue;
    const pico = BigInt(usage.inputTokens) * dearestInput(band) + BigInt(usage.outputTokens) * band.output;
    if (pico > most) most = pico;
  }
  return { usage, cost: roundToNano(most) };
};

const dearestInput = (band: PriceBand): bigint => {
  let most: bigint = band.input;
  for (const price of [
    band.cacheRead,
    band.cacheWrite5m,
    band.cacheWrite30m,
    band.cacheWrite1h,
    band.cacheWrite12h,
  ])
    if (price > most) most = price;
  return most;
};

/** Input and output prices in one figure, 3 parts input to 1 part output, in USD per million tokens. */
export const blendedPrice = ({ prices }: Pick<Model, 'prices'>): number => {
  const [band] = prices.bands;
  return band ? Number(3n * band.input + band.output) / 4e6 : 0;
};
