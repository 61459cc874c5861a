import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../core/chat.ts';
import type { Decision, SwitchNote } from '../core/decision.ts';
import type { Features, Task } from '../core/features.ts';
import { type Model, type ModelId, type Prices, type Tier, tiers } from '../core/model.ts';
import { type NanoUsd, pricePerMillion } from '../core/money.ts';
import { noUsage } from '../core/usage.ts';
import { requestOf } from '../features/request-of.cases.ts';
import { fixedWorld } from '../sessions/fixed-world.cases.ts';
import { newExperience, SessionMemory, type SessionState } from '../sessions/session-memory.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { sampleModel } from '../testing/sample-model.ts';
import { subjectOf } from './conditions/subject-of.cases.ts';
import { expectedCost } from './expected-cost.ts';
import { compileRoute, type Question, routeSchema } from './route.ts';

/** Prices as Anthropic has them: reads a tenth, writes a quarter more. */
const pricesOf = (input: number, output: number, read = 0.1): Prices => {
  const price = (usd: number) => pricePerMillion(usd.toFixed(6));
  return {
    version: 'test',
    bands: [
      {
        abovePromptTokens: 0,
        input: price(input),
        output: price(output),
        cacheRead: price(input * read),
        cacheWrite5m: price(input * 1.25),
        cacheWrite30m: price(input * 1.25),
        cacheWrite1h: price(input * 2),
        cacheWrite12h: price(input * 2),
      },
    ],
  };
};

const claude = (name: string, tier: Tier, prices: Prices): Model =>
  sampleModel(name, { provider: 'anthropic', tier, prices, contextTokens: 1_000_000 });
const light = claude('claude-haiku-4-5', 'light', pricesOf(1, 5));
const mid = claude('claude-sonnet-4-6', 'mid', pricesOf(3, 15));
const frontier = claude('claude-opus-4-6', 'frontier', pricesOf(5, 25));
const models = new Map<string, Model>([light, mid, frontier].map((model) => [model.id, model]));

const agentTurn: Partial<Features> = {
  hasTools: true,
  toolCount: 12,
  promptTokens: 60_000,
  taskConfidence: 0.9,
};

/** A conversation as it goes on: each call is decided, answered and noted. */
const conversation = (config: object = {}) => {
  const world = fixedWorld();
  const experience = newExperience();
  const memory = new SessionMemory(world, { maxSessions: 10, keepMs: 86_400_000, learns: experience });
  const rules = tiers.map((tier) => ({ name: `${tier} work`, when: { tag: { want: [tier] } }, use: tier }));
  const sick = new Set<ModelId>();
  const route = compileRoute(
    routeSchema.parse({ strategy: { type: 'rules', rules, otherwise: 'mid' }, ...config }),
    {
      name: 'auto',
      tiers: { light: [light.id], mid: [mid.id], frontier: [frontier.id] },
      model: (id) => models.get(id),
      baseline: frontier,
      dialectOf: () => 'anthropic-messages',
      spokenBy: () => ['anthropic-messages'],
      isHealthy: ({ id }) => !sick.has(id),
      expectedCost,
      experience,
    },
  );
  const request: ChatRequest = requestOf('Go on.', {
    dialect: 'anthropic-messages',
    system: [{ type: 'text', text: 'You code.', cache: '5m' }],
    turns: [
      { role: 'user', blocks: [{ type: 'text', text: 'Begin.' }] },
      { role: 'assistant', blocks: [{ type: 'text', text: 'Begun.' }] },
      { role: 'user', blocks: [{ type: 'text', text: 'Go on.' }] },
    ],
  });
  let prompt = 60_000;
  const decide = (
    wanted: Tier | undefined,
    features: Partial<Features> = {},
    rest: Partial<Question> = {},
  ): Decision => {
    const whole = sampleFeatures({ ...agentTurn, promptTokens: prompt, ...features });
    return route({
      request,
      features: whole,
      subject: subjectOf({
        ...whole,
        tags: wanted ? { want: wanted } : {},
        now: world.now(),
        agent: 'coder',
      }),
      allowedModels: undefined,
      session: memory.recall('t', 's'),
      named: undefined,
      asked: undefined,
      ...rest,
    });
  };
  const answer = ({ plan, features, switching }: Decision, isToolLoop = false): void => {
    const model = models.get(plan[0]?.ask[0] as string) as Model;
    const before = memory.recall('t', 's');
    const read = before?.model === model.id ? before.warmTokens : 0;
    const usage = { ...noUsage, cacheReadTokens: read, cacheWrite5mTokens: prompt - read, outputTokens: 800 };
    const receivedAt = world.now();
    world.pass(5000);
    memory.note('t', 's', {
      ...{ model: model.id, provider: 'anthropic', credential: 'a', isToolLoop },
      ...{ warmTokens: prompt, warmUntil: receivedAt + 300_000 },
      spent: { kind: 'coder|auto', usage, cost: 100_000_000n as NanoUsd, receivedAt, features, switching },
    });
    prompt += 1200;
  };
  const call = (wanted: Tier | undefined, features: Partial<Features> = {}): Decision => {
    const decision = decide(wanted, features);
    answer(decision, features.isToolLoop);
    return decision;
  };
  const state = (): SessionState | undefined => memory.recall('t', 's');
  return { world, sick, decide, call, state };
};

