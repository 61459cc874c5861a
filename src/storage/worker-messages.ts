import type { Position } from './journal/segment.ts';
import type { Migration } from './sql/migrations.ts';

/** What the ledger and the thread that keeps its database say to each other. */
export interface WorkerStart {
  readonly directory: string;
  readonly journalDirectory: string;
  readonly migrations: readonly Migration[];
  /** False where the thread died and the process did not: then open intents are still under way. */
  readonly isProcessStart: boolean;
}

/** What this thread has come upon since it started. */
export interface Losses {
  /** Bytes of the journal that the disk does not give back. */
  readonly damagedBytes: number;
  /** Records that fitted no table, kept in one of their own. */
  readonly unreadable: number;
}

export type ToWorker =
  | { readonly type: 'apply'; readonly until: Position }
  | { readonly type: 'sweep'; readonly before: number }
  /** Applies a last time, and ends whether that works or not. */
  | { readonly type: 'close'; readonly until: Position };

export type FromWorker =
  | {
      readonly type: 'ready';
      readonly recovered: number;
      readonly position: Position;
      readonly losses: Losses;
    }
  | {
      readonly type: 'applied';
      readonly position: Position;
      readonly losses: Losses;
    }
  /** Nothing is lost: it begins again from what is committed. */
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'unusable'; readonly reason: string }
  | { readonly type: 'closed' };
