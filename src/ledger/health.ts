import type { Ledger } from './ledger.ts';
import type { ExchangeFinder, SignalKeeper } from './signals.ts';

/** How a kept ledger is doing: for readiness, metrics and alarms. */
export interface LedgerHealth {
  /** `down`: intents are refused, because nothing is sent that could not be charged. */
  readonly state: 'up' | 'down';
  readonly reason: string | undefined;
  /** Calls whose exchange has not been settled yet. */
  readonly openIntents: number;
  /** Bytes of the journal that cannot be queried yet. */
  readonly behindBytes: number;
  /** Why settled exchanges do not reach the database just now; they stay safe in the journal. */
  readonly applierReason: string | undefined;
  /** Calls a crash had cut off, settled as estimates at this start. */
  readonly recovered: number;
  /** Records that a long outage left no room for; calls among them are settled as estimates at the next start. */
  readonly dropped: number;
  /** Bytes of the journal that were acknowledged once and cannot be read any more: a failing disk. */
  readonly damagedBytes: number;
  /** Records that fitted no table, and are kept in the table `unreadable`: a fault of ours. */
  readonly unreadable: number;
}

export interface KeptLedger extends Ledger, SignalKeeper, ExchangeFinder {
  health(): LedgerHealth;
}
