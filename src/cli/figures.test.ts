import { describe, expect, it } from 'vitest';
import { countText, durationText, moneyText, priceText, shareText, tokensText } from './figures.ts';

describe('figures for people', () => {
  it.each([
    [0n, '$0'],
    [1n, '$0.000000001'],
    [21_250n, '$0.000021'],
    [42_100_000n, '$0.042'],
    [123_456_789n, '$0.123'],
    [999_600_000n, '$1'],
    [1_000_000_000n, '$1.00'],
    [1_995_000_000n, '$2.00'],
    [1_234_567_890_000n, '$1,234.57'],
    [-120_000_000n, '-$0.12'],
  ])('writes %s nano-dollars as %s', (amount, text) => {
    expect(moneyText(amount)).toBe(text);
  });

  it('writes prices, durations, counts and shares', () => {
    expect([0, 0.05, 0.075, 0.4, 3, 1250].map(priceText)).toEqual([
      '$0',
      '$0.05',
      '$0.075',
      '$0.40',
      '$3.00',
      '$1,250.00',
    ]);
    expect([0.42, 7, 812.4, 999.7, 12_345, 125_000, 3_720_000].map(durationText)).toEqual([
      '0.4 ms',
      '7 ms',
      '812 ms',
      '1.00 s',
      '12.3 s',
      '2 min 05 s',
      '1 h 02 min',
    ]);
    expect([0, 950, 9999, 12_345, 999_999, 4_600_000n].map(countText)).toEqual([
      '0',
      '950',
      '9,999',
      '12.3k',
      '1.0M',
      '4.6M',
    ]);
    expect([512, 32_768, 200_000, 1_048_576].map(tokensText)).toEqual(['512', '33K', '200K', '1M']);
    expect([shareText(1, 3), shareText(-5n, 100n), shareText(4, 1000), shareText(1, 0)]).toEqual([
      '33 %',
      '-5 %',
      '0.4 %',
      '–',
    ]);
  });
});
