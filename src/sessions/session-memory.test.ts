import { describe, expect, it } from 'vitest';
import type { ModelId } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import { noUsage } from '../core/usage.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { fixedWorld } from './fixed-world.cases.ts';
import { type Answered, SessionMemory, warmthOf } from './session-memory.ts';

const answer = (model: string): Answered => ({
  model: `p/${model}` as ModelId,
  provider: 'p',
  credential: 'p',
  isToolLoop: false,
  warmTokens: 0,
  warmUntil: 0,
});

describe('the memory of conversations', () => {
  it('knows who answered last, and how often somebody did', () => {
    const world = fixedWorld();
    const memory = new SessionMemory(world, { maxSessions: 10, keepMs: 1000 });
    memory.note('acme', 's', answer('one'));
    memory.note('acme', 's', answer('two'));

    expect(memory.recall('acme', 's')).toEqual({ ...answer('two'), answers: 2, answeredAt: world.now() });
  });

  it('tells no tenant of another’s', () => {
    const memory = new SessionMemory(fixedWorld(), { maxSessions: 10, keepMs: 1000 });
    memory.note('acme', 's', answer('one'));

    expect(memory.recall('emca', 's')).toBeUndefined();
    expect(memory.recall('acm', 'es')).toBeUndefined();
  });

  it('forgets what nobody has gone on with for a while', () => {
    const world = fixedWorld();
    const memory = new SessionMemory(world, { maxSessions: 10, keepMs: 1000 });
    memory.note('acme', 's', answer('one'));
    world.pass(1000);

    expect(memory.recall('acme', 's')).toBeUndefined();
    expect(memory.size).toBe(0);
  });

  it('begins anew with a conversation that begins with the same words', () => {
    const memory = new SessionMemory(fixedWorld(), { maxSessions: 10, keepMs: 1000 });
    memory.note('acme', 's', answer('one'));
    memory.note('acme', 's', answer('two'));
    const spent = {
      ...{ kind: 'coder|auto', isBeginning: true, usage: undefined, cost: 5n as NanoUsd },
      ...{ receivedAt: 0, features: sampleFeatures(), switching: undefined },
    };
    memory.note('acme', 's', { ...answer('three'), spent });

    expect(memory.recall('acme', 's')).toMatchObject({ answers: 1, course: { cost: 5n, moves: 0 } });
  });

  it('holds so many and no more: whoever is silent longest goes', () => {
    const memory = new SessionMemory(fixedWorld(), { maxSessions: 2, keepMs: 1000 });
    for (const session of ['a', 'b', 'a', 'c']) memory.note('acme', session, answer('one'));

    expect(memory.recall('acme', 'b')).toBeUndefined();
    expect(memory.recall('acme', 'a')?.answers).toBe(2);
    expect(memory.size).toBe(2);
  });
});

describe('the warmth of a cache', () => {
  it.each([
    [{}, 0, 0],
    [{ cacheReadTokens: 10 }, 10, 5],
    [{ cacheReadTokens: 10, cacheWrite5mTokens: 5 }, 15, 5],
    [{ cacheWrite30mTokens: 5 }, 5, 30],
    [{ cacheReadTokens: 1, cacheWrite1hTokens: 5 }, 6, 60],
    [{ cacheWrite12hTokens: 5 }, 5, 720],
  ])('of %j is %i tokens for %i minutes', (usage, warmTokens, minutes) => {
    const warmUntil = minutes === 0 ? 0 : 1000 + minutes * 60_000;

    expect(warmthOf({ ...noUsage, ...usage }, 1000)).toEqual({ warmTokens, warmUntil });
  });

  it('of an answer that told no usage is not known', () => {
    expect(warmthOf(undefined, 1000)).toEqual({ warmTokens: 0, warmUntil: 0 });
  });
});
