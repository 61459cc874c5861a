const failuresToOpen = 5;
/** How long a circuit stays open before one call may probe. */
export const periodMs = 10_000;

/**
 * Whether a model may be asked with one credential: five failures in a row open it for a period; then
 * one call at a time probes, and its first sign of an answer closes it.
 */
export class Circuit {
  #failures = 0;
  /** 0 while it is closed; milliseconds on the monotonic clock. */
  #openUntilMs = 0;
  #isProbing = false;

  mayAsk(nowMs: number): boolean {
    return this.#openUntilMs === 0 || (!this.#isProbing && nowMs >= this.#openUntilMs);
  }

  /** How long until it may be asked. */
  waitMs(nowMs: number): number {
    return this.#openUntilMs === 0 ? 0 : Math.max(this.#openUntilMs - nowMs, this.#isProbing ? 1 : 0);
  }

  /** A call begins: the first after the pause is the probe. */
  begin(nowMs: number): void {
    if (this.#openUntilMs > 0 && nowMs >= this.#openUntilMs) this.#isProbing = true;
  }

  /** An answer that was under way when it opened does not close it. */
  succeeded(nowMs: number): void {
    if (this.#openUntilMs > nowMs) return;
    this.#failures = 0;
    this.#openUntilMs = 0;
    this.#isProbing = false;
  }

  /** Says nothing of the model, but a probe must not be waited for for ever. */
  abandoned(): void {
    this.#isProbing = false;
  }

  failed(nowMs: number, pauseMs: number): void {
    this.#failures += 1;
    this.#isProbing = false;
    const leastMs = this.#failures >= failuresToOpen ? periodMs : 0;
    const untilMs = nowMs + Math.max(pauseMs, leastMs);
    if (untilMs > nowMs) this.#openUntilMs = Math.max(this.#openUntilMs, untilMs);
  }
}
