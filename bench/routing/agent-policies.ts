import { costOf, modelsOf } from '../../src/catalog/index.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Decision } from '../../src/core/decision.ts';
import { dialectNames, type Model, type ModelId, type Tier, tiers } from '../../src/core/model.ts';
import { promptTokens } from '../../src/core/usage.ts';
import { expectedCost } from '../../src/routing/expected-cost.ts';
import { compileRoute, type Route, routeSchema } from '../../src/routing/route.ts';
import {
  type Experience,
  newExperience,
  SessionMemory,
  warmthOf,
} from '../../src/sessions/session-memory.ts';
import { sampleFeatures } from '../../src/testing/sample-features.ts';
import type { SimulatedCall, SimulatedPolicy } from './agent-simulation.ts';

/** A model for each tier. */
export type LineUp = Readonly<Record<Tier, Model>>;

export const lineUp = (names: Readonly<Record<Tier, string>>): LineUp => {
  const models = modelsOf({ name: 'anthropic', catalogue: 'anthropic', dialects: dialectNames, custom: {} });
  const found = (tier: Tier): Model => {
    const model = models.find(({ name }) => name === names[tier]);
    if (!model) throw new RangeError(`the catalogue has no ${names[tier]}`);
    return { ...model, tier };
  };
  return { light: found('light'), mid: found('mid'), frontier: found('frontier') };
};

export const always = (name: string, model: Model): SimulatedPolicy => ({
  name,
  begin: () => ({ choose: () => model }),
});

/** Each call by its own difficulty, whatever is cached where. */
export const perCall = (models: LineUp): SimulatedPolicy => ({
  name: 'each call by its difficulty',
  begin: () => ({ choose: ({ tierOfCall }) => models[tierOfCall] }),
});

/** Each word of the user by its difficulty, whatever is cached where. */
export const perAsk = (models: LineUp): SimulatedPolicy => ({
  name: 'each ask by its difficulty',
  begin: () => ({ choose: ({ tierOfAsk }) => models[tierOfAsk] }),
});

/** The first ask decides for all. */
export const stayingPut = (models: LineUp): SimulatedPolicy => ({
  name: 'first ask decides, then staying put',
  begin: () => {
    let chosen: Model | undefined;
    return {
      choose: ({ tierOfAsk }) => {
        chosen ??= models[tierOfAsk];
        return chosen;
      },
    };
  },
});

/** The gateway's own: the same wishes as `perAsk`, and conversations held as `sessions:` says. */
export const ours = (models: LineUp, name = 'ours', sessions: object = {}): SimulatedPolicy => {
  const list = Object.values(models);
  let now = 0;
  const experience = newExperience();
  const world = { now: () => now, monotonicMs: () => now, random: () => 0.5 };
  const route = routeOf(models, list, experience, sessions);
  return {
    name,
    begin: () => {
      const memory = new SessionMemory(world, { maxSessions: 2, keepMs: 86_400_000, learns: experience });
      let decision: Decision | undefined;
      return {
        choose: (call) => {
          now = call.nowMs;
          decision = decide(route, call, memory);
          return list.find(({ id }) => id === decision?.plan[0]?.ask[0]) as Model;
        },
        answered: (model, { nowMs, isToolLoop }, usage, answeredAtMs) => {
          if (!decision) return;
          now = answeredAtMs;
          memory.note('bench', 'session', {
            ...{ model: model.id, provider: 'anthropic', credential: 'bench', isToolLoop },
            ...warmthOf(usage, nowMs),
            spent: {
              kind: 'coder|auto',
              ...{ usage, receivedAt: nowMs, features: decision.features, switching: decision.switching },
              cost: costOf(usage, model.prices),
            },
          });
          if (promptTokens(usage) === 0) throw new RangeError('a call without a prompt');
        },
      };
    },
  };
};

const request: ChatRequest = {
  dialect: 'anthropic-messages',
  model: 'auto',
  system: [{ type: 'text', text: 'You code.', cache: '5m' }],
  turns: (['user', 'assistant', 'user'] as const).map((role) => ({
    role,
    blocks: [{ type: 'text', text: 'Go on.' }],
  })),
  tools: [],
  sampling: {},
  stop: [],
  format: { type: 'text' },
  reasoning: {},
  stream: true,
  wantsUsage: true,
  choices: 1,
  extras: {},
};

const routeOf = (models: LineUp, list: readonly Model[], experience: Experience, sessions: object): Route =>
  compileRoute(
    routeSchema.parse({
      sessions,
      strategy: {
        type: 'rules',
        rules: tiers.map((tier) => ({ name: tier, when: { tag: { want: [tier] } }, use: tier })),
      },
    }),
    {
      name: 'auto',
      tiers: { light: [models.light.id], mid: [models.mid.id], frontier: [models.frontier.id] },
      model: (id: ModelId) => list.find((model) => model.id === id),
      baseline: models.frontier,
      dialectOf: () => 'anthropic-messages',
      spokenBy: () => ['anthropic-messages'],
      isHealthy: () => true,
      expectedCost,
      experience,
    },
  );

const decide = (route: Route, call: SimulatedCall, memory: SessionMemory): Decision => {
  const { nowMs, tierOfAsk, tierOfCall: _, ...seen } = call;
  const features = sampleFeatures({
    ...seen,
    hasTools: true,
    toolCount: 12,
    task: 'coding',
    taskConfidence: 0.9,
  });
  return route({
    request,
    features,
    subject: {
      ...features,
      ask: '',
      caller: 'bench',
      asked: 'auto',
      dialect: 'anthropic-messages',
      tags: { want: tierOfAsk },
      agent: 'coder',
      now: nowMs,
    },
    allowedModels: undefined,
    session: memory.recall('bench', 'session'),
    named: undefined,
    asked: undefined,
  });
};
