import { describe, expect, it } from 'vitest';
import type { Decision } from '../core/decision.ts';
import type { Features } from '../core/features.ts';
import type { Model, ModelId, Tier } from '../core/model.ts';
import { type NanoUsd, pricePerMillion } from '../core/money.ts';
import type { Predictor } from '../core/prediction.ts';
import { requestOf } from '../features/request-of.cases.ts';
import { newCourse } from '../sessions/session-course.ts';
import type { SessionState } from '../sessions/session-memory.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { sampleModel } from '../testing/sample-model.ts';
import { subjectOf } from './conditions/subject-of.cases.ts';
import { expectedCost } from './expected-cost.ts';
import { compileRoute, type Question, routeSchema } from './route.ts';

const priced = (name: string, tier: Tier, usd: number): Model => {
  const price = (factor: number) => pricePerMillion((usd * factor).toFixed(6));
  return sampleModel(name, {
    provider: 'anthropic',
    tier,
    contextTokens: 1_000_000,
    prices: {
      version: 'test',
      bands: [
        {
          abovePromptTokens: 0,
          input: price(1),
          output: price(5),
          cacheRead: price(0.1),
          cacheWrite5m: price(1.25),
          cacheWrite30m: price(1.25),
          cacheWrite1h: price(2),
          cacheWrite12h: price(2),
        },
      ],
    },
  });
};
const light = priced('claude-haiku-4-5', 'light', 1);
const mid = priced('claude-sonnet-4-6', 'mid', 3);
const frontier = priced('claude-opus-4-6', 'frontier', 5);
const stranger = priced('claude-opus-4-1', 'frontier', 15);
const models = new Map<string, Model>([light, mid, frontier, stranger].map((model) => [model.id, model]));

const sure: Predictor = {
  policy: 'test@00000000',
  predict: (_, asked) =>
    asked.map(({ id }) => ({
      model: id,
      success: { value: 0.9, low: 0.88, high: 0.92 },
      gap: { value: 0, low: -0.01, high: 0.01 },
      evidence: 500,
      outputTokens: undefined,
    })),
};

/** One is surely better than all others. */
const better = (best: Model): Predictor => ({
  policy: 'test@00000000',
  predict: (_, asked) =>
    asked.map(({ id }) => {
      const value = id === best.id ? 0.1 : id === frontier.id ? 0 : -0.2;
      return {
        model: id,
        success: { value: 0.8 + value, low: 0.79 + value, high: 0.81 + value },
        gap: { value, low: value, high: value },
        evidence: 500,
        outputTokens: undefined,
      };
    }),
});

const routeOf = (config: object, policy = sure) =>
  compileRoute(routeSchema.parse(config), {
    name: 'auto',
    tiers: { light: [light.id], mid: [mid.id], frontier: [frontier.id] },
    model: (id) => models.get(id),
    baseline: frontier,
    dialectOf: () => 'anthropic-messages',
    spokenBy: () => ['anthropic-messages'],
    isHealthy: () => true,
    expectedCost,
    predictor: () => policy,
  });

const now = 10_000_000;
const sessionAt = (model: Model, rest: Partial<SessionState> = {}): SessionState => ({
  model: model.id,
  provider: 'anthropic',
  credential: 'a',
  answers: 5,
  answeredAt: now - 5000,
  isToolLoop: false,
  warmTokens: 60_000,
  warmUntil: now + 295_000,
  course: {
    ...newCourse,
    promptTokens: 60_000,
    estimatedTokens: 60_000,
    growthTokens: 1000,
    outputTokens: 800,
    gapMs: 5000,
    cost: 1_000_000_000n as NanoUsd,
    task: 'coding',
  },
  ...rest,
});

const question = (
  session: SessionState,
  features: Partial<Features> = {},
  rest: Partial<Question> = {},
  tags: Record<string, string> = {},
): Question => {
  const whole = sampleFeatures({
    hasTools: true,
    toolCount: 12,
    promptTokens: 61_000,
    task: 'coding',
    taskConfidence: 0.9,
    ...features,
  });
  return {
    request: requestOf('Go on.', {
      dialect: 'anthropic-messages',
      system: [{ type: 'text', text: 'You code.', cache: '5m' }],
      turns: [
        { role: 'user', blocks: [{ type: 'text', text: 'Begin.' }] },
        { role: 'assistant', blocks: [{ type: 'text', text: 'Begun.' }] },
        { role: 'user', blocks: [{ type: 'text', text: 'Go on.' }] },
      ],
    }),
    features: whole,
    subject: subjectOf({ ...whole, tags, now, agent: 'coder' }),
    allowedModels: undefined,
    session,
    named: undefined,
    asked: undefined,
    ...rest,
  };
};

