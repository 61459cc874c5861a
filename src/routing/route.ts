import { z } from 'zod';
import type { ChatRequest } from '../core/chat.ts';
import type { Decision, Rejected } from '../core/decision.ts';
import { GatewayError } from '../core/errors.ts';
import type { Holder } from '../core/exchange.ts';
import type { Features } from '../core/features.ts';
import { type DialectName, type Model, type ModelId, type Tier, tiers } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import { withoutHosted } from '../dialects/hosted-tools.ts';
import type { SessionState } from '../sessions/session-memory.ts';
import type { Subject } from './conditions/condition.ts';
import { defaultRules } from './default-rules.ts';
import { allowed } from './gates/allowed.ts';
import { continuity } from './gates/continuity.ts';
import { dialect } from './gates/dialect.ts';
import type { Gate, GateSubject } from './gates/gate.ts';
import { gates } from './gates/index.ts';
import { compileStrategy, type StrategyConfig, strategySchema } from './strategies/index.ts';
import type { TierModels, Wish } from './strategies/strategy.ts';

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

/** What a route is made with; all of it is known at load. */
export interface RouteParts {
  readonly name: string;
  readonly tiers: TierModels;
  readonly model: (id: ModelId) => Model | undefined;
  /** Where observed requests go that named no model. */
  readonly baseline: Model | undefined;
  /** The dialect in which a model is spoken to for a caller of this one. */
  readonly dialectOf: (model: Model, caller: DialectName, hasTools: boolean) => DialectName | undefined;
  /** In which dialects a provider is spoken to; undefined where it is not configured. */
  readonly spokenBy: (provider: string) => readonly DialectName[] | undefined;
  readonly isHealthy: (model: Model) => boolean;
  /** How long until a model may be asked that is left alone. */
  readonly waitMs?: (model: ModelId) => number;
  readonly predictCost: (model: Model, features: Features) => NanoUsd;
}

/** What a decision is made from. */
export interface Question {
  readonly request: ChatRequest;
  readonly subject: Subject;
  readonly features: Features;
  readonly allowedModels: readonly string[] | undefined;
  /** Who answered the conversation last; undefined where nothing is known of it. */
  readonly session?: SessionState | undefined;
  /** Where the conversation so far is kept; undefined where it is all in the request. */
  readonly holder?: Holder | undefined;
  /** The caller named a tier or a model instead of leaving the choice to the route. */
  readonly named:
    | { readonly type: 'tier'; readonly tier: Tier }
    | { readonly type: 'model'; readonly model: Model }
    | undefined;
  /** In observe mode: the model the caller's words mean. */
  readonly asked: Model | undefined;
}

export type Route = (question: Question) => Decision;

/** A call each for at most so many models: whoever waits longer has hung up. */
const mostSteps = 4;

/** Made once, at load. What it returns is pure; it throws GatewayError where no model can serve. */
export const compileRoute = ({ mode, strategy, hostedTools }: RouteConfig, routeParts: RouteParts): Route => {
  const parts: SiftParts = { ...routeParts, leavesOutHosted: hostedTools === 'drop' };
  const config: StrategyConfig = (strategy as StrategyConfig | undefined) ?? {
    type: 'rules',
    otherwise: 'mid',
  };
  const wishOf = compileStrategy(
    config.type === 'rules' && config.rules === undefined ? { ...config, rules: defaultRules() } : config,
    parts.tiers,
  );
  const candidatesOf = candidateLists(parts);
  const tierWishes = Object.fromEntries(tiers.map((tier) => [tier, tierWish(tier, parts.tiers)])) as Record<
    Tier,
    Wish
  >;
  const routed = (question: Question, wish: Wish, kind: Decision['mode']): Decision => {
    const { passed, rejected } = orStay(sift(candidatesOf(wish), question, parts, gates), question, parts);
    const [first] = passed;
    if (!first) throw nobodyLeft(rejected, question, parts);
    const decision: Decision = {
      ...leavingOut(question, parts),
      route: parts.name,
      strategy: config.type,
      tier: first.tier,
      plan: passed.slice(0, mostSteps).map(({ id }) => ({ ask: [id] })),
      reasons: wish.reasons,
      rejected,
      features: question.features,
      predictedCost: parts.predictCost(first, question.features),
      mode: kind,
      propensity: wish.propensity,
    };
    return wish.rule === undefined ? decision : { ...decision, rule: wish.rule };
  };
  return (question) => {
    const { named, subject } = question;
    const would = () => routed(question, wishOf(subject), 'observe');
    if (named?.type === 'model')
      return mode === 'observe'
        ? observed(question, named.model, parts, would)
        : pinned(question, named.model, parts, [`the caller asked for ${named.model.id}`]);
    if (named?.type === 'tier') return routed(question, tierWishes[named.tier], 'route');
    if (mode === 'route') return routed(question, wishOf(subject), 'route');
    const target = question.asked ?? parts.baseline;
    if (!target) return routed(question, wishOf(subject), 'route');
    return observed(question, target, parts, would);
  };
};

