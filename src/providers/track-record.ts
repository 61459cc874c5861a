/** Fewer calls say nothing yet. */
const fewestCalls = 5;
const fewestForErrors = 10;
/** How much the newest call counts. */
const newest = 0.2;
/** So many of its calls fail: whoever can goes elsewhere. */
const badErrorRate = 0.4;
/** So many times slower than the others is no chance any more … */
const slowFactor = 3;
/** … but for differences that nobody feels. */
const slowMs = 30;
const firstEjectionMs = 10_000;
const longestEjectionMs = 300_000;

/** Answers whose first byte comes at once, and those that come whole, are not compared with each other. */
export type AnswerKind = 'stream' | 'whole';

/**
 * How a model did lately with one credential. Where it does much worse than the others it is ejected:
 * asked after them, until one call shows that it is well again.
 */
export class TrackRecord {
  #calls = 0;
  #errorRate = 0;
  readonly #latency = { stream: { calls: 0, log: 0 }, whole: { calls: 0, log: 0 } };
  #ejectedUntilMs = 0;
  #ejections = 0;
  #isTrying = false;

  /** One call at a time may try whether an ejected one is well again. */
  isEjected(nowMs: number): boolean {
    return this.#ejectedUntilMs > 0 && (this.#isTrying || nowMs < this.#ejectedUntilMs);
  }

  begin(nowMs: number): void {
    if (this.#ejectedUntilMs > 0 && nowMs >= this.#ejectedUntilMs) this.#isTrying = true;
  }

  abandoned(): void {
    this.#isTrying = false;
  }

  failed(nowMs: number): void {
    this.#calls += 1;
    this.#errorRate += (1 - this.#errorRate) * newest;
    const isBad = this.#calls >= fewestForErrors && this.#errorRate >= badErrorRate;
    if (this.#isTrying || (isBad && this.#ejectedUntilMs === 0)) this.#eject(nowMs);
  }

  /** `othersMs`: how long the others take on the average; undefined where nobody knows. */
  succeeded(nowMs: number, kind: AnswerKind, latencyMs: number, othersMs: number | undefined): void {
    const wasTrying = this.#isTrying;
    this.#calls += 1;
    this.#errorRate -= this.#errorRate * newest;
    this.#isTrying = false;
    const slowestMs = othersMs === undefined ? Infinity : othersMs * slowFactor + slowMs;
    if (wasTrying) {
      if (latencyMs > slowestMs) this.#eject(nowMs);
      else this.#readmit();
      return;
    }
    // answers that were under way when it was ejected
    if (this.#ejectedUntilMs > 0) return;
    this.#note(kind, latencyMs);
    const usualMs = this.latencyMs(kind);
    if (usualMs !== undefined && usualMs > slowestMs) this.#eject(nowMs);
    else if (this.#errorRate < badErrorRate / 4) this.#ejections = 0;
  }

  /** How long an answer takes on the average; undefined where too few came. */
  latencyMs(kind: AnswerKind): number | undefined {
    const { calls, log } = this.#latency[kind];
    return calls < fewestCalls ? undefined : Math.exp(log);
  }

  #note(kind: AnswerKind, latencyMs: number): void {
    const known = this.#latency[kind];
    known.calls += 1;
    const log = Math.log(Math.max(latencyMs, 0.1));
    known.log += (log - known.log) * Math.max(newest, 1 / known.calls);
  }

  #eject(nowMs: number): void {
    const pauseMs = Math.min(firstEjectionMs * 2 ** this.#ejections, longestEjectionMs);
    this.#ejections += 1;
    this.#ejectedUntilMs = nowMs + pauseMs;
    this.#isTrying = false;
  }

  /** What it was like before counts no more. */
  #readmit(): void {
    this.#ejectedUntilMs = 0;
    this.#calls = 0;
    this.#errorRate = 0;
    this.#latency.stream.calls = 0;
    this.#latency.whole.calls = 0;
  }
}
