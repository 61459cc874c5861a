import type { Exchange, ExchangeId, Intent } from '../core/exchange.ts';
import type { Signal, SignalSource } from '../core/signal.ts';
import { answerTokens, promptTokens } from '../core/usage.ts';
import { mean } from '../kit/statistics.ts';
import type { Ledger, LedgerReader, ListQuery, ReportKey, ReportQuery, ReportRow } from '../ledger/ledger.ts';
import { type ExchangeFinder, exchangeIdIn, mostTrusted, type SignalKeeper } from '../ledger/signals.ts';
import { dayText, emptyRow, noKey, orderOf } from './sql/report.ts';

export interface MemoryLedger extends Ledger, LedgerReader, SignalKeeper, ExchangeFinder {
  /** All that was announced, in order. */
  readonly intents: readonly Intent[];
  /** All that was settled, in order. */
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

/** A ledger that ends with the process, for tests and trials. Both doors in one. */
export const createMemoryLedger = (): MemoryLedger => {
  const intents: Intent[] = [];
  const settled = new Map<ExchangeId, Exchange>();
  const signals = new Map<ExchangeId, Map<SignalSource, Signal>>();
  const signalsOf = (id: ExchangeId): readonly Signal[] =>
    [...(signals.get(id)?.values() ?? [])].sort((a, b) => a.at - b.at || (a.source < b.source ? -1 : 1));
  const select = (query: Partial<ListQuery>): readonly Exchange[] =>
    [...settled.values()].filter((exchange) => isIn(exchange, query));
  return {
    intents,
    get exchanges() {
      return [...settled.values()];
    },
    intend: async (intent) => {
      intents.push(intent);
    },
    settle: (exchange) => {
      if (!settled.has(exchange.id)) settled.set(exchange.id, exchange);
    },
    flush: async () => undefined,
    note: async (signal) => {
      const kept = signals.get(signal.exchange) ?? new Map<SignalSource, Signal>();
      if (signal.at >= (kept.get(signal.source)?.at ?? 0)) kept.set(signal.source, signal);
      signals.set(signal.exchange, kept);
    },
    signals: async (id) => signalsOf(id),
    find: async (id, caller) => {
      const own = exchangeIdIn(id);
      const exchange =
        (own && settled.get(own)) ??
        [...settled.values()].findLast(
          (one) => one.caller === caller && one.attempts.some(({ upstreamId }) => upstreamId === id),
        );
      return exchange?.caller === caller ? { exchange, signals: signalsOf(exchange.id) } : undefined;
    },
    get: async (id) => settled.get(id),
    list: async (query) => {
      const { after, limit } = query;
      const ids = [...settled.keys()];
      const at =
        after === undefined
          ? -1
          : ids.findLastIndex((id) => (settled.has(after) ? id === after : id < after));
      const rest = new Set(ids.slice(at + 1));
      const rows = select(query).filter(({ id }) => rest.has(id));
      return (after === undefined ? rows.slice(Math.max(0, rows.length - limit)) : rows.slice(0, limit)).map(
        ({ texts: _, ...exchange }) => exchange,
      );
    },
    report: async (query) => reportOn(select(query), query, signalsOf),
    close: async () => undefined,
  };
};

const isIn = (exchange: Exchange, { from, to, caller, session, model, tier }: Partial<ListQuery>): boolean =>
  (from === undefined || exchange.receivedAt >= from) &&
  (to === undefined || exchange.receivedAt < to) &&
  (caller === undefined || exchange.caller === caller) &&
  (session === undefined || exchange.session === session) &&
  (model === undefined || exchange.model === model) &&
  (tier === undefined || exchange.tier === tier);

const reportOn = (
  exchanges: readonly Exchange[],
  { by, tags = {} }: ReportQuery,
  signalsOf: SignalsOf,
): readonly ReportRow[] => {
  const picked = exchanges.filter((exchange) =>
    Object.entries(tags).every(
      ([key, value]) => Object.hasOwn(exchange.tags, key) && exchange.tags[key] === value,
    ),
  );
  const groups = Map.groupBy(picked, (exchange) => keyOf(exchange, by));
  const rows = new Map([...groups].map(([key, group]) => [key, sumOf(key, group, signalsOf)]));
  const isByCall = by === 'tier' || by === 'model';
  if (isByCall)
    for (const [key, row] of rows) rows.set(key, { ...row, promptTokens: 0n, answerTokens: 0n, cost: 0n });
  for (const exchange of picked)
    for (const attempt of exchange.attempts) {
      const key = isByCall ? attempt[by] : keyOf(exchange, by);
      const row = rows.get(key) ?? { ...emptyRow, key };
      rows.set(key, {
        ...row,
        promptTokens: row.promptTokens + BigInt(promptTokens(attempt.usage)),
        answerTokens: row.answerTokens + BigInt(answerTokens(attempt.usage)),
        cost: isByCall ? row.cost + attempt.cost : row.cost,
        passedOver: row.passedOver + (attempt.passedOver === undefined ? 0 : 1),
      });
    }
  return [...rows.values()].sort(orderOf(by));
};

type SignalsOf = (id: ExchangeId) => readonly Signal[];

const sumOf = (key: string, group: readonly Exchange[], signalsOf: SignalsOf): ReportRow => {
  const scores = group
    .map(({ id }) => mostTrusted(signalsOf(id))?.score)
    .filter((score) => score !== undefined);
  const times = group
    .filter(({ outcome }) => outcome === 'ok')
    .map(({ totalMs }) => totalMs)
    .sort((a, b) => a - b);
  return {
    ...emptyRow,
    key,
    requests: group.length,
    failed: group.filter(({ outcome }) => outcome === 'failed' || outcome === 'partial').length,
    sessions: new Set(group.map(({ session }) => session)).size,
    cost: group.reduce((sum, { cost }) => sum + cost, 0n),
    baselineCost: group.reduce((sum, { baselineCost }) => sum + baselineCost, 0n),
    estimated: group.filter(({ isEstimated }) => isEstimated).length,
    p50TotalMs: nearestRank(times, 50),
    p95TotalMs: nearestRank(times, 95),
    labelled: scores.length,
    meanScore: scores.length === 0 ? null : mean(scores),
  };
};

const nearestRank = (ascending: readonly number[], percent: number): number =>
  ascending[Math.ceil((ascending.length * percent) / 100) - 1] ?? 0;

const keyOf = (exchange: Exchange, by: ReportKey): string => {
  if (by === 'day') return dayText(Math.floor(exchange.receivedAt / 86_400_000));
  if (by === 'route') return exchange.decision.route;
  if (by === 'rule') return exchange.decision.rule ?? noKey;
  return exchange[by] ?? noKey;
};
