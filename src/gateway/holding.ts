import { keepAlive, keepAliveMs } from './keep-alive.ts';
import type { Outlet } from './outlet.ts';
import { OutletBehind, tellAll } from './outlet-behind.ts';

type Head = Readonly<Record<string, string | number>>;

/** More of an answer than this is not waited for: it would have to be kept in memory before anybody sees a word. */
const heldLimitBytes = 16 * 1024 * 1024;

/**
 * Answers that are heard to their end before one of them goes out. The caller learns that somebody is at work,
 * and nothing else; that he hangs up is told to each of the calls.
 */
export class Holding {
  readonly #outlet: Outlet;
  readonly #held: HeldAnswer[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `earlyHeaders`: of a stream whose answerer is not known yet; undefined where whoever asks wants no stream. */
  constructor(outlet: Outlet, earlyHeaders: (() => Head) | undefined) {
    this.#outlet = outlet;
    if (earlyHeaders) this.#timer = setTimeout(() => this.#sayAlive(earlyHeaders), keepAliveMs);
    tellAll(outlet, this.#held);
  }

  /** The way in for one more answer. */
  hold(): HeldAnswer {
    const held = new HeldAnswer(this.#outlet);
    this.#held.push(held);
    return held;
  }

  /** Nothing is waited for any more: the caller is whoever's comes next. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #sayAlive(earlyHeaders: () => Head): void {
    if (this.#outlet.isGone || this.#outlet.cutBy) return;
    if (!this.#outlet.hasStarted) this.#outlet.start(200, earlyHeaders());
    this.#outlet.write(keepAlive);
    this.#timer?.refresh();
  }
}

/** Headers of ours that only whoever judged the answer knows. */
export type Better = Readonly<Record<string, string>> & { readonly 'x-tierwise-cost': string };

/** One answer, kept as it would have gone out. */
export class HeldAnswer extends OutletBehind implements Outlet {
  #status = 200;
  #headers: Head = {};
  #trailers: Readonly<Record<string, string>> | undefined;
  #chunks: Buffer[] = [];
  #size = 0;
  #isTooLong = false;
  hasStarted = false;

  /** What was said early is said again where it is known better. */
  start(status: number, headers: Head): void {
    this.hasStarted = true;
    this.#status = status;
    this.#headers = headers;
  }

  write(chunk: Buffer | string): boolean {
    if (chunk !== keepAlive) this.#keep(chunk);
    return true;
  }

  end(chunk?: Buffer | string, trailers?: Readonly<Record<string, string>>): void {
    if (chunk !== undefined) this.#keep(chunk);
    this.#trailers = trailers;
  }

  /** Whoever held it says so by its outcome. */
  destroy(): void {
    this.#drop();
  }

  /** It never asks anybody to wait. */
  onDrain(resume: () => void): void {
    resume();
  }

  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  get isGone(): boolean {
    return this.#isTooLong || this.outlet.isGone;
  }

  /** All of it that the caller would see. */
  get body(): Buffer {
    return this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
  }

  /** Lets it go out, with what is known better by now; where the stream began already, that and who answers come last. */
  release(better: Better, answerer: Readonly<Record<string, string>>): void {
    const { body } = this;
    const isChunked = this.#trailers !== undefined;
    this.#drop();
    const { outlet } = this;
    if (outlet.hasStarted) {
      outlet.end(body, { ...answerer, ...better });
      return;
    }
    outlet.start(this.#status, { ...this.#headers, ...better });
    outlet.end(body, isChunked ? { 'x-tierwise-cost': better['x-tierwise-cost'] } : undefined);
  }

  #keep(chunk: Buffer | string): void {
    if (this.#isTooLong) return;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    this.#size += bytes.length;
    this.#chunks.push(bytes);
    if (this.#size <= heldLimitBytes) return;
    this.#isTooLong = true;
    this.#drop();
    this.tellGone();
  }

  #drop(): void {
    this.#chunks = [];
  }
}
