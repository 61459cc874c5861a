import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

describe('a pace', () => {
  it('knows nothing before the first decision', () => {
    const { share, usualReference, decisions } = new Pace();

    expect({ share, usualReference, decisions }).toEqual({
      share: undefined,
      usualReference: undefined,
      decisions: 0,
    });
  });

  it('knows the share that choices cost of late, and what a usual request costs at the reference', () => {
    const pace = new Pace();
    for (let round = 0; round < 50; round += 1) pace.aim(round % 2 ? 2 : 4, 10, 0.3);

    expect(pace.share).toBeCloseTo(0.3, 2);
    expect(pace.usualReference).toBeCloseTo(10);
  });

  it('follows a change within some thousand decisions', () => {
    const pace = new Pace();
    for (let round = 0; round < 10_000; round += 1) pace.aim(10, 10, 0.5);
    for (let round = 0; round < 6_000; round += 1) pace.aim(2, 10, 0.5);

    expect(pace.share).toBeLessThan(0.25);
  });

  it('makes money dearer while too much is spent, and cheaper while too little', () => {
    const [lavish, thrifty] = [new Pace(), new Pace()];
    const before = lavish.multiplier;
    for (let round = 0; round < 20; round += 1) {
      lavish.aim(10, 10, 0.5);
      thrifty.aim(1, 10, 0.5);
    }

    expect(lavish.multiplier).toBeGreaterThan(before);
    expect(thrifty.multiplier).toBeLessThan(before);
  });

  it('is not turned over by one huge request', () => {
    const pace = new Pace();
    for (let round = 0; round < 100; round += 1) pace.aim(5, 10, 0.5);
    const before = pace.multiplier;
    pace.aim(1e9, 1e9, 0.5);

    expect(pace.multiplier / before).toBeLessThan(1.3);
  });

  it('answers a huge request all the same, bit by bit', () => {
    const [lavish, thrifty] = [new Pace(), new Pace()];
    for (const [pace, cost] of [
      [lavish, 400],
      [thrifty, 5],
    ] as const) {
      for (let round = 0; round < 100; round += 1) pace.aim(5, 10, 0.5);
      pace.aim(cost, 10, 0.5);
      for (let round = 0; round < 100; round += 1) pace.aim(5, 10, 0.5);
    }

    expect(lavish.multiplier / thrifty.multiplier).toBeGreaterThan(4);
  });

  it('comes back soon from where it could not be kept', () => {
    const pace = new Pace();
    for (let round = 0; round < 100_000; round += 1) pace.aim(10, 10, 0.1);
    let rounds = 0;
    while (pace.multiplier > 0.2) {
      pace.aim(0, 10, 0.1);
      rounds += 1;
    }

    expect(rounds).toBeLessThan(5_000);
  });

  it('leaves a share of what is spent for exploring, less what exploring has cost', () => {
    const pace = new Pace();
    expect(pace.explorationLeft(0.01)).toBe(0);
    pace.note(1_000);
    expect(pace.explorationLeft(0.01)).toBeCloseTo(10);
    pace.noteExplored(4);
    pace.noteExplored(-100);

    expect(pace.explorationLeft(0.01)).toBeCloseTo(6);
  });
});
