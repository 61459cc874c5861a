import type { Attempt, Exchange } from '../core/exchange.ts';
import type { Tier } from '../core/model.ts';
import { toUsd } from '../core/money.ts';
import { answerTokens, promptTokens } from '../core/usage.ts';
import { type KeptOutcome, mostTrusted, type OutcomeReader } from '../ledger/signals.ts';
import { clippedAsk } from '../routing/classifier/vector.ts';
import {
  attemptSignal,
  type ImplicitSignal,
  implicitMeaning,
  implicitSignals,
  type NextTurn,
  nextTurnOf,
  turnSignal,
} from './implicit-signals.ts';
import type { TrainingRow } from './trainer.ts';

export interface LedgerRowOptions {
  /** Milliseconds since 1970; rows are as old as they are then. */
  readonly now: number;
  /** What is so old counts half. */
  readonly halfLifeMs: number;
  /** What a sign of each kind counts beside a word that somebody said; 0 leaves the kind out. */
  readonly implicit: Readonly<Record<ImplicitSignal, number>>;
}

/** What policies call these rows among their sources. */
export const ledgerSource = 'ledger';

/** A row to be trained on, and where it comes from. */
export interface LedgerRow {
  readonly row: TrainingRow;
  readonly receivedAt: number;
  /** `label`: somebody said so, at `labelledAt`. */
  readonly from: 'label' | ImplicitSignal;
  readonly labelledAt: number | undefined;
  readonly model: string;
  readonly tier: Tier;
}

export const usualImplicit: LedgerRowOptions['implicit'] = {
  failed: 0.1,
  refusal: 0.1,
  misfit: 0.1,
  're-ask': 0.1,
  'went-on': 0.05,
};

/** Everything of implicit kinds left out. */
export const noImplicit = Object.fromEntries(
  implicitSignals.map((kind) => [kind, 0]),
) as LedgerRowOptions['implicit'];

/** Older rows count less than a hundredth. */
const halfLivesRead = 7;
/** An answer that was chosen by a chance of one in fifty would else speak for fifty: its error, too. */
const mostInverse = 10;
/** Conversations whose next turn is remembered while reading back; the oldest is forgotten first. */
const mostConversations = 50_000;

/**
 * Rows from the ledger, newest first: features as they were kept, and for each model that answered the word
 * of the most trusted source. Signs that nobody spoke count little, and all of them together never more than
 * what was said. A row weighs less with age and more where it was an unlikely choice (at most tenfold).
 */
export function* ledgerRows(reader: OutcomeReader, options: LedgerRowOptions): Generator<LedgerRow> {
  const { now, halfLifeMs, implicit } = options;
  const from = now - halfLivesRead * halfLifeMs;
  const conversations = new Map<string, NextTurn>();
  let implicitLeft = reader.labelledSince(from);
  for (const kept of reader.newestFirst(from)) {
    const { exchange, signals } = kept;
    if (!isOfUse(exchange)) continue;
    const conversation = `${exchange.caller}\n${exchange.session}`;
    const next = conversations.get(conversation);
    conversations.delete(conversation);
    conversations.set(conversation, nextTurnOf(exchange));
    if (conversations.size > mostConversations)
      conversations.delete(conversations.keys().next().value as string);
    const said = mostTrusted(signals);
    for (const found of signsOf(exchange, said !== undefined, next)) {
      const { kind, attempt } = found;
      const weight = implicit[kind];
      if (weight <= 0 || weight > implicitLeft) continue;
      implicitLeft -= weight;
      const { score } = implicitMeaning[kind];
      yield rowOf(kept, attempt, { from: kind, score, weight }, now, halfLifeMs);
    }
    const answered = answererOf(exchange);
    if (said && answered)
      yield {
        ...rowOf(kept, answered, { from: 'label', score: said.score, weight: 1 }, now, halfLifeMs),
        labelledAt: said.at,
      };
  }
}

/** What was settled as an estimate after a crash, or passed through, tells nothing of a model's answers. */
const isOfUse = ({ decision: { features, route }, attempts }: Exchange): boolean =>
  attempts.length > 0 && features.task !== 'background' && route !== 'pass-through';

interface Sign {
  readonly kind: ImplicitSignal;
  readonly attempt: Attempt;
}

/** Of an exchange that somebody labelled, only what its earlier attempts came to. */
const signsOf = (exchange: Exchange, isLabelled: boolean, next: NextTurn | undefined): readonly Sign[] => {
  const signs: Sign[] = [];
  for (const attempt of exchange.attempts) {
    const kind = attemptSignal(attempt);
    if (kind && !(isLabelled && attempt.model === exchange.model)) signs.push({ kind, attempt });
  }
  const answered = answererOf(exchange);
  const kind = isLabelled ? undefined : turnSignal(exchange, next);
  if (kind && answered && !signs.some(({ attempt }) => attempt === answered))
    signs.push({ kind, attempt: answered });
  return signs;
};

/** What users say, and do next, is about the answer that went out. */
const answererOf = ({ attempts, model }: Exchange): Attempt | undefined =>
  attempts.findLast(
    (attempt) => attempt.model === model && attempt.passedOver === undefined && !attempt.role,
  );

interface Judged {
  readonly from: LedgerRow['from'];
  readonly score: number;
  readonly weight: number;
}

const rowOf = (
  { exchange, ask }: KeptOutcome,
  attempt: Attempt,
  { from, score, weight }: Judged,
  now: number,
  halfLifeMs: number,
): LedgerRow => {
  const { id, receivedAt, caller, session, tags, decision, attempts } = exchange;
  const age = Math.max(0, now - receivedAt);
  const place = attempts.indexOf(attempt);
  return {
    receivedAt,
    from,
    labelledAt: undefined,
    model: attempt.model,
    tier: attempt.tier,
    row: {
      id: from === 'label' ? id : `${id}:${place}`,
      group: `${caller}/${session || id}`,
      subject: {
        ask: keptOf(ask),
        features: decision.features,
        route: decision.route,
        agent: exchange.agent ?? '',
        tags,
      },
      outcomes: {
        [attempt.model]: {
          score,
          costUsd: toUsd(attempt.cost),
          inputTokens: promptTokens(attempt.usage),
          outputTokens: answerTokens(attempt.usage),
        },
      },
      weight: weight * 0.5 ** (age / halfLifeMs) * inverseOf(decision.propensity),
    },
  };
};

/** A copy: a piece of a string keeps all of it in memory. */
const keptOf = (ask: string): string => {
  const clipped = clippedAsk(ask);
  return clipped.length < ask.length ? structuredClone(clipped) : ask;
};

const inverseOf = (propensity: number): number =>
  propensity > 0 ? Math.min(1 / propensity, mostInverse) : mostInverse;
