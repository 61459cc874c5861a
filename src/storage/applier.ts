import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ExchangeId, Intent } from '../core/exchange.ts';
import { estimateExchange } from '../ledger/estimate.ts';
import { readDecision, writeDecision } from './journal/decision-text.ts';
import { eachRecord, recordKinds } from './journal/frame.ts';
import { type ExchangeHead, exchangeHead, readIntent, readRecord, readSignal } from './journal/record.ts';
import { endsBehind, listSegments, type Position, SegmentReader } from './journal/segment.ts';
import { ExchangeWriter } from './sql/exchange-writer.ts';
import { copyDatabase, openDatabase } from './sql/migrate.ts';
import type { Migration } from './sql/migrations.ts';
import { SignalWriter } from './sql/signal-writer.ts';
import { isDiskFault, lostDecision } from './unreadable.ts';
import type { Losses } from './worker-messages.ts';

/** Bytes of journal that one transaction takes in. */
const transactionBytes = 4 * 1024 * 1024;

/** A call that was announced and not settled yet. */
interface OpenExchange {
  decision: string;
  readonly heads: string[];
  /** Stands in `open_intents` already, with this many heads. */
  keptHeads: number;
}

/**
 * Takes the journal into the database, every exchange exactly once: rows and the place read up to are
 * committed together. Intents wait in memory for their exchange; those still waiting when a segment is
 * left are kept in a table, so that no older segment is ever needed again. All of it blocks its thread.
 */
export class Applier {
  readonly #directory: string;
  readonly #database: DatabaseSync;
  readonly #setPosition: StatementSync;
  readonly #keepOpen: StatementSync;
  readonly #dropOpen: StatementSync;
  readonly #keepUnreadable: StatementSync;
  #writer: ExchangeWriter;
  #signals: SignalWriter;
  #open = new Map<string, OpenExchange>();
  #position: Position = { segment: 0, offset: 0 };
  #reader: SegmentReader | undefined;
  #damagedBytes = 0;
  #unreadable = 0;

