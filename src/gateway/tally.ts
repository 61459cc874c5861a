import type { Attempt } from '../core/exchange.ts';
import { addMoney, type NanoUsd, noMoney } from '../core/money.ts';
import type { RetryBudget } from '../providers/retry-budget.ts';

/** Whoever waits for more calls than these, beside those of the plan, has hung up. */
const mostUnplanned = 5;

/** The calls of one request: their numbers, what they came to, and how many more there may be. */
export class Tally {
  readonly attempts: Attempt[] = [];
  #numbers = 0;
  /** Calls that nothing had to go wrong for. */
  #planned = 1;
  #unplanned = 0;
  /** What the request had come to before it was decided. */
  readonly #before: NanoUsd;

  constructor(before: NanoUsd = noMoney) {
    this.#before = before;
  }

  /** Of an intent. */
  nextNumber(): number {
    const number = this.#numbers;
    this.#numbers += 1;
    return number;
  }

  /** So many calls are made next because the plan says so: they are no retries. */
  plan(calls: number): void {
    this.#planned = calls;
  }

  maySpend(retries: RetryBudget): boolean {
    if (this.#planned > 0) {
      this.#planned -= 1;
      return true;
    }
    if (this.#unplanned >= mostUnplanned || !retries.spend()) return false;
    this.#unplanned += 1;
    return true;
  }

  add(attempt: Attempt): void {
    this.attempts.push(attempt);
  }

  /** What turned out once it was booked. */
  amend(attempt: Attempt, found: Partial<Attempt>): Attempt {
    const amended = { ...attempt, ...found };
    const at = this.attempts.indexOf(attempt);
    if (at >= 0) this.attempts[at] = amended;
    return amended;
  }

  get cost(): NanoUsd {
    let sum = this.#before;
    for (const { cost } of this.attempts) sum = addMoney(sum, cost);
    return sum;
  }

  /** "a/small: passed over (empty); b/judge: verifier": undefined where no answer was judged. */
  get told(): string | undefined {
    const isJudged = this.attempts.some(({ passedOver, role }) => passedOver !== undefined || role);
    return isJudged ? this.attempts.map(attemptText).join('; ') : undefined;
  }
}

/** One call in a few words. */
export const attemptText = ({ model, outcome, passedOver, role }: Attempt): string => {
  if (passedOver !== undefined) return `${model}: passed over (${passedOver})`;
  return `${model}: ${role && outcome === 'ok' ? role : outcome}`;
};
