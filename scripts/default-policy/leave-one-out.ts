import { type Tier, tiers } from '../../src/core/model.ts';
import { mean } from '../../src/kit/statistics.ts';
import { recordedModel } from '../../src/learning/evaluate-models.ts';
import { createPredictor } from '../../src/routing/classifier/predictor.ts';
import { type Cell, cellsOf, overKinds } from './cells.ts';
import { makePolicy } from './make.ts';
import { halfWidth, learnPriors, sourcesIn } from './priors.ts';
import type { SourceRow } from './sources.ts';

/** How the policy of the other sources does on a source that it knows nothing of. */
export interface LeftOut {
  readonly source: string;
  readonly kinds: number;
  readonly models: number;
  readonly tiers: readonly {
    readonly tier: Tier;
    readonly predicted: number;
    readonly came: number;
  }[];
  /** Mean over tiers of how far the chance is off in all of the source: its calibration. */
  readonly error: number;
  /** Gaps of a model to the best one, on one kind of requests. */
  readonly gaps: number;
  /** The share of them inside the 95 % bounds that the predictor tells. */
  readonly coverage: number;
  /** The same by the spreads of tiers alone, and how far these bounds reach. */
  readonly coverageBySpread: number;
  readonly halfWidthBySpread: number;
  /** Kinds and models 15 points or more below the best, and how many of them a contract of 95 % would take. */
  readonly hard: number;
  readonly sentDown: number;
}

const hardFrom = 0.15;
const contract = 0.95;

export const leaveOneOut = (rows: readonly SourceRow[]): readonly LeftOut[] => {
  const cells = cellsOf(rows);
  return sourcesIn(cells).map((source) => leftOut(source, rows, cells));
};

const leftOut = (source: string, rows: readonly SourceRow[], cells: readonly Cell[]): LeftOut => {
  const priors = learnPriors(cells.filter((cell) => cell.source !== source));
  const predictor = createPredictor(makePolicy(priors, { sources: [], metrics: {} }));
  const held = cells.filter((cell) => cell.source === source);
  const subjects = new Map(rows.map(({ kind, subject }) => [kind, subject]));
  const told = held.flatMap((cell) => {
    const subject = subjects.get(cell.kind);
    if (!subject) return [];
    const reference = recordedModel('the best', cell.bestTier);
    const [prediction] = predictor.predict(subject, [recordedModel('another', cell.tier)], reference);
    const [best] = predictor.predict(subject, [reference], reference);
    return prediction && best ? [{ cell, prediction, mayLose: (1 - contract) * best.success.value }] : [];
  });
  const gaps = told.flatMap(({ cell, ...rest }) =>
    cell.gap === undefined ? [] : [{ ...rest, cell, gap: cell.gap }],
  );
  const hard = gaps.filter(({ gap }) => gap <= -hardFrom);
  const ofTiers = tiers.flatMap((tier) => {
    const mine = held.filter((cell) => cell.tier === tier);
    return mine.length === 0
      ? []
      : [{ tier, predicted: priors[tier].base, came: overKinds(mine, ({ success }) => success) }];
  });
  return {
    source,
    kinds: new Set(held.map(({ kind }) => kind)).size,
    models: new Set(held.map(({ model }) => model)).size,
    tiers: ofTiers,
    error: mean(ofTiers.map(({ predicted, came }) => Math.abs(predicted - came))),
    gaps: gaps.length,
    coverage: shareOf(gaps, ({ gap, prediction }) => prediction.gap.low <= gap && gap <= prediction.gap.high),
    coverageBySpread: shareOf(
      gaps,
      ({ gap, prediction, cell }) =>
        Math.abs(gap - prediction.gap.value) <= halfWidth(priors[cell.tier], priors[cell.bestTier]),
    ),
    halfWidthBySpread: mean(gaps.map(({ cell }) => halfWidth(priors[cell.tier], priors[cell.bestTier]))),
    hard: hard.length,
    sentDown: hard.filter(({ prediction, mayLose }) => prediction.gap.low >= -mayLose).length,
  };
};

const shareOf = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number =>
  items.filter(holds).length / Math.max(1, items.length);