const asked = ({ plan }: Decision): readonly ModelId[] => plan.flatMap(({ ask }) => ask);

/** Privacy by a model's name, the rest by tier. */
const privateRule = { name: 'private', when: { tag: { pii: 'true' } }, use: light.id };
const trouble: Partial<Features> = { isToolLoop: true, toolDepth: 5, toolErrors: 4 };

describe('holding a conversation', () => {
  it.each([
    ['fixed', { type: 'fixed', use: light.id }],
    ['rules', { type: 'rules', rules: [privateRule], otherwise: 'mid' }],
    ['hybrid', { type: 'hybrid', rules: [privateRule] }],
  ])('never goes up to models that nobody named where %s names its own', (_, strategy) => {
    const route = routeOf({ strategy });

    const decision = route(question(sessionAt(light), trouble, {}, { pii: 'true' }));

    expect(asked(decision)).toEqual([light.id]);
  });

  it('goes up to the next of the models that a rule names', () => {
    const route = routeOf({
      strategy: { type: 'rules', rules: [{ ...privateRule, use: [light.id, frontier.id] }] },
    });

    const decision = route(question(sessionAt(light), trouble, {}, { pii: 'true' }));

    expect(asked(decision)).toEqual([frontier.id, light.id]);
    expect(decision.switching).toMatchObject({ isEscalation: true });
  });

  it.each(['classifier', 'hybrid'])('stays in a tool loop where a %s would choose another', (type) => {
    const route = routeOf({ strategy: { type } });

    const decision = route(
      question(sessionAt(frontier, { warmTokens: 0, warmUntil: 0 }), { isToolLoop: true, toolDepth: 1 }),
    );

    expect(asked(decision)[0]).toBe(frontier.id);
    expect(decision.switching).toMatchObject({ verdict: 'locked', why: 'tool loop', to: light.id });
    expect(decision.weighed?.[0]?.model).toBe(frontier.id);
  });

  it('stays in a tool loop where rules bound the choice and a policy, not a rule, wants more', () => {
    const route = routeOf(
      {
        strategy: { type: 'hybrid', quality: 1, rules: [{ name: 'no frontier', atMost: 'mid' }] },
      },
      better(mid),
    );

    const decision = route(question(sessionAt(light), { isToolLoop: true, toolDepth: 1 }));

    expect(asked(decision)[0]).toBe(light.id);
    expect(decision.switching).toMatchObject({ verdict: 'locked', why: 'tool loop', to: mid.id });
  });

  it('leaves a model that is none of the route, though it has the conversation and its cache', () => {
    const route = routeOf({ strategy: { type: 'rules' } });

    const decision = route(question(sessionAt(stranger), { isToolLoop: true, toolDepth: 1 }));

    expect(asked(decision)).not.toContain(stranger.id);
    expect(decision.switching).toMatchObject({ verdict: 'moved', why: 'not of this route' });
  });

  it('stays with a model outside all tiers that a rule of the route names', () => {
    const rules = [{ name: 'expert', when: { tag: { expert: 'true' } }, use: stranger.id }];
    const route = routeOf({ strategy: { type: 'rules', rules, otherwise: 'mid' } });

    const decision = route(question(sessionAt(stranger), { isToolLoop: true, toolDepth: 1 }));

    expect(asked(decision)[0]).toBe(stranger.id);
    expect(decision.switching).toMatchObject({ verdict: 'locked' });
  });

  it.each([
    ['rules', { type: 'rules', rules: [], otherwise: 'light' }],
    ['a classifier', { type: 'classifier' }],
  ])('is no part of what observing tells: %s says whom it would have asked', (_, strategy) => {
    const route = routeOf({ mode: 'observe', strategy });

    const decision = route(
      question(sessionAt(frontier), { isToolLoop: true, toolDepth: 1 }, { asked: frontier }),
    );

    expect(asked(decision)).toEqual([frontier.id]);
    expect(decision.wouldBe?.model).toBe(light.id);
  });

  it('tells a chance of one where a conversation went up, whatever lots it once drew', () => {
    const route = routeOf({ strategy: { type: 'weighted', weights: { [light.id]: 1, [frontier.id]: 1 } } });

    const decision = route(question(sessionAt(light), trouble, { sessionChance: 0.1 }));

    expect(asked(decision)[0]).toBe(frontier.id);
    expect(decision.propensity).toBe(1);
  });
});