const asked = ({ plan }: Decision): ModelId | undefined => plan[0]?.ask[0];
const switching = ({ switching: note }: Decision): SwitchNote => note as SwitchNote;

describe('a conversation', () => {
  it('has nothing to leave at its first call', () => {
    const { call } = conversation();

    expect(call('frontier').switching).toBeUndefined();
  });

  it('is not held by another that began with the same words', () => {
    const { call, decide } = conversation();
    call('frontier');

    const decision = decide('mid', {}, { request: requestOf('Go on.') });

    expect(asked(decision)).toBe(mid.id);
    expect(decision.switching).toBeUndefined();
  });

  it('stays while going costs more than it saves, and says what that is worth', () => {
    const { call } = conversation();
    call('frontier');

    const decision = call('mid');

    expect(asked(decision)).toBe(frontier.id);
    expect(decision.plan.slice(1)).toEqual([{ ask: [mid.id] }]);
    expect(switching(decision)).toMatchObject({ from: frontier.id, to: mid.id, verdict: 'stayed' });
    expect(switching(decision).cacheLoss).toBeGreaterThan(0n);
    expect(switching(decision).turnsLeft).toBeGreaterThan(1);
  });

  it('goes where that saves more than it loses, once enough was spent to bear the risk', () => {
    const { call } = conversation();
    const verdicts = [call('frontier')];
    for (let turn = 0; turn < 30; turn += 1) verdicts.push(call('light'));

    const at = verdicts.findIndex((decision) => decision.switching?.verdict === 'moved');
    expect(at).toBeGreaterThan(1);
    expect(verdicts[at - 1]?.switching?.why).toBe('too much at risk');
    const { why, expectedValue, cacheLoss, savingPerTurn, turnsLeft } = switching(verdicts[at] as Decision);
    expect(why).toBe('worth it');
    expect(Number(expectedValue)).toBeCloseTo(Number(savingPerTurn) * turnsLeft - Number(cacheLoss), -4);
    expect(verdicts.slice(at).map(asked)).toEqual(verdicts.slice(at).map(() => light.id));
  });

  it('never leaves in the middle of a tool loop to save money', () => {
    const { call, world } = conversation({ sessions: { spendCap: 1 } });
    call('frontier');
    world.pass(3_600_000);

    const inLoop = call('light', { isToolLoop: true, toolDepth: 1 });
    world.pass(3_600_000);
    const after = call('light');

    expect(switching(inLoop)).toMatchObject({ verdict: 'locked', why: 'tool loop', to: light.id });
    expect(asked(inLoop)).toBe(frontier.id);
    expect(switching(after)).toMatchObject({ verdict: 'moved', why: 'cache cold' });
  });

  it('is decided anew where it was summed up', () => {
    const { call } = conversation();
    call('frontier');
    call('frontier');

    const decision = call('light', { isCompacted: true, promptTokens: 20_000 });

    expect(switching(decision)).toMatchObject({ verdict: 'moved', why: 'compaction' });
    expect(asked(decision)).toBe(light.id);
  });

  it('leaves a model that is unwell, in a tool loop, too', () => {
    const { call, sick } = conversation();
    call('mid');
    sick.add(mid.id);

    const decision = call('mid', { isToolLoop: true, toolDepth: 1 });

    expect(asked(decision)).toBe(frontier.id);
    expect(switching(decision)).toMatchObject({ verdict: 'moved', why: expect.stringContaining('health') });
  });

  it('is obeyed where the caller names another tier, and where rules name models', () => {
    const { call, decide } = conversation({
      strategy: {
        type: 'rules',
        rules: [{ name: 'by name', when: { tag: { want: 'light' } }, use: light.id }],
        otherwise: 'mid',
      },
    });
    call(undefined);

    expect(asked(decide('light', { isToolLoop: true }))).toBe(light.id);
    expect(asked(decide(undefined, {}, { named: { type: 'tier', tier: 'frontier' } }))).toBe(frontier.id);
    expect(asked(decide(undefined, {}, { named: { type: 'model', model: light } }))).toBe(light.id);
  });

  it('is held by nobody where the route says so', () => {
    const { call } = conversation({ sessions: { hold: false } });
    call('frontier');

    const decision = call('light', { isToolLoop: true });

    expect(asked(decision)).toBe(light.id);
    expect(decision.switching).toBeUndefined();
  });

  it('lets side calls go light, and does not follow them', () => {
    const { call, decide } = conversation();
    call('frontier');

    const side = decide('light', { task: 'background', promptTokens: 400 });

    expect(asked(side)).toBe(light.id);
    expect(side.switching).toBeUndefined();
  });
});

