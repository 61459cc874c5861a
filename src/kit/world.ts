/** Time and chance, handed in so that tests and the simulator can hold them still. */
export interface World {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds on a clock that never jumps. */
  monotonicMs(): number;
  /** Uniform in [0, 1). */
  random(): number;
}

export const realWorld: World = {
  now: Date.now,
  monotonicMs: () => performance.now(),
  random: Math.random,
};
