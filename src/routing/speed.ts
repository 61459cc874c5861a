import type { Exchange } from '../core/exchange.ts';
import type { ModelId } from '../core/model.ts';
import { answerTokens } from '../core/usage.ts';

/** How fast a model answers, as far as was seen of late. */
export interface Speed {
  readonly firstByteMs: number;
  /** After the first byte; 0 where all answers came at once. */
  readonly msPerToken: number;
  /** Answers that this rests on; older ones count for less. */
  readonly samples: number;
}

/** What was measured of models, in memory only: an observer of settled exchanges. */
export class SpeedMeter {
  readonly #halfLifeMs: number;
  readonly #now: () => number;
  readonly #seen = new Map<ModelId, Seen>();

  constructor({ halfLifeMs, now }: { readonly halfLifeMs: number; readonly now: () => number }) {
    this.#halfLifeMs = halfLifeMs;
    this.#now = now;
  }

  /** Whole answers only: what failed or was broken off says little of the next. */
  note({ attempts }: Pick<Exchange, 'attempts'>): void {
    for (const { model, outcome, startedMs, firstByteMs, totalMs, usage } of attempts) {
      if (outcome !== 'ok' || firstByteMs === null) continue;
      const seen = this.#faded(model);
      const tokens = answerTokens(usage);
      // what others took before it was asked is not its own
      const waitedMs = Math.max(firstByteMs - startedMs, 0);
      this.#seen.set(model, {
        at: this.#now(),
        samples: seen.samples + 1,
        firstByteMs: seen.firstByteMs + waitedMs,
        streamedMs: seen.streamedMs + Math.max(totalMs - waitedMs, 0),
        tokens: seen.tokens + tokens,
      });
    }
  }

  of(model: ModelId): Speed | undefined {
    if (!this.#seen.has(model)) return undefined;
    const { samples, firstByteMs, streamedMs, tokens } = this.#faded(model);
    return {
      samples,
      firstByteMs: firstByteMs / samples,
      msPerToken: tokens > 0 ? streamedMs / tokens : 0,
    };
  }

  #faded(model: ModelId): Seen {
    const seen = this.#seen.get(model);
    if (!seen) return nothing;
    const left = 0.5 ** ((this.#now() - seen.at) / this.#halfLifeMs);
    return {
      at: seen.at,
      samples: seen.samples * left,
      firstByteMs: seen.firstByteMs * left,
      streamedMs: seen.streamedMs * left,
      tokens: seen.tokens * left,
    };
  }
}

/** Sums over samples, each faded by its age. */
interface Seen {
  readonly at: number;
  readonly samples: number;
  readonly firstByteMs: number;
  readonly streamedMs: number;
  readonly tokens: number;
}

const nothing: Seen = { at: 0, samples: 0, firstByteMs: 0, streamedMs: 0, tokens: 0 };
