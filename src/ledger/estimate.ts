import type { Attempt, Exchange, Intent } from '../core/exchange.ts';
import { addMoney, noMoney } from '../core/money.ts';

/** Tells a call that nobody saw the end of from one that failed. */
export const cutOffMessage = 'The gateway stopped before this call was settled: charged as reserved.';

/**
 * The exchange that a crash cut off, from its intents: every call that may have been made is charged
 * at its upper bound, so that it is never less than what the upstream bills.
 */
export const estimateExchange = (intents: readonly [Intent, ...Intent[]]): Exchange => {
  const [first] = intents;
  const last = intents.at(-1) ?? first;
  return {
    id: first.id,
    receivedAt: first.receivedAt,
    dialect: first.dialect,
    askedModel: first.askedModel,
    caller: first.caller,
    session: first.session,
    tags: first.tags,
    decision: first.decision,
    attempts: intents.map(estimateAttempt),
    outcome: 'partial',
    errorCode: 'internal',
    status: 500,
    model: last.model,
    tier: last.decision.tier,
    isStream: first.isStream,
    cost: addMoney(...intents.map(({ reserved }) => reserved)),
    isEstimated: true,
    baselineCost: noMoney,
    baselineModel: null,
    firstByteMs: null,
    totalMs: 0,
    warnings: [],
  };
};

const estimateAttempt = ({ model, decision, reserved, reservedUsage, priceVersion }: Intent): Attempt => ({
  model,
  provider: model.slice(0, model.indexOf('/')),
  tier: decision.tier,
  startedMs: 0,
  firstByteMs: null,
  totalMs: 0,
  status: null,
  outcome: 'cut',
  code: 'internal',
  message: cutOffMessage,
  usage: reservedUsage,
  cost: reserved,
  isEstimated: true,
  upstreamId: null,
  endReason: null,
  priceVersion,
});
