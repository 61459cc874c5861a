import type { FileHandle } from 'node:fs/promises';
import { GatewayError } from '../../core/errors.ts';
import type { Exchange } from '../../core/exchange.ts';
import { Batch } from './batch.ts';
import type { Disk } from './disk.ts';
import { BatchWriter, type RecordKind, recordKinds } from './frame.ts';
import type { Opened, Position } from './segment.ts';
import { Shelf } from './shelf.ts';

export interface JournalParts {
  readonly directory: string;
  readonly disk: Disk;
  readonly segmentBytes: number;
  /** The number of the first segment: higher than any before. */
  readonly firstSegment: number;
  /** Whether segments that are done with may be written over: not where they hold texts. */
  readonly canRecycle: boolean;
  /** How long exchanges may wait for an intent to share a sync with. */
  readonly settleWithinMs: number;
  readonly retryEveryMs: number;
  /** A sync that takes longer counts as a failing disk. */
  readonly stalledAfterMs: number;
  /** What may wait in memory while the disk fails. */
  readonly mostWaitingBytes: number;
  readonly monotonicMs: () => number;
  /** More is durable than before. */
  readonly onDurable: () => void;
  /** The disk failed: these exchanges have to be kept anew, as texts that lean on no earlier record. */
  readonly onDown: (error: GatewayError, exchanges: readonly Exchange[]) => void;
  readonly onUp: () => void;
}

interface Segment {
  readonly number: number;
  readonly file: FileHandle;
  readonly openedAtMs: number;
  readonly headerBytes: number;
  /** Where the next batch goes; all before it is durable. */
  offset: number;
}

/**
 * The truth until it has been applied to the database: records in preallocated segment files, written
 * and synced in groups. One sync at a time; whoever comes during one shares the next. After a failed
 * sync nobody knows what the file holds, so another segment is begun, which says where the old one ends.
 */
export class Journal {
  readonly #parts: JournalParts;
  readonly #shelf: Shelf;
  #segment: Segment | undefined;
  /** Where the segment before ended, while there is none. */
  #left: Position = { segment: 0, offset: 0 };
  /** Ends of segments that no durable header has told yet. */
  #ends: (readonly [number, number])[] = [];
  #pending = new Batch();
  #other = new Batch();
  #inFlight: Batch | undefined;
  #startedMs = 0;
  #down: GatewayError | undefined;
  #isScheduled = false;
  #isClosed = false;
  #dropped = 0;
  #settleTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  readonly #stallTimer: NodeJS.Timeout;

  static async open(parts: JournalParts): Promise<Journal> {
    const journal = new Journal(parts);
    try {
      await journal.#advance();
    } catch (error) {
      clearInterval(journal.#stallTimer);
      throw downError(error);
    }
    return journal;
  }

  private constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#shelf = new Shelf(parts);
    this.#stallTimer = setInterval(() => this.#watch(), Math.max(10, parts.stalledAfterMs / 4)).unref();
  }

