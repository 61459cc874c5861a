import { costOf, isPriced } from '../catalog/cost.ts';
import { textOf } from '../core/chat.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Attempt, Decided, Exchange, Intent } from '../core/exchange.ts';
import type { Model } from '../core/model.ts';
import { addMoney, noMoney } from '../core/money.ts';
import { answerTokens, noUsage, promptTokens, type Usage } from '../core/usage.ts';
import type { Heard } from './heard.ts';

/** Faster than any model is served: bounds what may have been generated behind our back. Tokens per second. */
const fastestTokensPerSec = 4000;
/** Faster than any model that thinks before it speaks. */
const fastestThoughtPerSec = 500;
/** How long an upstream may go on before it notices that nobody listens any more. */
const noticeMs = 20;
/** An answer that goes on unheard is taken to be so long where nobody bounded it. */
const unheardAnswerTokens = 8192;
/** No prompt and no answer has so many tokens: a vendor that tells more tells nonsense. */
const mostTokens = 100_000_000;
/** A body may hold any number of fields that had to be dropped. */
const mostWarnings = 32;
const longestWarning = 100;

/**
 * One call, priced: exactly where its usage was told, else leaning to the dear side and marked.
 * `goesOnUnheard`: the provider does not stop where nobody listens any more.
 */
export const attemptOf = (
  heard: Heard,
  intent: Intent,
  model: Model,
  startedMs: number,
  totalMs: number,
  goesOnUnheard: boolean,
): Attempt => {
  const { usage, isEstimated } = usageOf(heard, intent, model, totalMs, goesOnUnheard);
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
    cost: costOf(usage, model.prices, heard.serviceTier),
    isEstimated: isEstimated || (usage !== noUsage && !isPriced(model.prices, heard.serviceTier)),
    upstreamId: heard.upstreamId,
    endReason: heard.endReason,
    priceVersion: model.prices.version,
  };
};

const usageOf = (
  heard: Heard,
  { decision, reservedUsage: bound }: Intent,
  model: Model,
  totalMs: number,
  goesOnUnheard: boolean,
): { readonly usage: Usage; readonly isEstimated: boolean } => {
  const { hasEnded, deliveredBytes } = heard;
  const usage = heard.usage && isPlausible(heard.usage) ? heard.usage : undefined;
  if (usage && hasEnded && !heard.isCutShort) return { usage, isEstimated: false };
  if (isFree(heard)) return { usage: noUsage, isEstimated: false };
  const { promptTokens: guess } = decision.features;
  const mostInput = promptTokens(bound);
  const mostOutput = answerTokens(bound);
  if (heard.outcome === 'ok' && !heard.isCutShort) {
    const inputTokens = Math.min(guess, mostInput);
    const outputTokens = Math.min(Math.ceil(deliveredBytes / 4), mostOutput);
    return { usage: { ...noUsage, inputTokens, outputTokens }, isEstimated: true };
  }
  // broken off: nobody says what was generated, so every guess leans to the dear side
  const spoken = Math.ceil(deliveredBytes / 3);
  const told = usage ? answerTokens(usage) : 0;
  const least = goesOnUnheard ? unheardAnswerTokens : 0;
  const output = Math.min(Math.max(spoken + unheard(heard, model, totalMs), told, least), mostOutput);
  if (!usage) {
    const inputTokens = Math.min(Math.ceil(guess * 1.5), mostInput);
    return { usage: { ...noUsage, inputTokens, outputTokens: output }, isEstimated: true };
  }
  const reasoningTokens = Math.min(usage.reasoningTokens, output);
  return { usage: { ...usage, outputTokens: output - reasoningTokens, reasoningTokens }, isEstimated: true };
};

const isPlausible = (usage: Usage): boolean =>
  promptTokens(usage) < mostTokens && answerTokens(usage) < mostTokens;

