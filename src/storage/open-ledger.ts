import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Decision } from '../core/decision.ts';
import { GatewayError } from '../core/errors.ts';
import type { Exchange, ExchangeId, Intent } from '../core/exchange.ts';
import type { Signal } from '../core/signal.ts';
import type { World } from '../kit/world.ts';
import type { KeptLedger, LedgerHealth } from '../ledger/health.ts';
import type { LabelledExchange } from '../ledger/signals.ts';
import { type Disk, realDisk } from './journal/disk.ts';
import { Journal } from './journal/journal.ts';
import { writeExchange, writeIntent, writeSignal } from './journal/record.ts';
import type { Position } from './journal/segment.ts';
import { type DirectoryLock, lockDirectory } from './lock.ts';
import { LookupThread } from './lookup-thread.ts';
import { migrations as allMigrations, type Migration } from './sql/migrations.ts';
import { SqliteThread } from './sqlite-thread.ts';

export interface LedgerParts {
  /** Made where it is missing. One process at a time. */
  readonly dir: string;
  /** Texts are kept only where `store` is true; those there are go after `keepMs` either way. */
  readonly texts: { readonly store: boolean; readonly keepMs: number };
  readonly world: World;
  /** Told what an operator should know: the disk failed, is back, had lost something. */
  readonly warn?: (message: string) => void;
  readonly disk?: Disk;
  readonly migrations?: readonly Migration[];
  readonly tuning?: Partial<LedgerTuning>;
}

export interface LedgerTuning {
  readonly segmentBytes: number;
  readonly settleWithinMs: number;
  readonly applyEveryMs: number;
  readonly retryEveryMs: number;
  readonly stalledAfterMs: number;
  readonly mostWaitingBytes: number;
  readonly sweepEveryMs: number;
}

const usualTuning: LedgerTuning = {
  segmentBytes: 8 * 1024 * 1024,
  settleWithinMs: 20,
  applyEveryMs: 100,
  retryEveryMs: 1000,
  stalledAfterMs: 10_000,
  mostWaitingBytes: 64 * 1024 * 1024,
  sweepEveryMs: 60_000,
};

export const journalName = 'journal';

/**
 * A hidden mark on the caller's own object rather than a Map beside it: the tables of a Map that grew and shrank
 * chain up in the old generation and keep every finished request alive until a major collection.
 */
type Marked = Decision & { readonly [mark: symbol]: ExchangeId | undefined };

/**
 * The ledger on disk. What a crash had cut off is settled as estimates before this resolves. Rejects
 * with `ledger-down` where another process has the directory or the disk cannot be written.
 */
export const openLedger = async (parts: LedgerParts): Promise<KeptLedger> => {
  let lock: DirectoryLock | undefined;
  try {
    mkdirSync(join(parts.dir, journalName), { recursive: true, mode: 0o700 });
    lock = lockDirectory(parts.dir);
    return await DiskLedger.open(parts, lock);
  } catch (error) {
    lock?.release();
    if (error instanceof GatewayError) throw error;
    throw new GatewayError(
      'ledger-down',
      `The ledger in "${parts.dir}" cannot be opened (${error instanceof Error ? error.message : String(error)}): it needs a directory on a local disk that this process may write.`,
      { cause: error },
    );
  }
};

class DiskLedger implements KeptLedger {
  readonly #parts: LedgerParts;
  readonly #thread: SqliteThread;
  readonly #journal: Journal;
  readonly #lookup: LookupThread;
  readonly #lock: DirectoryLock;
  readonly #tuning: LedgerTuning;
  readonly #sweeper: NodeJS.Timeout;
  /** Another one where nothing that was written before may be leant on. */
  #keptFor = Symbol('kept for');
  #openIntents = 0;
  /** All signals so far stand before this. */
  #noted: Position = { segment: 0, offset: 0 };
  #isClosed = false;

