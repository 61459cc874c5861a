import type { Decision } from '../../core/decision.ts';
import type { Attempt, Exchange, ExchangeId, Intent } from '../../core/exchange.ts';
import type { NanoUsd } from '../../core/money.ts';
import type { Signal } from '../../core/signal.ts';
import type { Usage } from '../../core/usage.ts';
import { writeDecision } from './decision-text.ts';

/**
 * What the journal writes of intents and exchanges: lines of JSON, the exchange's id first.
 *
 *     id
 *     head      an array: its fields in fixed order, the decision's own apart
 *     decision  empty where an earlier record of this exchange has it
 *     prompt    with `answer`: only where texts are stored
 *     answer
 *     ask       with them, where it is known
 *
 * Whoever applies a record parses only the head, and passes the decision on as the text it is.
 */
export interface RecordText {
  readonly id: ExchangeId;
  readonly head: string;
  readonly decision: string;
  readonly prompt: string | undefined;
  readonly answer: string | undefined;
  readonly ask: string | undefined;
}

type UsageFields = readonly [
  input: number,
  cacheRead: number,
  cacheWrite5m: number,
  cacheWrite30m: number,
  cacheWrite1h: number,
  cacheWrite12h: number,
  output: number,
  reasoning: number,
];

type IntentHead = readonly [
  receivedAt: number,
  dialect: Intent['dialect'],
  askedModel: string,
  caller: string,
  session: string,
  tags: Intent['tags'] | null,
  isStream: boolean,
  attempt: number,
  model: Intent['model'],
  reserved: string,
  reservedUsage: UsageFields,
  priceVersion: string,
];

/** Money as decimal text: JSON has no whole numbers of that size. */
export type AttemptFields = readonly [
  model: string,
  provider: string,
  tier: string,
  startedMs: number,
  firstByteMs: number | null,
  totalMs: number,
  status: number | null,
  outcome: string,
  code: string | null,
  message: string | null,
  usage: UsageFields,
  cost: string,
  isEstimated: boolean,
  upstreamId: string | null,
  endReason: string | null,
  priceVersion: string,
  // older records end here
  passedOver?: string | null,
  role?: string | null,
];

export type ExchangeHead = readonly [
  receivedAt: number,
  dialect: string,
  askedModel: string,
  caller: string,
  session: string,
  tags: Exchange['tags'] | null,
  route: string,
  rule: string | null,
  mode: string,
  task: string,
  attempts: readonly AttemptFields[],
  outcome: string,
  errorCode: string | null,
  status: number,
  model: string | null,
  tier: string | null,
  isStream: boolean,
  cost: string,
  isEstimated: boolean,
  baselineCost: string,
  baselineModel: string | null,
  firstByteMs: number | null,
  totalMs: number,
  warnings: readonly string[] | null,
  /** Missing in records of before it was kept. */
  agent?: string | null,
];

/** `hasDecision`: an earlier record of the exchange brought the decision already. */
export const writeIntent = (intent: Intent, hasDecision: boolean): string => {
  const head: IntentHead = [
    intent.receivedAt,
    intent.dialect,
    intent.askedModel,
    intent.caller,
    intent.session,
    tagsOrNull(intent.tags),
    intent.isStream,
    intent.attempt,
    intent.model,
    intent.reserved.toString(),
    usageFields(intent.reservedUsage),
    intent.priceVersion,
  ];
  return `${intent.id}\n${JSON.stringify(head)}\n${hasDecision ? '' : writeDecision(intent.decision)}`;
};

export const readIntent = (id: ExchangeId, headText: string, decision: Decision): Intent => {
  const head = JSON.parse(headText) as IntentHead;
  return {
    id,
    receivedAt: head[0],
    dialect: head[1],
    askedModel: head[2],
    caller: head[3],
    session: head[4],
    tags: head[5] ?? {},
    isStream: head[6],
    decision,
    attempt: head[7],
    model: head[8],
    reserved: BigInt(head[9]) as NanoUsd,
    reservedUsage: readUsage(head[10]),
    priceVersion: head[11],
  };
};

export const writeExchange = (exchange: Exchange, hasDecision: boolean, keepsTexts: boolean): string => {
  const { decision, texts } = exchange;
  const head = JSON.stringify(exchangeHead(exchange));
  const text = `${exchange.id}\n${head}\n${hasDecision ? '' : writeDecision(decision)}`;
  if (!keepsTexts || !texts) return text;
  const whole = `${text}\n${JSON.stringify(texts.prompt)}\n${JSON.stringify(texts.answer)}`;
  return texts.ask === undefined ? whole : `${whole}\n${JSON.stringify(texts.ask)}`;
};

