import type { GatewayError } from '../../core/errors.ts';
import type { Exchange } from '../../core/exchange.ts';
import { BatchWriter, type RecordKind, recordKinds } from './frame.ts';

/** Records that share one sync, and whoever waits for it: all of them by one promise. */
export class Batch {
  readonly #writer = new BatchWriter();
  #waiting: PromiseWithResolvers<void> | undefined;
  #exchanges: Exchange[] = [];

  get isEmpty(): boolean {
    return this.#writer.isEmpty;
  }

  get length(): number {
    return this.#writer.length;
  }

  get isAwaited(): boolean {
    return this.#waiting !== undefined;
  }

  /** Kept as they are until they are durable: another try may have to write them in other words. */
  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  /** Settles as the batch does. */
  get promise(): Promise<void> {
    if (!this.#waiting) {
      this.#waiting = Promise.withResolvers<void>();
      // who awaits hears of it; a batch that nobody awaits may fail without a crash
      this.#waiting.promise.catch(() => undefined);
    }
    return this.#waiting.promise;
  }

  /** For a record that somebody waits for. */
  add(kind: RecordKind, text: string): Promise<void> {
    this.#writer.add(kind, text);
    return this.promise;
  }

  keep(text: string, exchange: Exchange): void {
    this.#writer.add(recordKinds.exchange, text);
    this.#exchanges.push(exchange);
  }

  seal(segment: number): Buffer {
    return this.#writer.seal(segment);
  }

  succeed(): void {
    const waiting = this.#reset();
    waiting?.resolve();
  }

  fail(error: GatewayError): void {
    const waiting = this.#reset();
    waiting?.reject(error);
  }

  /** Tells those who wait that it failed, and stays as it is: it may still become durable. */
  refuse(error: GatewayError): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }

  #reset(): PromiseWithResolvers<void> | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#exchanges = [];
    this.#writer.reset();
    return waiting;
  }
}