/** What was never sent costs nothing, and no vendor charges for what it refuses: by its status, or by an error before any word. */
const isFree = (heard: Heard): boolean => {
  const { wasSent, status, usage, deliveredBytes } = heard;
  if (!wasSent || (status !== null && (status < 200 || status > 299))) return true;
  const said = heard.outcome === 'failed' ? heard.error.upstream?.class : undefined;
  // of this class are also answers that could not be read: those may well be charged for
  const isRefused = said !== undefined && said !== 'upstream-bad';
  return isRefused && usage === undefined && deliveredBytes === 0;
};

/** Tokens that may have been generated and were never heard: since the last piece, and in thoughts that are not shown. */
const unheard = (
  { deliveredBytes, lastByteMs, silentMs }: Heard,
  { capabilities }: Model,
  totalMs: number,
): number => {
  const heardMs = deliveredBytes === 0 ? 0 : (lastByteMs ?? 0);
  const spokenMs = Math.max(totalMs - heardMs, 0) + noticeMs;
  const thoughtMs = deliveredBytes === 0 || capabilities.reasoning.type === 'none' ? 0 : silentMs;
  return Math.ceil((spokenMs * fastestTokensPerSec + thoughtMs * fastestThoughtPerSec) / 1000);
};

export interface Ending {
  readonly outcome: Exchange['outcome'];
  readonly errorCode: ErrorCode | null;
  readonly status: number;
  readonly totalMs: number;
  /** When the first byte of a judged answer went out; undefined where answers went out as they came. */
  readonly firstByteMs?: number | undefined;
  readonly warnings: readonly string[];
  readonly answerText: string | undefined;
}

/** The one record of a request. */
export const exchangeOf = (
  decided: Decided,
  answering: readonly Attempt[],
  baseline: Model | undefined,
  { outcome, errorCode, status, totalMs, firstByteMs, warnings, answerText }: Ending,
): Exchange => {
  const attempts = decided.embedded ? [decided.embedded, ...answering] : answering;
  const last = answererOf(attempts);
  const answered =
    last && (outcome === 'ok' || outcome === 'partial' || last.usage !== noUsage) ? last : undefined;
  let cost = noMoney;
  let isEstimated = false;
  for (const attempt of attempts) {
    cost = addMoney(cost, attempt.cost);
    isEstimated ||= attempt.isEstimated;
  }
  const exchange: Exchange = {
    id: decided.id,
    receivedAt: decided.receivedAt,
    dialect: decided.dialect,
    askedModel: decided.request.model,
    caller: decided.caller.name,
    session: decided.session,
    tags: decided.tags.tags,
    ...(decided.tags.agent && { agent: decided.tags.agent }),
    decision: decided.decision,
    attempts,
    outcome,
    errorCode,
    status,
    model: answered?.model ?? null,
    tier: answered?.tier ?? null,
    isStream: decided.request.stream,
    cost,
    isEstimated,
    // the same tokens, read from a cache as warm as this one's, at the frontier's prices
    baselineCost: answered && baseline ? costOf(answered.usage, baseline.prices) : noMoney,
    baselineModel: answered && baseline ? baseline.id : null,
    firstByteMs: firstByteMs ?? last?.firstByteMs ?? null,
    totalMs,
    warnings:
      warnings.length === 0
        ? warnings
        : warnings.slice(0, mostWarnings).map((warning) => warning.slice(0, longestWarning)),
  };
  return answerText === undefined
    ? exchange
    : { ...exchange, texts: { prompt: promptText(decided), answer: answerText, ...askOf(decided) } };
};

/** Whose answer went out, or else who was asked last for one that might have. */
const answererOf = (attempts: readonly Attempt[]): Attempt | undefined => {
  let last: Attempt | undefined;
  for (const attempt of attempts)
    if (
      attempt.passedOver === undefined &&
      !attempt.role &&
      (attempt.outcome === 'ok' || last?.outcome !== 'ok')
    )
      last = attempt;
  return last;
};

const askOf = ({ ask }: Decided): { readonly ask?: string } => (ask === undefined ? {} : { ask });

const promptText = ({ request }: Decided): string =>
  [
    ...(request.system.length > 0 ? [`system: ${textOf(request.system)}`] : []),
    ...request.turns.map(({ role, blocks }) => `${role}: ${textOf(blocks)}`),
  ].join('\n\n');
