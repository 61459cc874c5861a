import { describe, expect, it } from 'vitest';
import type { PlanStep } from '../core/decision.ts';
import type { Features } from '../core/features.ts';
import { type Model, type Tier, tiers } from '../core/model.ts';
import { requestOf } from '../features/request-of.cases.ts';
import type { SessionState } from '../sessions/session-memory.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { sampleModel, samplePrices } from '../testing/sample-model.ts';
import { subjectOf } from './conditions/subject-of.cases.ts';
import { expectedCost } from './expected-cost.ts';
import { compileRoute, routeSchema } from './route.ts';

const modelOf = (tier: Tier, usd: number): Model =>
  sampleModel(tier, { provider: 'p', tier, prices: samplePrices(usd) });
const models = [modelOf('light', 1), modelOf('mid', 5), modelOf('frontier', 10)];
const [light, mid, frontier] = models.map(({ id }) => id) as [Model['id'], Model['id'], Model['id']];

const request = requestOf('Go on.', {
  turns: [
    { role: 'user', blocks: [{ type: 'text', text: 'Begin.' }] },
    { role: 'assistant', blocks: [{ type: 'text', text: 'Begun.' }] },
    { role: 'user', blocks: [{ type: 'text', text: 'Go on.' }] },
  ],
});

/** The plan for the next call of a conversation that this model has answered, its cache still warm. */
const planAfter = (
  model: Model['id'],
  steps: readonly string[],
  features: Partial<Features> = {},
): readonly PlanStep[] => {
  const whole = sampleFeatures({ promptTokens: 50_000, hasTools: true, ...features });
  const session: SessionState = {
    ...{ model, provider: 'p', credential: 'p', answers: 3, answeredAt: 0, isToolLoop: true },
    ...{ warmTokens: 49_000, warmUntil: 300_000 },
  };
  const route = compileRoute(
    routeSchema.parse({ strategy: { type: 'cascade', steps: steps.map((ask) => ({ ask })) } }),
    {
      name: 'auto',
      tiers: { light: [light], mid: [mid], frontier: [frontier] },
      model: (id) => models.find((one) => one.id === id),
      baseline: models[2],
      dialectOf: () => 'openai-chat',
      spokenBy: () => ['openai-chat'],
      isHealthy: () => true,
      expectedCost,
    },
  );
  return route({
    request,
    features: whole,
    subject: subjectOf({ ...whole, now: 1000 }),
    allowedModels: undefined,
    session,
    named: undefined,
    asked: undefined,
  }).plan;
};

describe.each([
  ['tiers', tiers],
  ['models', [light, mid, frontier]],
])('a conversation in a cascade of %s', (_, steps) => {
  const asked = (plan: readonly PlanStep[]) => plan.flatMap(({ ask }) => ask);

  it('goes on at the step that answered it while tools are at work: what is cheaper has failed already', () => {
    expect(asked(planAfter(frontier, steps, { isToolLoop: true }))).toEqual([frontier]);
    expect(asked(planAfter(mid, steps, { isToolLoop: true }))).toEqual([mid, frontier]);
  });

  it('has its answers judged there as before', () => {
    const [first, last] = planAfter(mid, steps, { isToolLoop: true });

    expect(first?.acceptIf?.refuse).toContain('bad-call');
    expect(last?.acceptIf).toBeUndefined();
  });

  it('begins at the first step where that has answered it', () => {
    expect(asked(planAfter(light, steps, { isToolLoop: true }))).toEqual([light, mid, frontier]);
  });
});