const tierWish = (tier: Tier, tierModels: TierModels): Wish => ({
  tier,
  models: tierModels[tier],
  mayRise: true,
  reasons: [`the caller asked for ${tier}`],
  propensity: 1,
});

/** The models of a wish, then those of dearer tiers where it may rise; worked out once for each wish there is. */
const candidateLists = ({ tiers: tierModels, model }: RouteParts): ((wish: Wish) => readonly Model[]) => {
  const lists = new WeakMap<readonly ModelId[], readonly Model[]>();
  return ({ models, tier, mayRise }) => {
    let list = lists.get(models);
    if (!list) {
      const dearer = mayRise ? tiers.slice(tiers.indexOf(tier)).flatMap((name) => tierModels[name]) : [];
      list = [...new Set([...models, ...dearer])].map(model).filter((found) => found !== undefined);
      lists.set(models, list);
    }
    return list;
  };
};

/** A route's parts, and what it does with tools that a vendor runs. */
interface SiftParts extends RouteParts {
  readonly leavesOutHosted: boolean;
}

/** For the few requests that offer such tools. */
const leavingOut = (
  { features }: Question,
  { leavesOutHosted }: SiftParts,
): Pick<Decision, 'leavesOutHostedTools'> =>
  leavesOutHosted && features.hasHostedTools ? { leavesOutHostedTools: true } : {};

/** Where all that is wished for is elsewhere, a conversation that cannot leave goes on where it is. */
const orStay = (sifted: Sifted, question: Question, parts: SiftParts): Sifted => {
  const { passed, rejected } = sifted;
  const where = question.holder ?? question.session;
  const last = passed.length === 0 && where && parts.model(where.model);
  if (!last || !rejected.some(({ gate }) => gate === continuity.name)) return sifted;
  if (rejected.some(({ model }) => model === last.id)) return sifted;
  const stayed = sift([last], question, parts, gates);
  return { passed: stayed.passed, rejected: [...rejected, ...stayed.rejected] };
};

interface Sifted {
  readonly passed: readonly Model[];
  readonly rejected: readonly Rejected[];
}

const sift = (
  candidates: readonly Model[],
  question: Question,
  parts: SiftParts,
  applied: readonly Gate[],
): Sifted => {
  const subject: GateSubject = {
    request: question.request,
    withoutHosted:
      leavingOut(question, parts).leavesOutHostedTools && withoutHosted(question.request)?.request,
    features: question.features,
    session: question.session,
    holder: question.holder,
    allowedModels: question.allowedModels,
    dialectOf: (model) => parts.dialectOf(model, question.request.dialect, question.features.hasTools),
    spokenBy: parts.spokenBy,
    isHealthy: parts.isHealthy,
  };
  const passed: Model[] = [];
  const rejected: Rejected[] = [];
  for (const model of candidates) {
    const rejection = firstRejection(model, subject, applied);
    if (rejection) rejected.push(rejection);
    else passed.push(model);
  }
  return { passed, rejected };
};

