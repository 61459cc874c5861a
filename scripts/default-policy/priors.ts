import { type Tier, tiers } from '../../src/core/model.ts';
import { mean } from '../../src/kit/statistics.ts';
import { type Cell, overKinds } from './cells.ts';

/** What is believed of a tier before anything is known of a model or of a kind of request. */
export interface Prior {
  readonly base: number;
  /** Of models of the tier on requests of a source that nobody has seen, beyond what kinds differ by anyway. */
  readonly spread: number;
}

export type Priors = Readonly<Record<Tier, Prior>>;

/** What predictors add for a kind of request that is new: part of every bound, so not of the spread. */
const newKindSpread = 0.2;
const usualSpread = 0.2;
/** A handful of sources says little of how sources differ: this counts for so many of them. */
const usualCountsAs = 3;
const leastSpread = 0.1;

/** Bases of all sources; spreads by how far those of the others are off where each source is left out in turn. */
export const learnPriors = (cells: readonly Cell[]): Priors => {
  const base = basesOf(cells);
  const told = sourcesIn(cells).map((source) => ({
    held: cells.filter((cell) => cell.source === source),
    base: basesOf(cells.filter((cell) => cell.source !== source)),
  }));
  const spreadOf = (tier: Tier): number => {
    const errors = told.flatMap(({ held, base: others }) => {
      const mine = held.filter((cell) => cell.tier === tier);
      return mine.length === 0 ? [] : [overKinds(mine, ({ success }) => (success - others[tier]) ** 2)];
    });
    const sum = errors.reduce((total, error) => total + Math.max(0, error - newKindSpread ** 2), 0);
    const variance = (sum + usualCountsAs * usualSpread ** 2) / (errors.length + usualCountsAs);
    return Math.max(leastSpread, Math.sqrt(variance));
  };
  return Object.fromEntries(
    tiers.map((tier) => [tier, { base: base[tier], spread: spreadOf(tier) }]),
  ) as Priors;
};

const z95 = 1.959963984540054;

/** Half of a 95 % interval of the difference of two models, by the spreads alone. */
export const halfWidth = (one: Prior, other: Prior): number =>
  z95 * Math.sqrt(one.spread ** 2 + other.spread ** 2 + 2 * newKindSpread ** 2);

export const sourcesIn = (cells: readonly Cell[]): readonly string[] => [
  ...new Set(cells.map(({ source }) => source)),
];

const rounds = 200;

/**
 * What tiers score: sources differ in how hard they are and not all know all tiers, so each source has a part
 * of its own, and tiers are what is left.
 */
const basesOf = (cells: readonly Cell[]): Readonly<Record<Tier, number>> => {
  const bySource = sourcesIn(cells).map((source) =>
    tiers.map((tier) => {
      const mine = cells.filter((cell) => cell.source === source && cell.tier === tier);
      return mine.length === 0 ? Number.NaN : overKinds(mine, ({ success }) => success);
    }),
  );
  let ofTier = tiers.map(() => 0);
  let ofSource = bySource.map(() => 0);
  for (let round = 0; round < rounds; round += 1) {
    ofSource = bySource.map((row) => meanOfKnown(row.map((value, at) => value - (ofTier[at] ?? 0))));
    ofTier = tiers.map((_, at) =>
      meanOfKnown(bySource.map((row, source) => (row[at] ?? Number.NaN) - (ofSource[source] ?? 0))),
    );
  }
  const usual = mean(ofSource);
  return Object.fromEntries(
    tiers.map((tier, at) => [tier, Math.min(0.98, Math.max(0.02, usual + (ofTier[at] ?? 0)))]),
  ) as Record<Tier, number>;
};

const meanOfKnown = (values: readonly number[]): number => {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? 0 : mean(known);
};
