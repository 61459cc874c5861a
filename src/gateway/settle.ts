import { costOf } from '../catalog/cost.ts';
import { textOf } from '../core/chat.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Attempt, Decided, Exchange, Intent } from '../core/exchange.ts';
import type { Model } from '../core/model.ts';
import { addMoney, noMoney } from '../core/money.ts';
import { noUsage, type Usage } from '../core/usage.ts';
import type { Heard } from './ask.ts';

/** Faster than any model is served: bounds what may have been generated behind our back. Tokens per second. */
const fastestTokensPerSec = 4000;

/** One call, priced: exactly where its usage was told, else leaning to the dear side and marked. */
export const attemptOf = (
  heard: Heard,
  intent: Intent,
  model: Model,
  startedMs: number,
  totalMs: number,
): Attempt => {
  const { usage, isEstimated } = usageOf(heard, intent, totalMs);
  const error = heard.outcome === 'cut' || heard.outcome === 'failed' ? heard.error : undefined;
  return {
    model: model.id,
    provider: model.provider,
    tier: model.tier,
    startedMs,
    firstByteMs: heard.firstByteMs === null ? null : startedMs + heard.firstByteMs,
    totalMs,
    status: heard.status,
    outcome: heard.outcome,
    code: heard.outcome === 'cancelled' ? 'client-gone' : (error?.code ?? null),
    message: error?.message ?? null,
    usage,
    cost: costOf(usage, model.prices),
    isEstimated,
    upstreamId: heard.upstreamId,
    endReason: heard.endReason,
    priceVersion: model.prices.version,
  };
};

const usageOf = (
  heard: Heard,
  intent: Intent,
  totalMs: number,
): { readonly usage: Usage; readonly isEstimated: boolean } => {
  const { usage, hasEnded, status, wasSent, deliveredBytes } = heard;
  if (usage && hasEnded) return { usage, isEstimated: false };
  // refused calls are not charged by any vendor, and what was never sent costs nothing
  if (!wasSent || (status !== null && status !== 200)) return { usage: noUsage, isEstimated: false };
  const features = intent.decision.features;
  const bound = intent.reservedUsage;
  if (hasEnded) {
    const outputTokens = Math.ceil(deliveredBytes / 4);
    return { usage: { ...noUsage, inputTokens: features.promptTokens, outputTokens }, isEstimated: true };
  }
  const spoken = Math.ceil(deliveredBytes / 3);
  const unheard =
    heard.firstByteMs === null || spoken === 0 ? Math.ceil((totalMs / 1000) * fastestTokensPerSec) : 0;
  const outputTokens = Math.min(Math.max(spoken, unheard, usage?.outputTokens ?? 0), bound.outputTokens);
  if (usage) return { usage: { ...usage, outputTokens }, isEstimated: true };
  const inputTokens = Math.min(Math.ceil(features.promptTokens * 1.5), allInput(bound));
  return { usage: { ...noUsage, inputTokens, outputTokens }, isEstimated: true };
};

const allInput = (usage: Usage): number =>
  usage.inputTokens +
  usage.cacheWrite5mTokens +
  usage.cacheWrite30mTokens +
  usage.cacheWrite1hTokens +
  usage.cacheWrite12hTokens;

export interface Ending {
  readonly outcome: Exchange['outcome'];
  readonly errorCode: ErrorCode | null;
  readonly status: number;
  readonly totalMs: number;
  readonly warnings: readonly string[];
  readonly answerText: string | undefined;
}

/** The one record of a request. */
export const exchangeOf = (
  decided: Decided,
  attempts: readonly Attempt[],
  baseline: Model | undefined,
  { outcome, errorCode, status, totalMs, warnings, answerText }: Ending,
): Exchange => {
  const last = attempts.at(-1);
  const answered =
    last && (outcome === 'ok' || outcome === 'partial' || last.usage !== noUsage) ? last : undefined;
  return {
    id: decided.id,
    receivedAt: decided.receivedAt,
    dialect: decided.dialect,
    askedModel: decided.request.model,
    caller: decided.caller.name,
    session: decided.session,
    tags: decided.tags.tags,
    decision: decided.decision,
    attempts,
    outcome,
    errorCode,
    status,
    model: answered?.model ?? null,
    tier: answered?.tier ?? null,
    isStream: decided.request.stream,
    cost: addMoney(...attempts.map(({ cost }) => cost)),
    isEstimated: attempts.some(({ isEstimated }) => isEstimated),
    // the same tokens, read from a cache as warm as this one's, at the frontier's prices
    baselineCost: answered && baseline ? costOf(answered.usage, baseline.prices) : noMoney,
    baselineModel: answered && baseline ? baseline.id : null,
    firstByteMs: last?.firstByteMs ?? null,
    totalMs,
    warnings,
    ...(answerText !== undefined && { texts: { prompt: promptText(decided), answer: answerText } }),
  };
};

const promptText = ({ request }: Decided): string =>
  [
    ...(request.system.length > 0 ? [`system: ${textOf(request.system)}`] : []),
    ...request.turns.map(({ role, blocks }) => `${role}: ${textOf(blocks)}`),
  ].join('\n\n');
