import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SwitchNote, Weighed } from '../../core/decision.ts';
import { type Features, tasks } from '../../core/features.ts';
import type { ModelId } from '../../core/model.ts';
import type { NanoUsd } from '../../core/money.ts';
import { unread } from '../../features/unread.ts';
import { decisionLike } from '../records.cases.ts';
import { readDecision, writeDecision } from './decision-text.ts';

const money = (nano: bigint): NanoUsd => nano as NanoUsd;
const sure = { value: 0.9, low: 0.8, high: 0.95 };

const weighed: Weighed = {
  model: 'anthropic/claude-sonnet-5' as ModelId,
  success: sure,
  gap: { value: -0.01, low: -0.04, high: 0.02 },
  evidence: 41.5,
  cost: money(9_007_199_254_740_993n),
};

const switching: SwitchNote = {
  from: 'anthropic/claude-opus-5-5' as ModelId,
  to: 'anthropic/claude-sonnet-5' as ModelId,
  verdict: 'stayed',
  why: 'not worth it',
  expectedValue: money(-12_000_001n),
  turnsLeft: 7.5,
  savingPerTurn: money(3n),
  cacheLoss: money(22_000_000n),
  reasoningLoss: money(0n),
};

const anyFeatures: fc.Arbitrary<Features> = fc
  .record(
    {
      promptTokens: fc.nat(),
      maxOutputTokens: fc.option(fc.nat()),
      hasTools: fc.boolean(),
      codeShare: fc.double({ min: 0, max: 1, noNaN: true }),
      toolSet: fc.string({ unit: 'binary' }),
      task: fc.constantFrom(...tasks),
      taskConfidence: fc.double({ min: 0, max: 1, noNaN: true }),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({ ...unread, ...some }));

describe('a decision as text', () => {
  it('comes back with whatever features the request had', () => {
    fc.assert(
      fc.property(anyFeatures, (features) => {
        const decision = decisionLike({ features });

        expect(readDecision(writeDecision(decision))).toEqual(decision);
      }),
    );
  });

  it('keeps its money to the nano-dollar, wherever that stands', () => {
    const decision = decisionLike({
      features: unread,
      predictedCost: money(9_007_199_254_740_993n),
      weighed: [weighed, { ...weighed, cost: money(0n) }],
      switching,
    });

    expect(readDecision(writeDecision(decision))).toEqual(decision);
  });

  it('leaves out what nearly all requests have in common', () => {
    const text = writeDecision(decisionLike({ features: { ...unread, promptTokens: 12, task: 'coding' } }));

    expect(JSON.parse(text).features).toEqual({ promptTokens: 12, task: 'coding' });
  });

  it('keeps a feature that this version has not heard of', () => {
    const features = { ...unread, mood: 'cross' } as Features;

    expect(readDecision(writeDecision(decisionLike({ features }))).features).toEqual(features);
  });

  it('is read where all features were written, and none that came later', () => {
    const { promptTokens, task, ...others } = unread;
    const { constraints, mathShare, ...ofThatTime } = { ...others, promptTokens: 7, task: 'maths' as const };
    const text = JSON.stringify({ ...decisionLike(), features: ofThatTime, predictedCost: '5' });

    expect(readDecision(text)).toEqual(
      decisionLike({ features: { ...unread, promptTokens: 7, task: 'maths' }, predictedCost: money(5n) }),
    );
  });

  it('leans on values that stay: a record of today leaves them out for good', () => {
    expect(unread).toMatchObject({
      promptTokens: 0,
      askTokens: 0,
      maxOutputTokens: null,
      turns: 0,
      toolCount: 0,
      hasTools: false,
      isToolForced: false,
      isToolLoop: false,
      toolDepth: 0,
      images: 0,
      documents: 0,
      audios: 0,
      hasHostedTools: false,
      hasCode: false,
      codeShare: 0,
      script: 'none',
      structured: 'none',
      wantsReasoning: false,
      hasPrefill: false,
      hasFileIds: false,
      askCount: 0,
      constraints: 0,
      mathShare: 0,
      contextTokens: 0,
      toolSet: '',
      toolErrors: 0,
      repeats: 0,
      reasks: 0,
      answerTokens: 0,
      isCompacted: false,
      isSubagent: false,
      task: 'unsure',
      taskConfidence: 0,
    });
  });
});
