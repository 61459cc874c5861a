import type { World } from '../kit/world.ts';
import type { LearnOutcome } from '../learning/continuous.ts';
import { learnInThread } from '../learning/learner.ts';
import type { Log } from '../telemetry/log.ts';
import type { Config } from './config.ts';
import { isHeldBack, policyShelf, shippedPolicyFile } from './policy-file.ts';

export interface LearningParts {
  /** The configuration in force; may change between two rounds. */
  readonly config: () => Config;
  readonly world: World;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Learns from the ledger now and then, while the configuration says so. */
export class Learning {
  readonly #parts: LearningParts;
  readonly #end = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #everyMs: number | undefined;
  #running: Promise<void> | undefined;
  /** What was told last: a fault that comes again at every round is told once. */
  #told = '';

  constructor(parts: LearningParts) {
    this.#parts = parts;
    this.follow();
  }

  /** Goes on at the pace of the configuration in force. */
  follow(): void {
    const { learning } = this.#parts.config();
    if (learning?.everyMs === this.#everyMs) return;
    clearInterval(this.#timer);
    this.#everyMs = learning?.everyMs;
    if (learning) this.#timer = setInterval(() => this.#begin(), learning.everyMs).unref();
  }

  /** What is under way is broken off: the next start takes it up again. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#end.abort();
    await this.#running;
  }

  #begin(): void {
    this.#running ??= this.#round().finally(() => {
      this.#running = undefined;
    });
  }

  async #round(): Promise<void> {
    const { config, world, log } = this.#parts;
    const { learning, ledger, ...rest } = config();
    if (!learning) return;
    const { minLabels, halfLifeMs, hold, implicit } = learning;
    const shelf = policyShelf({ ...rest, ledger, learning });
    if (isHeldBack(shelf))
      return this.#tell(`Learning pauses: "policy" names one that is kept to go back to.`);
    try {
      const outcome = await learnInThread(
        {
          ...{ minLabels, halfLifeMs, hold, implicit },
          shelf,
          now: world.now(),
          ledger: ledger.path,
          shipped: shippedPolicyFile(),
        },
        this.#end.signal,
      );
      this.#told = '';
      const text = outcomeText(outcome);
      if (text !== undefined) log.info(text);
    } catch (cause) {
      if (!this.#end.signal.aborted)
        this.#tell(`Learning from the ledger failed, and nothing was changed: ${(cause as Error).message}`);
    }
  }

  #tell(message: string): void {
    if (message !== this.#told) this.#parts.log.warn(message);
    this.#told = message;
  }
}

/** What a round came to, in plain words; nothing where there was nothing to do. */
export const outcomeText = (outcome: LearnOutcome): string | undefined => {
  if (outcome.type === 'waiting') return undefined;
  const { loss } = outcome;
  const figure = (value: number): string => value.toFixed(4);
  const compared = loss
    ? `on ${loss.rows} labels held out, of ${loss.groups} conversations, its squared error is ${figure(loss.newer)}, that of the old ${figure(loss.older)} (difference ${figure(loss.difference.value)}, 95 %: ${figure(loss.difference.low)} to ${figure(loss.difference.high)})`
    : undefined;
  if (outcome.type === 'published')
    return `Learnt ${outcome.policy} from ${outcome.rows} rows of the ledger and published it: ${compared}.`;
  return `Nothing was published: ${[outcome.why, compared].filter(Boolean).join('; ')}.`;
};