  constructor(directory: string, journalDirectory: string, migrations: readonly Migration[]) {
    this.#directory = journalDirectory;
    this.#database = openDatabase(directory, migrations);
    this.#setPosition = this.#database.prepare('UPDATE journal_position SET segment = ?, "offset" = ?');
    this.#keepOpen = this.#database.prepare(
      'INSERT OR REPLACE INTO open_intents (id, decision, heads) VALUES (?, ?, ?)',
    );
    this.#dropOpen = this.#database.prepare('DELETE FROM open_intents WHERE id = ?');
    this.#keepUnreadable = this.#database.prepare(
      'INSERT INTO unreadable (id, record, reason) VALUES (?, ?, ?)',
    );
    this.#writer = new ExchangeWriter(this.#database);
    this.#signals = new SignalWriter(this.#database);
    this.load();
  }

  /** All before this is committed, and durable. */
  get position(): Position {
    return this.#position;
  }

  /** Acknowledged once, and not there any more. */
  get losses(): Losses {
    return { damagedBytes: this.#damagedBytes, unreadable: this.#unreadable };
  }

  /** Begins again from what is committed: at the start and after any failure. */
  load(): void {
    this.#reader?.close();
    this.#reader = undefined;
    this.#writer = new ExchangeWriter(this.#database);
    this.#signals = new SignalWriter(this.#database);
    const row = this.#database.prepare('SELECT segment, "offset" FROM journal_position').get();
    this.#position = { segment: Number(row?.segment), offset: Number(row?.offset) };
    this.#open = new Map();
    for (const { id, decision, heads } of this.#database.prepare('SELECT * FROM open_intents').iterate()) {
      const kept = JSON.parse(String(heads)) as string[];
      this.#open.set(String(id), { decision: String(decision), heads: kept, keptHeads: kept.length });
    }
    if (!listSegments(this.#directory).includes(this.#position.segment)) return;
    this.#reader = new SegmentReader(this.#directory, this.#position.segment, 0);
    for (let batch = this.#next(this.#position.offset); batch; batch = this.#next(this.#position.offset))
      eachRecord(batch, (kind, text) => {
        if (kind === recordKinds.intent) this.#announce(text);
        else if (kind === recordKinds.exchange) this.#open.delete(text.slice(0, text.indexOf('\n')));
      });
    // where this part has been damaged since, go on behind it
    if (this.#reader.offset !== this.#position.offset) {
      this.#reader.close();
      this.#reader = undefined;
    }
  }

  /** Takes in what was synced up to a place; how many exchanges that brought. */
  applyUpTo(until: Position): number {
    return this.#transaction((commit) => this.#read(until, commit));
  }

  /**
   * What a process left behind: reads every segment there is, then settles as estimates what nobody
   * will settle any more. Only while no journal is being written.
   */
  recover(): number {
    return this.#transaction((commit) => {
      const last = listSegments(this.#directory).at(-1) ?? 0;
      this.#read({ segment: last, offset: Number.MAX_SAFE_INTEGER }, commit);
      const recovered = this.#open.size;
      for (const [id, { decision, heads }] of this.#open) this.#estimate(id as ExchangeId, decision, heads);
      this.#open.clear();
      this.#database.exec('DELETE FROM open_intents');
      this.#moveTo({ segment: Math.max(last, this.#position.segment) + 1, offset: 0 });
      return recovered;
    });
  }

  /** Removes texts of requests that came before; how many. */
  sweepTexts(before: number): number {
    const sweep = this.#database.prepare(
      'DELETE FROM texts WHERE exchange IN (SELECT exchange FROM texts WHERE received_at < ? LIMIT 1000)',
    );
    let swept = 0;
    for (let some = 1; some > 0; swept += some) some = Number(sweep.run(before).changes);
    // the write-ahead log holds older pages, texts and all
    if (swept > 0) this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return swept;
  }

  copyTo(path: string): void {
    copyDatabase(this.#database, path);
  }

  close(): void {
    this.#reader?.close();
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#database.close();
  }

  #transaction<Result>(work: (commit: () => void) => Result): Result {
    const commit = (): void => {
      this.#setPosition.run(this.#position.segment, this.#position.offset);
      this.#database.exec('COMMIT');
    };
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work(() => {
        commit();
        this.#database.exec('BEGIN IMMEDIATE');
      });
      commit();
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #read(until: Position, commit: () => void): number {
    let exchanges = 0;
    let bytes = 0;
    for (;;) {
      const isLast = this.#position.segment >= until.segment;
      const end = isLast ? until.offset : this.#endOf(this.#position.segment);
      for (let batch = this.#next(end); batch; batch = this.#next(end)) {
        eachRecord(batch, (kind, text) => {
          if (kind === recordKinds.intent) this.#announce(text);
          else if (kind === recordKinds.exchange && this.#settle(text)) exchanges += 1;
          else if (kind === recordKinds.signal) this.#note(text);
        });
        bytes += batch.length;
        this.#position = { segment: this.#position.segment, offset: this.#reader?.offset ?? 0 };
        if (bytes > transactionBytes) {
          commit();
          bytes = 0;
        }
      }
      if (isLast) return exchanges;
      if (end !== undefined) this.#damagedBytes += Math.max(0, end - this.#position.offset);
      const following = listSegments(this.#directory).find((segment) => segment > this.#position.segment);
      if (following === undefined || following > until.segment) return exchanges;
      this.#moveTo({ segment: following, offset: 0 });
    }
  }

  #next(until: number | undefined): Buffer | undefined {
    const { segment, offset } = this.#position;
    if (!this.#reader) {
      if (!listSegments(this.#directory).includes(segment)) return undefined;
      this.#reader = new SegmentReader(this.#directory, segment, offset);
    }
    return this.#reader.next(until);
  }

  /** Undefined where no later segment tells: then it ends with the first batch that is not whole. */
  #endOf(segment: number): number | undefined {
    return endsBehind(this.#directory, segment)?.get(segment);
  }

  /** Leaves a segment for good. */
  #moveTo(position: Position): void {
    this.#reader?.close();
    this.#reader = undefined;
    this.#position = position;
    for (const [id, open] of this.#open) {
      if (open.keptHeads === open.heads.length) continue;
      this.#keepOpen.run(id, open.decision, JSON.stringify(open.heads));
      open.keptHeads = open.heads.length;
    }
  }

  #announce(text: string): void {
    const { id, head, decision } = readRecord(text);
    const open = this.#open.get(id);
    if (open) {
      open.heads.push(head);
      // what was decided after a call to decide by
      if (decision !== '') open.decision = decision;
    } else this.#open.set(id, { decision, heads: [head], keptHeads: 0 });
  }

  #settle(text: string): boolean {
    const { id, head, decision, prompt, answer, ask } = readRecord(text);
    const open = this.#open.get(id);
    if (open) {
      this.#open.delete(id);
      if (open.keptHeads > 0) this.#dropOpen.run(id);
    }
    return this.#store(id, text, () => {
      const fields = JSON.parse(head) as ExchangeHead;
      const known = decision || open?.decision || writeDecision(lostDecision(fields));
      const texts = prompt === undefined || answer === undefined ? undefined : { prompt, answer, ask };
      return this.#writer.write(id, fields, known, texts);
    });
  }

  #note(text: string): void {
    const signal = readSignal(text);
    this.#store(signal.exchange, text, () => {
      this.#signals.write(signal);
      return true;
    });
  }

  #estimate(id: ExchangeId, decision: string, heads: readonly string[]): void {
    this.#store(id, `${id}\n${JSON.stringify(heads)}\n${decision}`, () => {
      const plan = readDecision(decision);
      const intents = heads.map((head) => readIntent(id, head, plan)) as [Intent, ...Intent[]];
      return this.#writer.write(id, exchangeHead(estimateExchange(intents)), decision, undefined);
    });
  }

  /** A record that fits no table must not stop all that come after it. */
  #store(id: string, record: string, write: () => boolean): boolean {
    try {
      return write();
    } catch (error) {
      if (isDiskFault(error)) throw error;
      this.#keepUnreadable.run(id, record, String(error));
      this.#unreadable += 1;
      return false;
    }
  }
}
