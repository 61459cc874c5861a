import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../core/decision.ts';
import { type Model, type ModelId, type Tier, tiers } from '../core/model.ts';
import { type NanoUsd, pricePerMillion } from '../core/money.ts';
import type { Bounded, Predictor } from '../core/prediction.ts';
import { requestOf } from '../features/request-of.cases.ts';
import { newCourse } from '../sessions/session-course.ts';
import { newExperience, type SessionState } from '../sessions/session-memory.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { sampleModel } from '../testing/sample-model.ts';
import { subjectOf } from './conditions/subject-of.cases.ts';
import { expectedCost } from './expected-cost.ts';
import { Pace } from './pace.ts';
import { compileRoute, routeSchema } from './route.ts';

const usd = fc.oneof(fc.constant(0), fc.constantFrom(0.000001, 0.1, 15, 1e6));
const tokens = fc.oneof(fc.constant(0), fc.constantFrom(1, 500, 60_000, 1_000_000, 1_000_000_000));
const nano = fc.bigInt({ min: 0n, max: 10n ** 24n }).map((amount) => amount as NanoUsd);
const moment = fc.constantFrom(0, 1, 1_800_000_000_000, 1_800_000_300_000);

const modelOf = (name: string, tier: Tier) =>
  fc.record({ input: usd, output: usd, cacheRead: usd, write: usd }).map(
    ({ input, output, cacheRead, write }): Model =>
      sampleModel(name, {
        provider: 'own',
        tier,
        contextTokens: 2_000_000_000,
        prices: {
          version: 'test',
          bands: [
            {
              abovePromptTokens: 0,
              input: pricePerMillion(input),
              output: pricePerMillion(output),
              cacheRead: pricePerMillion(cacheRead),
              cacheWrite5m: pricePerMillion(write),
              cacheWrite30m: pricePerMillion(write),
              cacheWrite1h: pricePerMillion(write),
              cacheWrite12h: pricePerMillion(write),
            },
          ],
        },
      }),
  );

const bounded: fc.Arbitrary<Bounded> = fc
  .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([value, reach]) => ({ value, low: Math.max(0, value - reach), high: Math.min(1, value + reach) }));

const predictions = fc.array(
  fc.record({
    success: bounded,
    gap: bounded,
    evidence: fc.constantFrom(0, 29, 30, 1e12),
    length: fc.constantFrom(undefined, 0, 0.5, 1e12),
  }),
  { minLength: 3, maxLength: 3 },
);

const strategy = fc.oneof(
  fc.constantFrom<object>(
    { type: 'rules' },
    { type: 'cascade' },
    { type: 'latency', use: 'mid' },
    { type: 'weighted', weights: { light: 1, frontier: 3 } },
  ),
  fc
    .tuple(
      fc.constantFrom('classifier', 'hybrid'),
      fc.constantFrom<object>({}, { spend: 0.4 }, { tradeOff: 0.5 }, { quality: 1, confidence: 0.5 }),
      fc.constantFrom<object>({}, { explore: { share: 0.5, extraSpend: 1 } }),
    )
    .map(([type, aim, explore]) => ({ type, ...aim, ...explore })),
);

const session = fc.option(
  fc.record({
    tier: fc.constantFrom(...tiers, 'gone' as const),
    answers: fc.constantFrom(1, 7, 1_000_000),
    answeredAt: moment,
    warmTokens: tokens,
    warmUntil: moment,
    course: fc.record({
      promptTokens: tokens,
      estimatedTokens: tokens,
      growthTokens: tokens,
      outputTokens: tokens,
      reasoningTokens: tokens,
      gapMs: fc.constantFrom(0, 5000, 1e12),
      cost: nano,
      risked: nano,
    }),
  }),
);

describe('a route', () => {
  it('decides whatever prices, clocks, conversations and predictions are like', () => {
    fc.assert(
      fc.property(
        fc.tuple(modelOf('light', 'light'), modelOf('mid', 'mid'), modelOf('frontier', 'frontier')),
        strategy,
        predictions,
        session,
        fc.array(
          fc.record({
            promptTokens: tokens,
            answerTokens: tokens,
            maxOutputTokens: fc.option(tokens),
            isToolLoop: fc.boolean(),
            toolErrors: fc.constantFrom(0, 3),
            chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        ([light, mid, frontier], strategyConfig, predicted, held, asks) => {
          const models = new Map<string, Model>([light, mid, frontier].map((model) => [model.id, model]));
          const predictor: Predictor = {
            policy: 'test@00000000',
            predict: (_, asked) =>
              asked.map(({ id }, at) => {
                const { length, ...rest } = predicted[at % 3] as (typeof predicted)[number];
                const outputTokens =
                  length === undefined ? undefined : { p50: length, p90: length, mean: length };
                return { model: id, ...rest, outputTokens };
              }),
          };
          const pace = new Pace();
          const route = compileRoute(routeSchema.parse({ strategy: strategyConfig }), {
            name: 'auto',
            tiers: { light: [light.id], mid: [mid.id], frontier: [frontier.id] },
            model: (id) => models.get(id),
            baseline: frontier,
            dialectOf: () => 'openai-chat',
            spokenBy: () => ['openai-chat'],
            isHealthy: () => true,
            expectedCost,
            predictor: () => predictor,
            pace,
            experience: newExperience(),
          });
          for (const { chance, ...features } of asks) {
            const whole = sampleFeatures({ ...features, hasTools: features.isToolLoop });
            const decision = route({
              request: requestOf('Go on.', {
                turns: [
                  { role: 'user', blocks: [{ type: 'text', text: 'Begin.' }] },
                  { role: 'assistant', blocks: [{ type: 'text', text: 'Begun.' }] },
                  { role: 'user', blocks: [{ type: 'text', text: 'Go on.' }] },
                ],
              }),
              features: whole,
              subject: subjectOf({ ...whole, now: 1_800_000_100_000, agent: 'coder' }),
              allowedModels: undefined,
              session: held ? stateOf(held, models) : undefined,
              named: undefined,
              asked: undefined,
              chance,
              sessionChance: chance,
            });
            expectSound(decision);
          }
          expect(Number.isFinite(pace.multiplier)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});

const stateOf = (
  { tier, course, ...rest }: NonNullable<typeof session extends fc.Arbitrary<infer State> ? State : never>,
  models: ReadonlyMap<string, Model>,
): SessionState => ({
  ...rest,
  model: ([...models.values()].find((model) => model.tier === tier)?.id ?? 'own/gone') as ModelId,
  provider: 'own',
  credential: 'a',
  isToolLoop: false,
  course: { ...newCourse, ...course },
});

const expectSound = ({ plan, propensity, reasons, weighed = [] }: Decision): void => {
  const asked = plan.flatMap(({ ask }) => ask);
  expect(asked.length).toBeGreaterThan(0);
  expect(new Set(asked).size).toBe(asked.length);
  expect(plan.at(-1)?.acceptIf).toBeUndefined();
  expect(propensity).toBeGreaterThan(0);
  expect(propensity).toBeLessThanOrEqual(1);
  expect([...reasons, ...weighed.map(({ evidence }) => `${evidence}`)].join()).not.toMatch(
    /NaN|Infinity|undefined/,
  );
};
