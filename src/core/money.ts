/**
 * Money is kept in whole nano-dollars (10⁻⁹ USD) as a bigint: sums are exact at any size.
 * Prices are kept in pico-dollars per token (10⁻¹² USD): $1 per million tokens is 1,000,000.
 */
export type NanoUsd = bigint & { readonly money: 'nano-usd' };
export type PicoUsdPerToken = bigint & { readonly money: 'pico-usd-per-token' };

export const noMoney = 0n as NanoUsd;

export const addMoney = (...amounts: readonly NanoUsd[]): NanoUsd =>
  amounts.reduce((sum, amount) => sum + amount, 0n) as NanoUsd;

/** Rounds pico-dollars to nano-dollars, half to even, once. */
export const roundToNano = (picoUsd: bigint): NanoUsd => {
  const sign = picoUsd < 0n ? -1n : 1n;
  const size = picoUsd * sign;
  const whole = size / 1000n;
  const rest = size % 1000n;
  const up = rest > 500n || (rest === 500n && whole % 2n === 1n);
  return (sign * (whole + (up ? 1n : 0n))) as NanoUsd;
};

/**
 * Reads a decimal price in USD per million tokens, exactly, into pico-dollars per token.
 * Throws a RangeError where the price is negative, not finite or finer than 10⁻⁶ USD per million.
 */
export const pricePerMillion = (usd: number | string): PicoUsdPerToken => {
  const match = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/.exec(String(usd));
  if (!match) throw new RangeError(`"${usd}" is not a price in USD per million tokens`);
  const [, whole = '0', fraction = '', exponent = '0'] = match;
  const scale = 6 + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  if (scale >= 0) return (digits * 10n ** BigInt(scale)) as PicoUsdPerToken;
  const divisor = 10n ** BigInt(-scale);
  if (digits % divisor !== 0n) throw new RangeError(`"${usd}" is finer than a millionth of a dollar`);
  return (digits / divisor) as PicoUsdPerToken;
};

export const toUsd = (amount: NanoUsd): number => Number(amount) / 1e9;

/** Exact decimal text of an amount: "0.000123456", "-1.5", "0". */
export const usdText = (amount: NanoUsd): string => {
  const sign = amount < 0n ? '-' : '';
  const size = amount < 0n ? -amount : amount;
  const digits = size.toString().padStart(10, '0');
  const point = digits.length - 9;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 0x30) end -= 1;
  const whole = sign + digits.slice(0, point);
  return end === point ? whole : `${whole}.${digits.slice(point, end)}`;
};
