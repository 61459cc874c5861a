import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { GatewayError } from '../core/errors.ts';
import { Overload } from './overload.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A process whose timers run as late as it is told. */
const setting = (maxConcurrent = 100) => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let nowMs = 0;
  const world = { now: () => nowMs, monotonicMs: () => nowMs, random: () => 0.5 };
  const overload = new Overload(world, () => ({ maxConcurrent, longestLagMs: 50 }));
  onTestFinished(() => overload.close());
  const tick = (lateMs: number, times = 1): void => {
    for (let at = 0; at < times; at += 1) {
      nowMs += 20 + lateMs;
      vi.advanceTimersByTime(20);
    }
  };
  const refusal = (underWay = 1): GatewayError | undefined => {
    try {
      overload.refuse(underWay);
      return undefined;
    } catch (error) {
      return error as GatewayError;
    }
  };
  return { tick, refusal };
};

describe('an overloaded process', () => {
  it('takes what it can and refuses one more, with a moment to come back', () => {
    const { refusal } = setting(100);

    expect(refusal(100)).toBeUndefined();
    expect(refusal(101)).toMatchObject({
      code: 'overloaded',
      status: 503,
      canRetry: true,
      retryAfterMs: 1500,
    });
  });

  it('refuses what it would be late for, and takes it again soon after', () => {
    const { tick, refusal } = setting();

    tick(60, 2);
    expect(refusal()).toBeUndefined();
    tick(60, 8);
    expect(refusal()?.code).toBe('overloaded');
    tick(0, 2);
    expect(refusal()).toBeUndefined();
  });

  it('minds neither a single pause nor being a little late', () => {
    const { tick, refusal } = setting();

    tick(500);
    tick(0);
    tick(500);
    expect(refusal()).toBeUndefined();
    tick(40, 100);
    expect(refusal()).toBeUndefined();
  });
});
