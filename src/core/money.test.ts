import { describe, expect, it } from 'vitest';
import { pricePerMillion, roundToNano, usdText } from './money.ts';

describe('money', () => {
  it.each([
    ['0.125', 125_000n],
    ['30', 30_000_000n],
    ['1e-3', 1000n],
    ['0.000001', 1n],
  ])('reads a price of $%s a million exactly', (text, pico) => {
    expect(pricePerMillion(text)).toBe(pico);
  });

  it.each(['-1', 'NaN', '0.0000001', 'free', ''])('refuses "%s" as a price', (text) => {
    expect(() => pricePerMillion(text)).toThrow(RangeError);
  });

  it('rounds half to even', () => {
    expect([500n, 1500n, 2500n, 2501n, -500n, -1500n].map(roundToNano)).toEqual([0n, 2n, 2n, 3n, 0n, -2n]);
  });

  it('writes amounts exactly', () => {
    expect(usdText(roundToNano(123_456_000n))).toBe('0.000123456');
    expect(usdText(roundToNano(-1_500_000_000_000n))).toBe('-1.5');
    expect(usdText(roundToNano(0n))).toBe('0');
  });
});
