/**
 * Chance that can be had again: the same words give the same number on every machine and in every
 * process, so that both sides of a simulated call know how it ends.
 */
export const hashOf = (...words: readonly (string | number)[]): number => {
  const text = words.join('\u0000');
  let low = 0x2545f491;
  let high = 0x7f4a7c15;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high + unit, 0x5bd1e995) ^ (low >>> 13);
  }
  return stir(high ^ text.length) * 0x200000 + (stir(low ^ high) >>> 11);
};

/** Uniform in [0, 1), from words. */
export const chanceOf = (...words: readonly (string | number)[]): number => hashOf(...words) / 2 ** 53;

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** Some of the items, each at most once, in random order. */
  some<Item>(items: readonly Item[], count: number): Item[];
  /** True with this probability. */
  happens(probability: number): boolean;
}

/** A stream of chance from a seed. */
export const createRandom = (...seed: readonly (string | number)[]): Random => {
  const start = hashOf(...seed);
  let state = (start % 2 ** 32) | 0;
  const stride = (Math.floor(start / 2 ** 21) | 1) >>> 0;
  const next = (): number => {
    state = (state + stride) | 0;
    return stir(state ^ stride) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  const pick = <Item>(items: readonly Item[]): Item => {
    if (items.length === 0) throw new RangeError('there is nothing to pick from');
    return items[whole(0, items.length - 1)] as Item;
  };
  const some = <Item>(items: readonly Item[], count: number): Item[] => {
    const left = [...items];
    const taken: Item[] = [];
    while (taken.length < count && left.length > 0) taken.push(...left.splice(whole(0, left.length - 1), 1));
    return taken;
  };
  return { next, whole, pick, some, happens: (probability) => next() < probability };
};

/** Spreads 32 bits over 32 bits, unsigned. */
const stir = (value: number): number => {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return (bits ^ (bits >>> 15)) >>> 0;
};
