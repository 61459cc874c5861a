import { describe, expect, it } from 'vitest';
import type { SwitchNote } from '../core/decision.ts';
import type { ModelId } from '../core/model.ts';
import { type NanoUsd, noMoney } from '../core/money.ts';
import { noUsage } from '../core/usage.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { fixedWorld } from './fixed-world.cases.ts';
import type { SessionCourse } from './session-course.ts';
import { type Answered, SessionMemory } from './session-memory.ts';

const [small, large] = ['p/small', 'p/large'] as [ModelId, ModelId];

const switched = (rest: Partial<SwitchNote>): SwitchNote => ({
  ...{ from: small, to: large, verdict: 'moved', why: 'a test' },
  ...{ expectedValue: noMoney, turnsLeft: 3, savingPerTurn: noMoney },
  ...{ cacheLoss: 40n as NanoUsd, reasoningLoss: noMoney },
  ...rest,
});

interface Told {
  readonly model?: ModelId;
  readonly prompt: number;
  readonly output?: number;
  readonly features?: Parameters<typeof sampleFeatures>[0];
  readonly switching?: SwitchNote;
  readonly pauseMs?: number;
}

/** What is known after these answers; each takes a second, and pauses come before. */
const courseAfter = (...answers: readonly Told[]): SessionCourse => {
  const world = fixedWorld();
  const memory = new SessionMemory(world, { maxSessions: 2, keepMs: 86_400_000 });
  for (const { model = small, prompt, output = 100, features, switching, pauseMs = 0 } of answers) {
    world.pass(pauseMs);
    const receivedAt = world.now();
    world.pass(1000);
    const answered: Answered = {
      ...{ model, provider: 'p', credential: 'p', isToolLoop: false },
      ...{ warmTokens: prompt, warmUntil: receivedAt + 300_000 },
      spent: {
        kind: 'coder|auto',
        usage: { ...noUsage, inputTokens: prompt, outputTokens: output, reasoningTokens: 20 },
        cost: 1000n as NanoUsd,
        receivedAt,
        features: sampleFeatures({ promptTokens: 2 * prompt, ...features }),
        switching,
      },
    };
    memory.note('t', 's', answered);
  }
  return memory.recall('t', 's')?.course as SessionCourse;
};

describe('the course of a conversation', () => {
  it('knows how its prompts grow, how long its answers and pauses are, and what it has cost', () => {
    const course = courseAfter(
      { prompt: 1000 },
      { prompt: 1200, output: 300, pauseMs: 4000 },
      { prompt: 1600, output: 200, pauseMs: 8000 },
    );

    expect(course).toMatchObject({
      ...{ promptTokens: 1600, estimatedTokens: 3200, growthTokens: 300 },
      ...{ outputTokens: 220, reasoningTokens: 20, gapMs: 6000, cost: 3000n, moves: 0 },
    });
  });

  it('learns no growth from a prompt that was summed up, or that another model counts', () => {
    expect(courseAfter({ prompt: 1000 }, { prompt: 1100 }, { prompt: 300 }).growthTokens).toBe(100);
    expect(courseAfter({ prompt: 1000 }, { prompt: 5000, model: large }).growthTokens).toBe(0);
  });

  it('counts moves, what they put at risk, and what they leave behind warm', () => {
    const course = courseAfter(
      { prompt: 1000 },
      { prompt: 1100, model: large, switching: switched({}) },
      { prompt: 1200, model: small, switching: switched({ to: small, cacheLoss: -5n as NanoUsd }) },
    );

    expect(course).toMatchObject({ moves: 2, risked: 40n, left: { model: large, warmTokens: 1100 } });
  });

  it('remembers from where it went up and what troubled it, and forgets that when it comes back', () => {
    const up: Told = {
      ...{ prompt: 1100, model: large, features: { toolErrors: 3 } },
      switching: switched({ isEscalation: true }),
    };

    expect(courseAfter({ prompt: 1000 }, up)).toMatchObject({
      escalation: { from: small, answers: 1, toolErrors: 3 },
      risked: 0n,
    });
    expect(courseAfter({ prompt: 1000 }, up, { prompt: 1200, model: large }).escalation).toBeDefined();
    expect(courseAfter({ prompt: 1000 }, up, { prompt: 1200 }).escalation).toBeUndefined();
  });

  it('does not take a fallback for a move that was meant', () => {
    const course = courseAfter(
      { prompt: 1000 },
      { prompt: 1100, model: 'p/other' as ModelId, switching: switched({ isEscalation: true }) },
    );

    expect(course).toMatchObject({ moves: 1, risked: 0n, escalation: undefined });
  });

  it('keeps the task for which its model was chosen until another one is', () => {
    const coding: Told = { prompt: 1000, features: { task: 'coding' } };
    const writing: Told = { prompt: 1100, features: { task: 'writing' } };

    expect(courseAfter(coding, writing).task).toBe('coding');
    expect(courseAfter(coding, { ...writing, model: large }).task).toBe('writing');
  });
});