export const exchangeHead = (exchange: Exchange): ExchangeHead => {
  const { decision } = exchange;
  return [
    exchange.receivedAt,
    exchange.dialect,
    exchange.askedModel,
    exchange.caller,
    exchange.session,
    tagsOrNull(exchange.tags),
    decision.route,
    decision.rule ?? null,
    decision.mode,
    decision.features.task,
    exchange.attempts.map(attemptFields),
    exchange.outcome,
    exchange.errorCode,
    exchange.status,
    exchange.model,
    exchange.tier,
    exchange.isStream,
    exchange.cost.toString(),
    exchange.isEstimated,
    exchange.baselineCost.toString(),
    exchange.baselineModel,
    exchange.firstByteMs,
    exchange.totalMs,
    exchange.warnings.length === 0 ? null : exchange.warnings,
    exchange.agent ?? null,
  ];
};

/** Cuts a record into its lines. JSON holds no bare line break, and neither do ids. */
export const readRecord = (text: string): RecordText => {
  const idEnd = text.indexOf('\n');
  const headEnd = text.indexOf('\n', idEnd + 1);
  const decisionEnd = text.indexOf('\n', headEnd + 1);
  const id = text.slice(0, idEnd) as ExchangeId;
  const head = text.slice(idEnd + 1, headEnd);
  if (decisionEnd < 0) return { id, head, decision: text.slice(headEnd + 1), ...noTexts };
  const promptEnd = text.indexOf('\n', decisionEnd + 1);
  const answerEnd = text.indexOf('\n', promptEnd + 1);
  return {
    id,
    head,
    decision: text.slice(headEnd + 1, decisionEnd),
    prompt: JSON.parse(text.slice(decisionEnd + 1, promptEnd)) as string,
    answer: JSON.parse(text.slice(promptEnd + 1, answerEnd < 0 ? undefined : answerEnd)) as string,
    ask: answerEnd < 0 ? undefined : (JSON.parse(text.slice(answerEnd + 1)) as string),
  };
};

const noTexts = { prompt: undefined, answer: undefined, ask: undefined };

export const writeSignal = ({ exchange, source, at, score, label, comment }: Signal): string =>
  `${exchange}\n${JSON.stringify({ source, at, score, label, comment })}`;

export const readSignal = (text: string): Signal => {
  const idEnd = text.indexOf('\n');
  const said = JSON.parse(text.slice(idEnd + 1)) as Omit<Signal, 'exchange'>;
  return { exchange: text.slice(0, idEnd) as ExchangeId, ...said };
};

const attemptFields = (attempt: Attempt): AttemptFields => {
  const fields = [
    attempt.model,
    attempt.provider,
    attempt.tier,
    attempt.startedMs,
    attempt.firstByteMs,
    attempt.totalMs,
    attempt.status,
    attempt.outcome,
    attempt.code,
    attempt.message,
    usageFields(attempt.usage),
    attempt.cost.toString(),
    attempt.isEstimated,
    attempt.upstreamId,
    attempt.endReason,
    attempt.priceVersion,
  ] as const;
  const { passedOver, role } = attempt;
  // of few: the others' records stay as short as they are
  return passedOver === undefined && role === undefined
    ? fields
    : [...fields, passedOver ?? null, role ?? null];
};

const usageFields = (usage: Usage): UsageFields => [
  usage.inputTokens,
  usage.cacheReadTokens,
  usage.cacheWrite5mTokens,
  usage.cacheWrite30mTokens,
  usage.cacheWrite1hTokens,
  usage.cacheWrite12hTokens,
  usage.outputTokens,
  usage.reasoningTokens,
];

const readUsage = (fields: UsageFields): Usage => ({
  inputTokens: fields[0],
  cacheReadTokens: fields[1],
  cacheWrite5mTokens: fields[2],
  cacheWrite30mTokens: fields[3],
  cacheWrite1hTokens: fields[4],
  cacheWrite12hTokens: fields[5],
  outputTokens: fields[6],
  reasoningTokens: fields[7],
});

const tagsOrNull = (tags: Exchange['tags']): Exchange['tags'] | null => {
  for (const _ in tags) return tags;
  return null;
};
