import type { Model } from '../../core/model.ts';

/**
 * Finds a catalogue's model among names as they were recorded elsewhere: by its id, by what its provider
 * calls it, then by the same name written another way ("openai/o3-mini", "o3-mini", "O3 Mini"). -1 where
 * none or several fit.
 */
export const modelNames = (recorded: readonly string[]): ((model: Model) => number) => {
  const exact = new Map(recorded.map((name, at) => [name, at]));
  const plain = new Map<string, number>();
  for (const [at, name] of recorded.entries()) {
    const key = plainName(name);
    plain.set(key, plain.has(key) ? ambiguous : at);
  }
  return ({ id, name }) =>
    exact.get(id) ?? exact.get(name) ?? plain.get(plainName(id)) ?? plain.get(plainName(name)) ?? ambiguous;
};

const ambiguous = -1;

/** Without its maker, in small letters and figures only. */
const plainName = (name: string): string =>
  name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