describe('a conversation that goes badly', () => {
  it.each([
    [{ toolErrors: 3, isToolLoop: true }, '3 errors in a row'],
    [{ repeats: 2, isToolLoop: true }, 'the same call 3 times'],
    [{ reasks: 1 }, 'asked again'],
  ] as const)('goes up a tier: %j', (features, what) => {
    const { call } = conversation({ sessions: { spendCap: 0 } });
    call('light');

    const decision = call('light', features);

    expect(asked(decision)).toBe(mid.id);
    expect(switching(decision)).toMatchObject({
      ...{ from: light.id, to: mid.id, verdict: 'moved', why: `escalation: ${what}` },
      isEscalation: true,
    });
  });

  it('stays up for some calls, and comes back when all goes well', () => {
    const { call, world } = conversation();
    call('light');
    call('light', { toolErrors: 3, isToolLoop: true });
    const meanwhile = [1, 2, 3, 4].map(() => call('light'));
    world.pass(600_000);
    const wrong = call('light', { toolErrors: 1 });
    world.pass(600_000);
    const back = call('light');
    const after = call('light', { isToolLoop: true });

    expect(meanwhile.map(asked)).toEqual(meanwhile.map(() => mid.id));
    expect(meanwhile.map((each) => switching(each).why)).toEqual(
      Array.from({ length: 4 }, () => 'stays up for a while'),
    );
    expect(switching(wrong)).toMatchObject({ verdict: 'locked', why: 'things still go wrong' });
    expect(switching(back)).toMatchObject({ verdict: 'moved', why: 'comes back', to: light.id });
    expect(asked(after)).toBe(light.id);
  });

  it('goes up once for the same errors, and again for more of them', () => {
    const { call, state } = conversation();
    call('light');
    call('light', { toolErrors: 3, isToolLoop: true });

    expect(asked(call('light', { toolErrors: 4, isToolLoop: true }))).toBe(mid.id);
    expect(asked(call('light', { toolErrors: 6, isToolLoop: true }))).toBe(frontier.id);
    expect(state()?.course?.escalation).toMatchObject({ from: light.id });
  });

  it('puts none of its money at risk by that', () => {
    const { call, state } = conversation();
    call('light');
    call('light', { toolErrors: 3, isToolLoop: true });

    expect(state()?.course).toMatchObject({ moves: 1, risked: 0n });
  });

  it('stays where it is if the route wants no going up', () => {
    const { call } = conversation({ sessions: { escalate: false } });
    call('light');

    expect(asked(call('light', { toolErrors: 9, isToolLoop: true }))).toBe(light.id);
  });
});

describe('rules and conversations', () => {
  it('never hold below what a rule asks for, nor move in a loop but for rules and quality, nor beyond the cap', () => {
    const tasks: readonly Task[] = ['coding', 'question', 'translation', 'unsure'];
    const step = fc.record({
      wanted: fc.constantFrom<Tier | undefined>('light', 'mid', 'frontier', undefined),
      task: fc.constantFrom(...tasks),
      isToolLoop: fc.boolean(),
      toolErrors: fc.constantFrom(0, 0, 0, 1, 3),
      pauseMs: fc.constantFrom(0, 0, 10_000, 400_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { call, state, world } = conversation();
        for (const { wanted, pauseMs, ...features } of steps) {
          world.pass(pauseMs);
          const before = state();
          const decision = call(wanted, features);
          const chosen = models.get(asked(decision) as string) as Model;
          const note = decision.switching;
          if (wanted) expect(tiers.indexOf(chosen.tier)).toBeGreaterThanOrEqual(tiers.indexOf(wanted));
          if (before) expect(note).toBeDefined();
          if (!before || chosen.id === before.model) continue;
          expect(note).toMatchObject({ verdict: 'moved', from: before.model, to: chosen.id });
          const isForced = note?.isEscalation || note?.why.startsWith('rule');
          if (features.isToolLoop) expect(isForced).toBe(true);
          const { cost = 0n, risked = 0n } = before.course ?? {};
          if (note?.why === 'worth it')
            expect(Number(risked + note.cacheLoss)).toBeLessThanOrEqual(Number(cost) / 10);
        }
      }),
      { numRuns: 150 },
    );
  });
});
