import { describe, expect, it } from 'vitest';
import type { Attempt } from '../core/exchange.ts';
import type { ModelId } from '../core/model.ts';
import { noUsage } from '../core/usage.ts';
import { SpeedMeter } from './speed.ts';

const model = 'p/a' as ModelId;

const answered = (rest: Partial<Attempt> = {}) => ({
  attempts: [
    {
      model,
      outcome: 'ok',
      startedMs: 0,
      firstByteMs: 400,
      totalMs: 1_400,
      usage: { ...noUsage, outputTokens: 80, reasoningTokens: 20 },
      ...rest,
    } as Attempt,
  ],
});

const meterAt = () => {
  const clock = { now: 0 };
  return { clock, meter: new SpeedMeter({ halfLifeMs: 1_000, now: () => clock.now }) };
};

describe('a speed', () => {
  it('is the time to the first byte, and what a token takes after it', () => {
    const { meter } = meterAt();
    meter.note(answered());

    expect(meter.of(model)).toEqual({ samples: 1, firstByteMs: 400, msPerToken: 10 });
  });

  it('of a model that was asked after others does not hold what they took', () => {
    const { meter } = meterAt();
    meter.note(answered({ startedMs: 5_000, firstByteMs: 5_400 }));

    expect(meter.of(model)).toEqual({ samples: 1, firstByteMs: 400, msPerToken: 10 });
  });

  it('is unknown of a model that nobody has asked', () => {
    expect(meterAt().meter.of(model)).toBeUndefined();
  });

  it('is not told by answers that failed, were cut or never began', () => {
    const { meter } = meterAt();
    meter.note(answered({ outcome: 'failed' }));
    meter.note(answered({ outcome: 'cut' }));
    meter.note(answered({ firstByteMs: null }));

    expect(meter.of(model)).toBeUndefined();
  });

  it('follows a model that has become slow, the old counting half after each half-life', () => {
    const { meter, clock } = meterAt();
    meter.note(answered());
    clock.now = 1_000;
    meter.note(answered({ firstByteMs: 1_000, totalMs: 1_000 }));

    expect(meter.of(model)).toEqual({ samples: 1.5, firstByteMs: 800, msPerToken: 500 / 150 });
  });

  it('is forgotten slowly where nobody asks any more', () => {
    const { meter, clock } = meterAt();
    meter.note(answered());
    clock.now = 3_000;

    expect(meter.of(model)?.samples).toBeCloseTo(0.125);
    expect(meter.of(model)?.firstByteMs).toBeCloseTo(400);
  });

  it('of answers that come at once is their whole time', () => {
    const { meter } = meterAt();
    meter.note(answered({ firstByteMs: 1_400, usage: noUsage }));

    expect(meter.of(model)).toEqual({ samples: 1, firstByteMs: 1_400, msPerToken: 0 });
  });
});