  static async open(parts: LedgerParts, lock: DirectoryLock): Promise<DiskLedger> {
    const tuning = { ...usualTuning, ...parts.tuning };
    const journalDirectory = join(parts.dir, journalName);
    const warn = parts.warn ?? (() => undefined);
    let ledger: DiskLedger | undefined;
    let told = '';
    const thread = await SqliteThread.start({
      ...tuning,
      directory: parts.dir,
      journalDirectory,
      migrations: parts.migrations ?? allMigrations,
      onApplied: ({ segment }) => {
        if (ledger) ledger.#journal.release(segment);
      },
      onLoss: warn,
      onTrouble: (reason) => warn(`Exchanges are kept, but not applied to the database: ${reason}`),
    });
    try {
      const journal = await Journal.open({
        ...tuning,
        directory: journalDirectory,
        disk: parts.disk ?? realDisk,
        firstSegment: thread.applied.segment,
        canRecycle: !parts.texts.store,
        monotonicMs: parts.world.monotonicMs,
        onDurable: () => ledger && thread.offer(ledger.#journal.durable),
        onDown: (error, exchanges) => {
          // each try to get up again may fail alike
          if (error.message !== told) warn(error.message);
          told = error.message;
          if (ledger) ledger.#startOver(exchanges);
        },
        onUp: () => {
          told = '';
          warn('The ledger can be written again.');
        },
      });
      ledger = new DiskLedger(parts, tuning, thread, journal, lock);
      journal.release(thread.applied.segment);
      if (thread.recovered > 0)
        warn(`${thread.recovered} calls that a crash had cut off were settled as estimates.`);
      thread.offer(journal.durable);
      ledger.#sweep();
      return ledger;
    } catch (error) {
      await thread.close(thread.applied);
      throw error;
    }
  }

  private constructor(
    parts: LedgerParts,
    tuning: LedgerTuning,
    thread: SqliteThread,
    journal: Journal,
    lock: DirectoryLock,
  ) {
    this.#parts = parts;
    this.#tuning = tuning;
    this.#thread = thread;
    this.#journal = journal;
    this.#lookup = new LookupThread(parts.dir);
    this.#lock = lock;
    this.#sweeper = setInterval(() => this.#sweep(), tuning.sweepEveryMs).unref();
  }

  intend(intent: Intent): Promise<void> {
    if (this.#isClosed) return Promise.reject(new GatewayError('shutting-down', 'The ledger is closed.'));
    if (this.#journal.down) return Promise.reject(this.#journal.down);
    const hasDecision = this.#hasKept(intent.id, intent.decision);
    // a fallback's record leans on the first one, so both speak of one decision
    const kept = this.#journal.intend(writeIntent(intent, hasDecision));
    if (!hasDecision && !intent.isBeforehand) {
      Object.defineProperty(intent.decision, this.#keptFor, { value: intent.id, configurable: true });
      this.#openIntents += 1;
    }
    return kept;
  }

  settle(exchange: Exchange): void {
    const hasDecision = this.#hasKept(exchange.id, exchange.decision);
    if (hasDecision) this.#openIntents -= 1;
    this.#journal.keep(writeExchange(exchange, hasDecision, this.#parts.texts.store), exchange);
  }

  async note(signal: Signal): Promise<void> {
    if (this.#isClosed) throw new GatewayError('shutting-down', 'The ledger is closed.');
    await this.#journal.note(writeSignal(signal));
    this.#noted = this.#journal.durable;
  }

  async find(id: string, caller: string): Promise<LabelledExchange | undefined> {
    if (this.#thread.reason !== undefined)
      throw new GatewayError('ledger-down', 'The ledger cannot be queried just now; try again in a moment.');
    // who labelled a moment ago wants to see it
    await this.#thread.apply(this.#noted);
    const found = await this.#lookup.find(id, caller);
    if (found || this.#isClosed) return found;
    // it may have been settled a moment ago
    await this.flush();
    return this.#lookup.find(id, caller);
  }

  async flush(): Promise<void> {
    await this.#journal.sync();
    await this.#thread.apply(this.#journal.durable);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#sweeper);
    await this.#lookup.close();
    await this.#journal.close();
    await this.#thread.close(this.#journal.durable);
    this.#lock.release();
  }

  health(): LedgerHealth {
    const { durable, down, dropped } = this.#journal;
    const { applied, reason, recovered, losses } = this.#thread;
    return {
      state: down ? 'down' : 'up',
      reason: down?.message,
      openIntents: this.#openIntents,
      behindBytes: Math.max(
        0,
        (durable.segment - applied.segment) * this.#tuning.segmentBytes + durable.offset - applied.offset,
      ),
      applierReason: reason,
      recovered,
      dropped,
      ...losses,
    };
  }

  /** Nothing that was written before may be leant on. */
  #startOver(exchanges: readonly Exchange[]): void {
    this.#keptFor = Symbol('kept for');
    this.#openIntents = 0;
    for (const exchange of exchanges) this.settle(exchange);
  }

  /** The journal has this decision: records that follow need not repeat it. */
  #hasKept(id: ExchangeId, decision: Decision): boolean {
    return (decision as Marked)[this.#keptFor] === id;
  }

  #sweep(): void {
    const { texts, world } = this.#parts;
    this.#thread.sweep(world.now() - texts.keepMs);
    // texts stand in the journal too, until its segment is left and removed
    if (texts.store) this.#journal.retire(Math.min(texts.keepMs, 3_600_000));
  }
}
