import { describe, expect, it } from 'vitest';
import type { Intent } from '../core/exchange.ts';
import { noUsage } from '../core/usage.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { sampleModel } from '../testing/sample-model.ts';
import type { Heard } from './heard.ts';
import { attemptOf } from './settle.ts';

describe('a call that its caller left', () => {
  const heard: Heard = {
    ...{ outcome: 'cancelled', status: 200, wasSent: true, usage: undefined, deliveredBytes: 30 },
    ...{ hasEnded: false, endReason: null, upstreamId: null, answerText: undefined, opaqueData: [] },
    ...{ firstByteMs: 1, lastByteMs: 2, silentMs: 0 },
  };
  const charged = (goesOnUnheard: boolean, mostAnswerTokens: number) => {
    const intent = {
      decision: { features: sampleFeatures({ promptTokens: 100 }) },
      reservedUsage: { ...noUsage, inputTokens: 1000, outputTokens: mostAnswerTokens },
    } as Intent;
    return attemptOf(heard, intent, sampleModel('m'), 0, 10, goesOnUnheard);
  };

  it('is charged for what may have been said until it was noticed', () => {
    const { usage, isEstimated } = charged(false, 20_000);

    expect(isEstimated).toBe(true);
    expect(usage.outputTokens).toBeGreaterThanOrEqual(10);
    expect(usage.outputTokens).toBeLessThan(1000);
  });

  it('is charged for a long answer where its vendor never notices, within what was reserved', () => {
    expect(charged(true, 20_000).usage.outputTokens).toBe(8192);
    expect(charged(true, 50).usage.outputTokens).toBe(50);
  });
});
