import { z } from 'zod';
import type { Decision, PlanStep, Weighed } from '../core/decision.ts';
import { type ModelId, type Tier, tiers } from '../core/model.ts';
import { createHold } from './hold.ts';
import { holdSchema } from './hold-config.ts';
import { whyUnjudged } from './judgeable.ts';
import { modelsOfRoute } from './models-of-route.ts';
import { nobodyLeft } from './nobody-left.ts';
import { Pace } from './pace.ts';
import { observed, pinned } from './pinned.ts';
import { createPlanner } from './plan.ts';
import type { Question, RouteParts } from './route-parts.ts';
import { leavingOut, Sieve, type SieveParts } from './sieve.ts';
import { compileStrategy, type StrategyConfig, strategySchema } from './strategies/index.ts';
import type { StrategyQuestion, TierModels, Wish } from './strategies/strategy.ts';

export type { Question, RouteParts } from './route-parts.ts';

export const routeSchema = z.strictObject({
  mode: z
    .enum(['route', 'observe'])
    .default('route')
    .describe('`observe` decides and records, and sends the request where the caller asked.'),
  strategy: strategySchema
    .optional()
    .describe('How models are chosen. Default: rules, the selection matrix.'),
  tiers: z
    .partialRecord(z.enum(tiers), z.array(z.string().min(1)).min(1))
    .optional()
    .describe('Models of a tier, for this route only.'),
  passThroughKeys: z
    .array(z.string())
    .default([])
    .describe('Providers for which a caller may bring its own key, sent to that provider only.'),
  sessions: holdSchema.prefault({}).describe('How conversations that have a model already are treated.'),
  hedge: z
    .boolean()
    .default(false)
    .describe(
      'A call that says nothing for `retries.hedgeAfter` is made once more beside it; who speaks first answers, both are paid for.',
    ),
  hostedTools: z
    .enum(['refuse', 'drop'])
    .default('refuse')
    .describe(
      "Whether models of other protocols are asked when a request offers tools that its own vendor runs (web search): `drop` asks them without those tools, unless one has to be called; groups of the caller's own tools are taken apart.",
    ),
});

export type RouteConfig = z.output<typeof routeSchema>;

export type Route = (question: Question) => Decision;

/** Made once, at load. What it returns is pure but for its pace; it throws GatewayError where no model can serve. */
export const compileRoute = (
  { mode, strategy, sessions, hostedTools }: RouteConfig,
  routeParts: RouteParts,
): Route => {
  const parts: SieveParts = { ...routeParts, leavesOutHosted: hostedTools === 'drop' };
  const config: StrategyConfig = (strategy as StrategyConfig | undefined) ?? {
    type: 'rules',
    otherwise: 'mid',
  };
  const wishOf = compileStrategy(config, {
    route: parts.name,
    tiers: parts.tiers,
    model: parts.model,
    reference: parts.baseline,
    predictor: parts.predictor ?? (() => undefined),
    expectedCost: parts.expectedCost,
    speed: parts.speed ?? (() => undefined),
    pace: parts.pace ?? new Pace(),
  });
  const planOf = createPlanner(parts);
  const hold = createHold(sessions, parts, modelsOfRoute(config, parts));
  const tierWishes = Object.fromEntries(tiers.map((tier) => [tier, tierWish(tier, parts.tiers)])) as Record<
    Tier,
    Wish
  >;
  const planned = (question: Question, sieve: Sieve, wish: Wish, kind: Decision['mode']): Decision => {
    const wished = planOf(wish, sieve);
    const { plan, switching } =
      wished.length === 0
        ? { plan: stayingPlan(sieve, wish), switching: undefined }
        : kind === 'observe'
          ? { plan: wished, switching: undefined }
          : hold(question, { wish, plan: wished, sieve });
    const id = plan[0]?.ask[0];
    const first = id === undefined ? undefined : parts.model(id);
    if (!first) throw nobodyLeft(sieve.rejected, question, parts);
    if (!question.isRehearsal) wish.settle?.(first.id);
    return {
      ...leavingOut(question, parts),
      route: parts.name,
      strategy: config.type,
      ...(wish.rule !== undefined && { rule: wish.rule }),
      tier: first.tier,
      plan,
      reasons: wish.reasons,
      rejected: sieve.rejected,
      features: question.features,
      predictedCost:
        wish.weighed?.find(({ model }) => model === first.id)?.cost ??
        parts.expectedCost(first, question.subject, question.session),
      mode: kind,
      ...(wish.policy !== undefined && { policy: wish.policy }),
      ...(wish.weighed && { weighed: leading(wish.weighed, first.id) }),
      ...(switching && { switching }),
      // lots that were drawn decided nothing where the conversation had the last word
      propensity: first.id === wished[0]?.ask[0] ? wish.propensity : 1,
    };
  };
  const routed = (question: Question, kind: Decision['mode']): Decision => {
    const sieve = new Sieve(question, parts);
    const asked = kind === 'observe' ? unheld(question) : question;
    return planned(question, sieve, wishOf(strategyQuestion(asked, sieve, parts)), kind);
  };
  return (question) => {
    const { named } = question;
    const would = () => routed(question, 'observe');
    if (named?.type === 'model')
      return mode === 'observe'
        ? observed(question, named.model, parts, would)
        : pinned(question, named.model, parts, [`the caller asked for ${named.model.id}`]);
    if (named?.type === 'tier')
      return planned(question, new Sieve(question, parts), tierWishes[named.tier], 'route');
    if (mode === 'route') return routed(question, 'route');
    const target = question.asked ?? parts.baseline;
    return target ? observed(question, target, parts, would) : routed(question, 'route');
  };
};

/** Who brings no lots along wins none: nothing is tried for it. */
const middling = 0.5;

/** Where a caller put a conversation says nothing of where routing would have it: neither its model nor its cache. */
const unheld = (question: Question): Question => ({ ...question, session: undefined, chance: middling });

const strategyQuestion = (
  { request, subject, session, embedding, chance = middling, sessionChance = middling }: Question,
  sieve: Sieve,
  { model }: SieveParts,
): StrategyQuestion => ({
  subject,
  session,
  embedding,
  chance,
  sessionChance,
  canServe: (id) => sieve.canServe(model(id)),
  unjudged: () => whyUnjudged(request),
});

/** The model that is asked first stands first, though somebody else was wished for. */
const leading = (weighed: readonly Weighed[], first: ModelId): readonly Weighed[] =>
  weighed[0]?.model === first
    ? weighed
    : weighed.toSorted((a, b) => Number(b.model === first) - Number(a.model === first));

const tierWish = (tier: Tier, tierModels: TierModels): Wish => ({
  tier,
  models: tierModels[tier],
  mayRise: true,
  reasons: [`the caller asked for ${tier}`],
  propensity: 1,
});

/** A conversation that cannot leave goes on where it is; not where rules forbid it. */
const stayingPlan = (sieve: Sieve, { within }: Wish): readonly PlanStep[] => {
  const held = sieve.mayStay();
  return held && (!within || within.includes(held.id)) ? [{ ask: [held.id] }] : [];
};
