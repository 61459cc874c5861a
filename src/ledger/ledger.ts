import type { Exchange, ExchangeId, Intent } from '../core/exchange.ts';
import type { Signal } from '../core/signal.ts';

/**
 * Where exchanges are kept. `intend` is the only thing a request waits for; `settle` returns at once.
 * An intent without a settled exchange after a crash is settled as an estimate at the next start.
 */
export interface Ledger {
  /** Resolves once the intent survives a crash. Rejects with GatewayError `ledger-down` where it cannot be kept. */
  intend(intent: Intent): Promise<void>;
  /** Exactly once for every exchange, also those that never made an intent (refused, answered from cache). */
  settle(exchange: Exchange): void;
  /** Resolves when everything settled so far can be queried. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Reading the ledger. All amounts are exact. */
export interface LedgerReader {
  get(id: ExchangeId): Promise<Exchange | undefined>;
  /** Newest last. */
  list(query: ListQuery): Promise<readonly Exchange[]>;
  report(query: ReportQuery): Promise<readonly ReportRow[]>;
  /** What was learnt of an exchange since, oldest first. */
  signals(id: ExchangeId): Promise<readonly Signal[]>;
  close(): Promise<void>;
}

export interface Span {
  /** Milliseconds since 1970, inclusive and exclusive. */
  readonly from?: number;
  readonly to?: number;
}

export interface ListQuery extends Span {
  readonly limit: number;
  /** Only exchanges after this one (ids sort by time). */
  readonly after?: ExchangeId;
  readonly caller?: string;
  readonly session?: string;
  readonly model?: string;
  readonly tier?: string;
}

export const reportKeys = ['tier', 'model', 'caller', 'route', 'rule', 'session', 'day'] as const;
export type ReportKey = (typeof reportKeys)[number];

export interface ReportQuery extends Span {
  readonly by: ReportKey;
  /** Narrow to exchanges with these tags. */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ReportRow {
  readonly key: string;
  readonly requests: number;
  readonly failed: number;
  readonly sessions: number;
  readonly promptTokens: bigint;
  readonly answerTokens: bigint;
  /** Nano-dollars. */
  readonly cost: bigint;
  /** Cost of the same tokens at the frontier; only over rows that have one. */
  readonly baselineCost: bigint;
  readonly estimated: number;
  /** Calls that were answered, and whose answers were not good enough to go out. */
  readonly passedOver: number;
  readonly p50TotalMs: number;
  readonly p95TotalMs: number;
  /** Of how many somebody said how good the answer was, and the mean of it; null where nobody did. */
  readonly labelled: number;
  readonly meanScore: number | null;
}
