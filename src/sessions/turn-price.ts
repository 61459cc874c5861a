import type { PriceBand, Prices } from '../core/model.ts';
import type { WriteClass } from './cache-at.ts';

/** Tokens of one call, each in one class. Whole numbers. */
export interface TurnTokens {
  readonly read: number;
  readonly written: number;
  readonly plain: number;
  readonly output: number;
}

interface BandNumbers {
  readonly above: number;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite30m: number;
  readonly cacheWrite1h: number;
  readonly cacheWrite12h: number;
}

/**
 * What a call costs in nano-dollars, as the vendor bills it: exact in pico-dollars, rounded once, half to even.
 * With numbers, for a course is priced over a hundred calls: whole up to $9,000 a call.
 */
export const turnPrice = (
  prices: Prices,
  { read, written, plain, output }: TurnTokens,
  write: WriteClass,
): number => {
  const band = bandOf(numbersOf(prices), read + written + plain);
  const pico = read * band.cacheRead + written * band[write] + plain * band.input + output * band.output;
  const rest = pico % 1000;
  const whole = (pico - rest) / 1000;
  return rest > 500 || (rest === 500 && whole % 2 === 1) ? whole + 1 : whole;
};

const bandOf = (bands: readonly BandNumbers[], promptTokens: number): BandNumbers => {
  let found = bands[0];
  for (const band of bands) if (promptTokens > band.above) found = band;
  if (!found) throw new RangeError('a model without a price band');
  return found;
};

const numbersOf = ({ bands }: Prices): readonly BandNumbers[] => {
  let numbers = known.get(bands);
  if (!numbers) {
    numbers = bands.map((band) => ({
      above: band.abovePromptTokens,
      input: Number(band.input),
      output: Number(band.output),
      cacheRead: Number(band.cacheRead),
      cacheWrite5m: Number(band.cacheWrite5m),
      cacheWrite30m: Number(band.cacheWrite30m),
      cacheWrite1h: Number(band.cacheWrite1h),
      cacheWrite12h: Number(band.cacheWrite12h),
    }));
    known.set(bands, numbers);
  }
  return numbers;
};

const known = new WeakMap<readonly PriceBand[], readonly BandNumbers[]>();
