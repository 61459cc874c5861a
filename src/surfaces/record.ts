import { costOf } from '../catalog/cost.ts';
import type { RequestTags } from '../core/caller.ts';
import type { Decision } from '../core/decision.ts';
import type { GatewayError } from '../core/errors.ts';
import type { Attempt, Exchange, ExchangeId, Intent } from '../core/exchange.ts';
import { addMoney, noMoney } from '../core/money.ts';
import { noUsage, type Usage } from '../core/usage.ts';
import { unread } from '../features/unread.ts';
import type { Owner } from './owner.ts';
import type { Surface } from './surface.ts';

/** What is known of a passed-through request before it is sent. */
export interface Passing {
  readonly id: ExchangeId;
  readonly receivedAt: number;
  readonly surface: Surface;
  readonly asked: string;
  readonly caller: string;
  readonly session: string;
  readonly tags: RequestTags['tags'];
  readonly owner: Owner;
  readonly isStream: boolean;
  /** What it may come to at most. */
  readonly bound: Usage;
  /** The caller's own key for the provider, sent instead of the configured one. */
  readonly ownKey?: string;
}

/** How one call went. */
export interface Passed {
  readonly status: number | null;
  readonly outcome: Attempt['outcome'];
  readonly error: GatewayError | undefined;
  /** Undefined where the provider told none. */
  readonly usage: Usage | undefined;
  /** What it came to, where nobody told. */
  readonly estimate: Usage;
  readonly startedMs: number;
  readonly firstByteMs: number | null;
  readonly totalMs: number;
}

export const intentOf = (passing: Passing, decision: Decision, attempt: number): Intent => ({
  ...{ id: passing.id, receivedAt: passing.receivedAt, caller: passing.caller, session: passing.session },
  dialect: passing.surface.dialect,
  askedModel: passing.asked,
  tags: passing.tags,
  isStream: passing.isStream,
  decision,
  attempt,
  model: passing.owner.id,
  reserved: chargeOf(passing.bound, passing),
  reservedUsage: passing.bound,
  priceVersion: versionOf(passing.owner),
});

export const attemptOf = (passed: Passed, passing: Passing): Attempt => {
  const { owner, surface } = passing;
  const isCharged = passed.outcome !== 'failed' && !surface.isFree;
  const usage = isCharged ? (passed.usage ?? passed.estimate) : noUsage;
  return {
    model: owner.id,
    provider: owner.provider.name,
    tier: owner.tier,
    startedMs: passed.startedMs,
    firstByteMs: passed.firstByteMs,
    totalMs: passed.totalMs,
    status: passed.status,
    outcome: passed.outcome,
    code: passed.outcome === 'cancelled' ? 'client-gone' : (passed.error?.code ?? null),
    message: passed.error?.message ?? null,
    usage,
    cost: chargeOf(usage, passing),
    // a price that nobody knows makes the cost a guess, however well the tokens are known
    isEstimated: isCharged && (passed.usage === undefined || owner.prices === undefined),
    upstreamId: null,
    endReason: null,
    priceVersion: versionOf(owner),
  };
};

export const exchangeOf = (
  passing: Passing,
  decision: Decision,
  attempts: readonly Attempt[],
  end: Pick<Exchange, 'outcome' | 'errorCode' | 'status' | 'totalMs'>,
): Exchange => {
  const last = attempts.at(-1);
  const cost = addMoney(...attempts.map((attempt) => attempt.cost));
  const isAnswered = end.outcome === 'ok' || end.outcome === 'partial';
  return {
    ...{ id: passing.id, receivedAt: passing.receivedAt, caller: passing.caller, session: passing.session },
    dialect: passing.surface.dialect,
    askedModel: passing.asked,
    tags: passing.tags,
    decision,
    attempts,
    ...end,
    model: isAnswered ? passing.owner.id : null,
    // no tier was chosen, and shares of tiers are told of what was routed
    tier: null,
    isStream: passing.isStream,
    cost,
    isEstimated: attempts.some(({ isEstimated }) => isEstimated),
    // nothing was routed, so nothing was saved
    baselineCost: cost,
    baselineModel: isAnswered ? passing.owner.id : null,
    firstByteMs: last?.firstByteMs ?? null,
    warnings: [],
  };
};

export const decisionOf = (passing: Passing): Decision => {
  const { owner, surface, bound } = passing;
  return {
    route: 'pass-through',
    strategy: surface.name,
    tier: owner.tier,
    plan: [{ ask: [owner.id] }],
    reasons: [
      `${surface.name} of the provider "${owner.provider.name}"`,
      ...(owner.prices === undefined && !surface.isFree ? ['price unknown'] : []),
    ],
    rejected: [],
    features: { ...unread, promptTokens: bound.inputTokens, askTokens: bound.inputTokens },
    predictedCost: chargeOf(bound, passing),
    mode: 'pinned',
    propensity: 1,
  };
};

const versionOf = ({ prices }: Owner): string => prices?.version ?? 'unknown';

const chargeOf = (usage: Usage, { owner, surface }: Pick<Passing, 'owner' | 'surface'>) =>
  owner.prices === undefined || surface.isFree ? noMoney : costOf(usage, owner.prices);
