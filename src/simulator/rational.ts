/**
 * Exact fractions, for the simulator's own book. Deliberately not the gateway's way of counting money
 * (whole pico-dollars): two hands that agree have both counted right.
 */
export interface Rational {
  readonly numerator: bigint;
  /** Always above 0. */
  readonly denominator: bigint;
}

export const zero: Rational = { numerator: 0n, denominator: 1n };

/** Reads a plain decimal ("0.25", "15"). Throws a RangeError on anything else. */
export const readDecimal = (text: string): Rational => {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new RangeError(`"${text}" is not a decimal number`);
  const [, whole = '', fraction = ''] = match;
  return reduce(BigInt(whole + fraction), 10n ** BigInt(fraction.length));
};

export const plus = (left: Rational, right: Rational): Rational =>
  left.denominator === right.denominator
    ? reduce(left.numerator + right.numerator, left.denominator)
    : reduce(
        left.numerator * right.denominator + right.numerator * left.denominator,
        left.denominator * right.denominator,
      );

export const times = (left: Rational, numerator: bigint, denominator = 1n): Rational =>
  reduce(left.numerator * numerator, left.denominator * denominator);

/** Whole billionths, rounded half to even. */
export const toNano = ({ numerator, denominator }: Rational): bigint => {
  const scaled = numerator * 1_000_000_000n;
  const whole = scaled / denominator;
  const twice = (scaled % denominator) * 2n;
  if (twice < denominator) return whole;
  if (twice > denominator) return whole + 1n;
  return whole + (whole & 1n);
};

/** "numerator/denominator", in lowest terms. */
export const fractionText = ({ numerator, denominator }: Rational): string => `${numerator}/${denominator}`;

const reduce = (numerator: bigint, denominator: bigint): Rational => {
  let divisor = denominator;
  let rest = numerator;
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return { numerator: numerator / divisor, denominator: denominator / divisor };
};
