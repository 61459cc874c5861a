import { Worker } from 'node:worker_threads';
import { GatewayError } from '../core/errors.ts';
import type { Position } from './journal/segment.ts';
import type { Migration } from './sql/migrations.ts';
import type { FromWorker, Losses, ToWorker, WorkerStart } from './worker-messages.ts';

export interface ThreadParts {
  readonly directory: string;
  readonly journalDirectory: string;
  readonly migrations: readonly Migration[];
  /** How long what is durable may wait to be applied: longer means fewer, larger transactions. */
  readonly applyEveryMs: number;
  readonly retryEveryMs: number;
  readonly onApplied: (position: Position) => void;
  readonly onTrouble: (reason: string) => void;
  readonly onLoss: (message: string) => void;
}

/** The thread that keeps the database, as seen from the event loop. Started anew where it dies. */
export class SqliteThread {
  readonly #parts: ThreadParts;
  #worker: Worker | undefined;
  #wanted: Position = { segment: 0, offset: 0 };
  #applied: Position = { segment: 0, offset: 0 };
  #recovered = 0;
  #losses = noLosses;
  /** Come upon by threads before this one. */
  #lossesBefore = noLosses;
  #reason: string | undefined;
  #isBusy = false;
  #isClosing = false;
  #timer: NodeJS.Timeout | undefined;
  #waiting: { readonly until: Position; readonly resolve: () => void }[] = [];
  #whenClosed: (() => void) | undefined;

  /** Resolves when what an earlier process left behind has been taken in. */
  static async start(parts: ThreadParts): Promise<SqliteThread> {
    const thread = new SqliteThread(parts);
    await thread.#start(true);
    return thread;
  }

  private constructor(parts: ThreadParts) {
    this.#parts = parts;
  }

  get applied(): Position {
    return this.#applied;
  }

  get recovered(): number {
    return this.#recovered;
  }

  get losses(): Losses {
    return this.#losses;
  }

  /** Why nothing is applied just now. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** More is durable: apply it in a while. */
  offer(until: Position): void {
    this.#wanted = until;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#post();
    }, this.#parts.applyEveryMs);
  }

  /** Resolves when all before this can be queried. */
  apply(until: Position): Promise<void> {
    if (isReached(until, this.#applied)) return Promise.resolve();
    this.#wanted = until;
    this.#post();
    return new Promise((resolve) => this.#waiting.push({ until, resolve }));
  }

  sweep(before: number): void {
    this.#say({ type: 'sweep', before });
  }

  /** What is durable by now is applied where that works; else the next start does it. */
  async close(until: Position): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    if (!this.#worker) return;
    const closed = new Promise<void>((resolve) => {
      this.#whenClosed = resolve;
    });
    this.#say({ type: 'close', until });
    await closed;
  }

  #say(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #post(): void {
    if (this.#isBusy || !this.#worker || isReached(this.#wanted, this.#applied)) return;
    this.#isBusy = true;
    this.#say({ type: 'apply', until: this.#wanted });
  }

  #start(isProcessStart: boolean): Promise<void> {
    const { directory, journalDirectory, migrations } = this.#parts;
    const workerData: WorkerStart = { directory, journalDirectory, migrations, isProcessStart };
    const worker = new Worker(new URL(`./sqlite-worker.${extension}`, import.meta.url), {
      workerData,
      name: 'ledger',
      execArgv: [],
    });
    this.#worker = worker;
    this.#isBusy = false;
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'ready') {
          if (isProcessStart) this.#recovered = message.recovered;
          this.#applied = message.position;
          this.#lossesBefore = this.#losses;
          this.#note(message.losses);
          this.#reason = undefined;
          resolve();
          this.#post();
        } else if (message.type === 'unusable') {
          this.#reason = message.reason;
          void worker.terminate();
          reject(new GatewayError('ledger-down', message.reason));
        } else this.#hear(message);
      });
      worker.on('error', (error) => {
        this.#reason = error.message;
        reject(
          new GatewayError('ledger-down', `The ledger's database thread failed: ${error.message}`, {
            cause: error,
          }),
        );
      });
      worker.on('exit', () => {
        this.#worker = undefined;
        this.#whenClosed?.();
        reject(new GatewayError('ledger-down', 'The database thread of the ledger ended.'));
        // the first start is for whoever called it to judge
        if (this.#isClosing || this.#applied.segment === 0) return;
        this.#parts.onTrouble(this.#reason ?? 'the database thread ended');
        setTimeout(() => {
          if (!this.#isClosing) this.#start(false).catch(() => undefined);
        }, this.#parts.retryEveryMs).unref();
      });
    });
  }

  #note({ damagedBytes, unreadable }: Losses): void {
    const before = this.#losses;
    this.#losses = {
      damagedBytes: this.#lossesBefore.damagedBytes + damagedBytes,
      unreadable: this.#lossesBefore.unreadable + unreadable,
    };
    if (this.#losses.damagedBytes > before.damagedBytes)
      this.#parts.onLoss(`${damagedBytes} bytes of the journal cannot be read any more: check the disk.`);
    if (this.#losses.unreadable > before.unreadable)
      this.#parts.onLoss('A record fitted no table; it is kept in "unreadable". Please report this fault.');
  }

  #hear(message: Exclude<FromWorker, { type: 'ready' | 'unusable' }>): void {
    if (message.type === 'closed') return;
    if (message.type === 'failed') {
      if (this.#reason !== message.reason) this.#parts.onTrouble(message.reason);
      this.#reason = message.reason;
      setTimeout(() => {
        this.#isBusy = false;
        this.#post();
      }, this.#parts.retryEveryMs).unref();
      return;
    }
    this.#isBusy = false;
    this.#reason = undefined;
    this.#applied = message.position;
    this.#note(message.losses);
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ until }) => !isReached(until, message.position));
    for (const { until, resolve } of waiting) if (isReached(until, message.position)) resolve();
    this.#parts.onApplied(message.position);
    if (this.#waiting.length > 0) this.#post();
  }
}

const noLosses: Losses = { damagedBytes: 0, unreadable: 0 };

// the compiler rewrites imports, not URLs
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

const isReached = (until: Position, position: Position): boolean =>
  position.segment > until.segment || (position.segment === until.segment && position.offset >= until.offset);