const firstRejection = (
  model: Model,
  subject: GateSubject,
  applied: readonly Gate[],
): Rejected | undefined => {
  for (const gate of applied) {
    const why = gate.check(model, subject);
    if (why !== undefined) return { model: model.id, gate: gate.name, why };
  }
  return undefined;
};

/** Who names a model gets it: on its own wire the vendor judges the request, on another nothing may be lost. */
const pinned = (question: Question, model: Model, parts: SiftParts, reasons: readonly string[]): Decision => {
  const { request, features } = question;
  const isNative = parts.dialectOf(model, request.dialect, features.hasTools) === request.dialect;
  const applied = gates.filter(
    ({ name, isPassing }) =>
      !isPassing &&
      (!isNative ||
        name === allowed.name ||
        name === dialect.name ||
        (name === continuity.name && question.holder !== undefined)),
  );
  const { passed, rejected } = sift([model], question, parts, applied);
  if (passed.length === 0) throw nobodyLeft(rejected, question, parts);
  return {
    ...leavingOut(question, parts),
    route: parts.name,
    strategy: 'pinned',
    tier: model.tier,
    plan: [{ ask: [model.id] }],
    reasons,
    rejected: [],
    features: question.features,
    predictedCost: parts.predictCost(model, question.features),
    mode: 'pinned',
    propensity: 1,
  };
};

const observed = (question: Question, target: Model, parts: SiftParts, route: () => Decision): Decision => {
  const sent = pinned(question, target, parts, [`observing: sent to ${target.id}`]);
  let would: Decision | undefined;
  try {
    would = route();
  } catch {
    // that routing would have found nobody is no reason to fail what is only observed
  }
  const first = would?.plan[0]?.ask[0];
  return {
    ...sent,
    strategy: would?.strategy ?? sent.strategy,
    mode: 'observe',
    reasons: [
      ...sent.reasons,
      ...(would ? [`would be ${first}: ${would.reasons.join('; ')}`] : ['would be nobody']),
    ],
    rejected: would?.rejected ?? [],
    ...(would?.rule !== undefined && { rule: would.rule }),
    ...(would &&
      first && {
        wouldBe: { model: first, tier: would.tier, ...(would.rule !== undefined && { rule: would.rule }) },
      }),
  };
};

const mostTold = 6;

const usualWaitMs = 10_000;

const nobodyLeft = (
  rejected: readonly Rejected[],
  { features }: Question,
  { waitMs = () => usualWaitMs }: RouteParts,
): GatewayError => {
  const told = rejected.slice(0, mostTold).map(({ model, why }) => `${model}: ${why}`);
  const rest = rejected.length > mostTold ? ` (and ${rejected.length - mostTold} more)` : '';
  const reasons = `${told.join('; ')}${rest}`;
  if (rejected.length === 0)
    return new GatewayError(
      'no-capable-model',
      'The route has no models; name some under "tiers" or "providers".',
    );
  if (rejected.some(({ gate }) => gate === 'thread'))
    return new GatewayError(
      'thread-unsupported',
      'The conversation is kept by its vendor, and a routed request may go to another: send the whole conversation, or ask for a model of that vendor by its name.',
      { param: 'thread' },
    );
  if (rejected.every(({ gate }) => gate === 'allowed'))
    return new GatewayError(
      'forbidden',
      `The key may use none of the models this request could go to: ${rejected
        .map(({ model }) => model)
        .slice(0, mostTold)
        .join(', ')}.`,
      { param: 'model' },
    );
  const unwell = rejected.filter(({ gate }) => gate === 'health');
  if (unwell.length > 0)
    return new GatewayError('no-healthy-model', `No model can be asked just now. ${reasons}.`, {
      retryAfterMs: Math.min(...unwell.map(({ model }) => waitMs(model))),
    });
  if (rejected.every(({ gate }) => gate === 'context'))
    return new GatewayError(
      'context-too-long',
      `prompt is too long: about ${features.promptTokens} tokens. ${reasons}.`,
    );
  return new GatewayError('no-capable-model', `No model of the route can serve this request. ${reasons}.`);
};