  get down(): GatewayError | undefined {
    return this.#down;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** All before this is durable. */
  get durable(): Position {
    return this.#segment ? { segment: this.#segment.number, offset: this.#segment.offset } : this.#left;
  }

  /** Resolves once the record survives a crash. */
  intend(text: string): Promise<void> {
    return this.#keepNow(recordKinds.intent, text);
  }

  /** The same for a word on an exchange that is settled. */
  note(text: string): Promise<void> {
    return this.#keepNow(recordKinds.signal, text);
  }

  /** Durable soon; nobody waits. */
  keep(text: string, exchange: Exchange): void {
    if (this.#pending.length + text.length > this.#parts.mostWaitingBytes && !this.#hasRoomFor(exchange)) {
      this.#dropped += 1;
      return;
    }
    this.#pending.keep(text, exchange);
    if (!this.#isScheduled && !this.#inFlight) this.#scheduleLater();
  }

  /** Resolves when all that was handed in so far is durable; rejects where that fails. */
  sync(): Promise<void> {
    if (this.#down) return Promise.reject(this.#down);
    if (this.#pending.isEmpty) return this.#inFlight?.promise ?? Promise.resolve();
    const synced = this.#pending.promise;
    this.#schedule();
    return synced;
  }

  /** Segments before this one are applied: their files may go. */
  release(before: number): void {
    this.#shelf.release(before);
  }

  /** Ends the segment where it is older than this and not empty, so that what it holds can go in time. */
  retire(olderThanMs: number): void {
    const segment = this.#segment;
    if (!segment || this.#inFlight || this.#down || segment.offset === segment.headerBytes) return;
    if (this.#parts.monotonicMs() - segment.openedAtMs < olderThanMs) return;
    const batch = this.#take();
    this.#advance().then(
      (opened) => this.#append(batch, opened),
      (error: Error) => this.#fail(error),
    );
  }

  /** One last try to write what waits; then the files are closed. */
  async close(): Promise<void> {
    await this.#inFlight?.promise.catch(() => undefined);
    if (this.#down) await this.#retry();
    else await this.sync().catch(() => undefined);
    this.#isClosed = true;
    clearTimeout(this.#settleTimer);
    clearTimeout(this.#retryTimer);
    clearInterval(this.#stallTimer);
    await this.#segment?.file.close();
    await this.#shelf.close();
  }

  #keepNow(kind: RecordKind, text: string): Promise<void> {
    if (this.#down) return Promise.reject(this.#down);
    if (this.#pending.length > this.#parts.mostWaitingBytes)
      return Promise.reject(
        new GatewayError(
          'ledger-down',
          'The disk of the ledger is slower than the requests come; use a faster one.',
        ),
      );
    const kept = this.#pending.add(kind, text);
    this.#schedule();
    return kept;
  }

  #hasRoomFor({ attempts }: Exchange): boolean {
    return attempts.length > 0 && this.#pending.length < 2 * this.#parts.mostWaitingBytes;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#inFlight) return;
    this.#isScheduled = true;
    // behind the other requests that came in this turn of the loop
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #scheduleLater(): void {
    this.#settleTimer ??= setTimeout(() => {
      this.#settleTimer = undefined;
      this.#flush();
    }, this.#parts.settleWithinMs);
  }

  #flush(): void {
    if (this.#inFlight || this.#down || this.#pending.isEmpty || this.#isClosed) return;
    const batch = this.#take();
    const segment = this.#segment;
    if (segment && segment.offset + batch.length <= this.#parts.segmentBytes) this.#append(batch, segment);
    else
      this.#advance().then(
        (opened) => this.#append(batch, opened),
        (error: Error) => this.#fail(error),
      );
  }

  #take(): Batch {
    const batch = this.#pending;
    this.#pending = this.#other;
    this.#other = batch;
    this.#inFlight = batch;
    this.#startedMs = this.#parts.monotonicMs();
    return batch;
  }

  #append(batch: Batch, segment: Segment): void {
    if (batch.isEmpty) {
      this.#finish(batch);
      return;
    }
    const bytes = batch.seal(segment.number);
    this.#parts.disk.append(segment.file, bytes, segment.offset, (error) => {
      if (error) this.#fail(error);
      else {
        segment.offset += bytes.length;
        this.#finish(batch);
      }
    });
  }

  #finish(batch: Batch): void {
    this.#inFlight = undefined;
    batch.succeed();
    if (this.#down) {
      this.#down = undefined;
      this.#parts.onUp();
    }
    this.#parts.onDurable();
    if (this.#pending.isAwaited) this.#schedule();
    else if (!this.#pending.isEmpty) this.#scheduleLater();
  }

  /** Begins the next segment; its header says where those before it end, and is durable before anything else. */
  async #advance(): Promise<Segment> {
    const old = this.#segment;
    if (old) this.#abandon(old);
    const { number, file } = await this.#shelf.take();
    try {
      const opened: Opened = { format: 1, ends: this.#ends };
      const writer = new BatchWriter();
      writer.add(recordKinds.opened, JSON.stringify(opened));
      const header = writer.seal(number);
      await new Promise<void>((resolve, reject) => {
        this.#parts.disk.append(file, header, 0, (error) => (error ? reject(error) : resolve()));
      });
      this.#ends = [];
      const segment: Segment = {
        number,
        file,
        offset: header.length,
        headerBytes: header.length,
        openedAtMs: this.#parts.monotonicMs(),
      };
      this.#segment = segment;
      this.#shelf.prepare();
      return segment;
    } catch (error) {
      await this.#shelf.throwAway({ number, file });
      throw error;
    }
  }

  #abandon(segment: Segment): void {
    this.#segment = undefined;
    this.#left = { segment: segment.number, offset: segment.offset };
    this.#ends.push([segment.number, segment.offset]);
    // nothing is lost by a close that fails: all before the end was synced, and the rest is void
    segment.file.close().catch(() => undefined);
  }

  #fail(cause: Error): void {
    const error = downError(cause);
    this.#down = error;
    if (this.#segment) this.#abandon(this.#segment);
    this.#shelf.discard();
    const failed = this.#inFlight;
    const waiting = this.#pending;
    const exchanges = [...(failed?.exchanges ?? []), ...waiting.exchanges];
    this.#inFlight = undefined;
    failed?.fail(error);
    waiting.fail(error);
    this.#parts.onDown(error, exchanges);
    if (!this.#isClosed)
      this.#retryTimer = setTimeout(() => void this.#retry(), this.#parts.retryEveryMs).unref();
  }

  async #retry(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const batch = this.#take();
    const done = batch.promise.catch(() => undefined);
    this.#advance().then(
      (opened) => this.#append(batch, opened),
      (error: Error) => this.#fail(error),
    );
    await done;
  }

  /** A sync that does not come back: whoever waits is told, and it is up again when it does. */
  #watch(): void {
    const { monotonicMs, stalledAfterMs } = this.#parts;
    if (!this.#inFlight || this.#down || monotonicMs() - this.#startedMs < stalledAfterMs) return;
    const error = downError(new Error(`a sync has taken more than ${stalledAfterMs / 1000} s`));
    this.#down = error;
    this.#inFlight.refuse(error);
    this.#pending.refuse(error);
    this.#parts.onDown(error, []);
  }
}

const downError = (cause: unknown): GatewayError =>
  new GatewayError(
    'ledger-down',
    `The ledger cannot be written (${cause instanceof Error ? cause.message : String(cause)}): free space or mend its disk. It is tried again by itself.`,
    { cause },
  );
