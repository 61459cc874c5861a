import type { World } from '../kit/world.ts';

/** A world in which time passes when a test says so. */
export const fixedWorld = (): World & { pass(ms: number): void } => {
  let now = Date.UTC(2026, 10, 23);
  return {
    now: () => now,
    monotonicMs: () => now,
    random: () => 0.5,
    pass: (ms) => {
      now += ms;
    },
  };
};
