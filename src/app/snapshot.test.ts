import { describe, expect, it } from 'vitest';
import { localCaller } from '../core/caller.ts';
import type { Decision } from '../core/decision.ts';
import type { ExchangeId } from '../core/exchange.ts';
import type { Predictor } from '../core/prediction.ts';
import { timeSortedId } from '../kit/ids.ts';
import { Pace } from '../routing/pace.ts';
import { readReceived } from '../server/received.ts';
import { fixedPredictor } from '../testing/fixed-predictor.ts';
import { configFromText } from './config.ts';
import { composeSnapshot, type SnapshotParts } from './snapshot.ts';

const [nano, haiku, sonnet, opus] = [
  'openai/gpt-5.4-nano',
  'anthropic/claude-haiku-4-5',
  'anthropic/claude-sonnet-5',
  'anthropic/claude-opus-5-5',
] as const;

const policy = fixedPredictor(
  {
    [nano]: { success: 0.7 },
    [haiku]: { success: 0.94 },
    [sonnet]: { success: 0.95 },
    [opus]: { success: 0.95, outputTokens: 2_000 },
  },
  'ours@3f2a9c41',
);

const compose = (strategy: object, parts: Partial<SnapshotParts> = {}) => {
  const { config, findings } = configFromText(
    JSON.stringify({
      providers: { openai: { type: 'openai', key: 'a' }, anthropic: { type: 'anthropic', key: 'b' } },
      tiers: { light: [nano, haiku], mid: [sonnet], frontier: [opus] },
      routes: { auto: { strategy } },
    }),
    { environment: {}, folder: '/nowhere' },
  );
  if (!config) throw new Error(JSON.stringify(findings));
  const { snapshot } = composeSnapshot(config, {
    isHealthy: () => true,
    waitMs: () => 0,
    now: () => 0,
    simulation: undefined,
    ...parts,
  });
  const dialect = snapshot.dialects.get('openai-chat');
  if (!dialect) throw new Error('Chat is not spoken');
  return (content = 'Write a function that reverses a list in place.', id = timeSortedId(0)): Decision => {
    const received = readReceived({
      ...{ id: id as ExchangeId, receivedAt: 0, dialect, headers: {} },
      ...{ bytes: Buffer.from(JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] })) },
      ...{ query: '', wanted: {}, dialects: snapshot.dialects },
    });
    return snapshot.decide({ ...received, caller: localCaller, route: 'auto' }).decision;
  };
};

describe('a configuration with a policy', () => {
  const contract = { type: 'hybrid', quality: 0.95 };

  it('decides by the policy that is in force at the moment', () => {
    let current: Predictor | undefined;
    const decide = compose(contract, { predictor: () => current });
    const before = decide();
    current = policy;
    const after = decide();

    expect(before).toMatchObject({
      tier: 'mid',
      reasons: ['no policy is loaded', 'rule "everyday work": mid'],
    });
    expect(before.policy).toBeUndefined();
    expect(after).toMatchObject({ policy: 'ours@3f2a9c41', plan: [{ ask: [haiku] }, {}, {}, {}] });
  });

  it('reckons with real prices and the length each answer is likely to have', () => {
    const { weighed, predictedCost } = compose(contract, { predictor: () => policy })();
    const [first, ...others] = weighed ?? [];

    expect(first?.model).toBe(haiku);
    expect(predictedCost).toBe(first?.cost);
    expect(Number(others.find(({ model }) => model === opus)?.cost)).toBeGreaterThan(
      Number(predictedCost) * 10,
    );
  });

  it('draws the same lots for the same exchange', () => {
    const decide = compose(
      { ...contract, explore: { share: 0.5 } },
      { predictor: () => policy, pace: () => rich() },
    );
    const ids = Array.from({ length: 40 }, () => timeSortedId(0));
    const [once, again] = [1, 2].map(() => ids.map((id) => decide(undefined, id).plan[0]?.ask[0]));

    expect(once).toEqual(again);
    expect(new Set(once).size).toBeGreaterThan(1);
  });

  it('keeps the pace of each route with whoever made it', () => {
    const pace = new Pace();
    const parts = { predictor: () => policy, pace: () => pace };
    compose({ type: 'classifier', spend: 0.3 }, parts)();
    compose({ type: 'classifier', spend: 0.2 }, parts)();

    expect(pace.decisions).toBe(2);
  });

  it('tells of four candidates at most, with bounds in their order', () => {
    const { weighed } = compose(contract, { predictor: () => policy })();

    expect(weighed?.length).toBe(4);
    for (const { success, gap, evidence, cost } of weighed ?? []) {
      expect([success.low, success.value, success.high]).toEqual(
        [success.low, success.value, success.high].toSorted((a, b) => a - b),
      );
      expect(Number.isFinite(gap.value + evidence)).toBe(true);
      expect(typeof cost).toBe('bigint');
    }
  });
});

const rich = (): Pace => {
  const pace = new Pace();
  for (let round = 0; round < 1_000; round += 1) pace.note(1e9);
  return pace;
};
