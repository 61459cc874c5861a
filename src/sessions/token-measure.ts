import { canonicalName } from '../catalog/names.ts';
import type { Model, ModelId } from '../core/model.ts';

/**
 * How many tokens each model makes of a text, beside our own estimate of it: learnt from every bill. Families
 * differ by a third, and a prefix that is written anew is paid in the new one's count.
 */
export class TokenMeasure {
  readonly #ratios = new Map<ModelId, { ratio: number; seen: number }>();

  /** A prompt was billed as so many tokens. */
  note(model: ModelId, billedTokens: number, estimatedTokens: number): void {
    if (billedTokens < leastTokens || estimatedTokens < leastTokens) return;
    const value = Math.min(most, Math.max(1 / most, billedTokens / estimatedTokens));
    const known = this.#ratios.get(model);
    if (!known) {
      this.#ratios.set(model, { ratio: value, seen: 1 });
      return;
    }
    known.seen = Math.min(known.seen + 1, window);
    known.ratio += (value - known.ratio) / known.seen;
  }

  /** Tokens at one model for one token at another. */
  factor(from: Model, to: Model): number {
    if (from.id === to.id) return 1;
    const [here, there] = [this.#ratios.get(from.id), this.#ratios.get(to.id)];
    if (here && there) return there.ratio / here.ratio;
    return makerOf(from) === makerOf(to) ? 1 : strangersFactor;
  }
}

/** Another maker's is taken for finer until it is known: what a move costs is rather told too high than too low. */
export const strangersFactor = 1.15;

/** Of few tokens the frame of a message is the most. */
const leastTokens = 500;
const most = 3;
const window = 50;

const makerOf = ({ name }: Model): string => /^[a-z]+/.exec(canonicalName(name))?.[0] ?? name;
