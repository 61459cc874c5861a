/** A chance that was told, and whether it came true. */
export interface Told {
  readonly chance: number;
  readonly isRight: boolean;
}

export interface Reliability {
  /** Mean distance between chance and truth, over bins of equal size. */
  readonly error: number;
  /** What chances that are exactly right would show at this number of examples. */
  readonly floor: number;
  readonly bins: readonly { readonly chance: number; readonly share: number; readonly of: number }[];
}

const binCount = 10;
const draws = 300;

export const reliabilityOf = (told: readonly Told[]): Reliability => {
  const sorted = [...told].sort((a, b) => a.chance - b.chance);
  const random = createRandom(7);
  let floor = 0;
  for (let draw = 0; draw < draws; draw++)
    floor += errorOf(sorted.map(({ chance }) => ({ chance, isRight: random() < chance }))) / draws;
  return {
    error: errorOf(sorted),
    floor,
    bins: binsOf(sorted).map((bin) => ({
      chance: mean(bin.map(({ chance }) => chance)),
      share: mean(bin.map(({ isRight }) => (isRight ? 1 : 0))),
      of: bin.length,
    })),
  };
};

const binsOf = (sorted: readonly Told[]): readonly (readonly Told[])[] =>
  Array.from({ length: binCount }, (_, index) =>
    sorted.slice(
      Math.round((sorted.length * index) / binCount),
      Math.round((sorted.length * (index + 1)) / binCount),
    ),
  ).filter((bin) => bin.length > 0);

const errorOf = (sorted: readonly Told[]): number =>
  binsOf(sorted).reduce(
    (sum, bin) =>
      sum +
      (bin.length / sorted.length) *
        Math.abs(mean(bin.map(({ chance }) => chance)) - mean(bin.map(({ isRight }) => (isRight ? 1 : 0)))),
    0,
  );

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The same draws on every run. */
const createRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};
