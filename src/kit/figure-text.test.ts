import { describe, expect, it } from 'vitest';
import { dollarsOfThousand, percent, rangeText, signed, verdictOf } from './figure-text.ts';

describe('figures as tables print them', () => {
  it('have digits that say something, whatever their size', () => {
    expect([0.000004, 0.0012, 0.25].map(dollarsOfThousand)).toEqual(['0.004', '1.20', '250']);
  });

  it('show their sign where they are differences', () => {
    expect([signed(0.0125), signed(-0.0125), signed(3.14, 1)]).toEqual(['+0.013', '−0.013', '+3.1']);
  });

  it('have intervals without the unit, and a verdict that needs all of them on one side', () => {
    expect(rangeText({ low: 0.781, high: 0.804 }, percent)).toBe('78.1–80.4');
    expect([
      verdictOf({ low: 0.01, high: 0.2 }),
      verdictOf({ low: -0.2, high: -0.01 }),
      verdictOf({ low: -0.1, high: 0.1 }),
    ]).toEqual(['above', 'below', 'not distinguishable']);
  });
});
