import { describe, expect, it } from 'vitest';
import { createRandom } from '../simulator/chance.ts';
import { binnedError, calibrationOf } from './metrics-calibration.ts';

const random = () => createRandom('calibration test', 1);

describe('calibration', () => {
  it('is the mean distance over bins of equal mass, and the Brier score beside it', () => {
    const predicted = Float64Array.from([0.1, 0.1, 0.9, 0.9]);
    const outcomes = Float64Array.from([0, 1, 1, 1]);

    const { ece, brier } = calibrationOf(predicted, outcomes, { random: random().next, bins: 2 });

    // the lower half is off by .4, the upper by .1
    expect(ece).toBeCloseTo(0.25, 12);
    expect(brier).toBeCloseTo((0.01 + 0.81 + 0.01 + 0.01) / 4, 12);
  });

  it('does not tell rows of one prediction apart', () => {
    const predicted = new Float64Array(10).fill(0.5);
    const outcomes = Float64Array.from([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);

    expect(calibrationOf(predicted, outcomes, { random: random().next }).ece).toBeCloseTo(0, 12);
  });

  it('scores a perfect predictor at its floor, and the floor sinks with the rows', () => {
    const chance = random();
    const of = (count: number) => {
      const predicted = Float64Array.from({ length: count }, chance.next);
      const outcomes = Float64Array.from(predicted, (share) => (chance.happens(share) ? 1 : 0));
      return calibrationOf(predicted, outcomes, { random: chance.next });
    };

    const few = of(200);
    const many = of(20_000);

    expect(many.floor).toBeLessThan(few.floor / 5);
    expect(few.ece).toBeLessThan(2 * few.floor);
    expect(many.ece).toBeLessThan(2 * many.floor);
  });

  it('has a lower floor for grades than for coins of the same mean', () => {
    const chance = random();
    const predicted = Float64Array.from({ length: 1000 }, chance.next);
    const graded = Float64Array.from(predicted, (share) => 0.5 + (share - 0.5) / 2 + 0.01 * chance.next());
    const tossed = Float64Array.from(predicted, (share) => (chance.happens(share) ? 1 : 0));

    const floor = (outcomes: Float64Array) =>
      calibrationOf(predicted, outcomes, { random: chance.next }).floor;

    expect(floor(graded)).toBeLessThan(floor(tossed) / 3);
  });

  it('reads the same error from rows that all count once', () => {
    const chance = random();
    const predicted = Float64Array.from({ length: 300 }, chance.next);
    const outcomes = Float64Array.from(predicted, () => (chance.happens(0.4) ? 1 : 0));

    const { ece } = calibrationOf(predicted, outcomes, { random: chance.next });

    expect(binnedError(predicted, outcomes)(new Float64Array(300).fill(1))).toBeCloseTo(ece, 12);
  });

  it('gives the same floor for the same seed', () => {
    const predicted = Float64Array.from({ length: 50 }, (_, at) => at / 50);
    const outcomes = Float64Array.from(predicted, (share) => Math.round(share));
    const floor = () => calibrationOf(predicted, outcomes, { random: random().next }).floor;

    expect(floor()).toBe(floor());
  });

  it('refuses to compare nothing', () => {
    expect(() => calibrationOf(new Float64Array(), new Float64Array(), { random: random().next })).toThrow(
      RangeError,
    );
  });
});
