import { GatewayError } from '../core/errors.ts';
import { type Tier, tiers } from '../core/model.ts';
import { type CalibrationCurve, headsFile } from '../routing/classifier/heads.ts';
import type { PolicyFile } from '../routing/classifier/policy.ts';
import { createPredictor } from '../routing/classifier/predictor.ts';
import { sealPolicy } from '../routing/classifier/seal.ts';
import { createRandom } from '../simulator/chance.ts';
import { fitCurve } from './calibrate.ts';
import { recordedModel } from './evaluate-models.ts';
import { modelsOf } from './evaluate-pool.ts';
import { crossFolds, foldsOf } from './folds.ts';
import { calibrationOf } from './metrics-calibration.ts';
import type { TrainingRow, TrainOptions } from './trainer.ts';

export interface RecalibrateOptions {
  readonly name: string;
  readonly seed: number;
  readonly sources: TrainOptions['sources'];
  /** Of models that the policy has never heard of. */
  readonly tierOf: (model: string) => Tier | undefined;
}

/** Chances and what came true, before and after, on rows that the curves were not fitted on. */
export interface CalibrationChange {
  readonly of: 'all' | Tier;
  readonly outcomes: number;
  readonly before: CalibrationFigures;
  readonly after: CalibrationFigures;
}

export interface CalibrationFigures {
  readonly ece: number;
  readonly floor: number;
  readonly brier: number;
}

export interface Recalibrated {
  readonly policy: PolicyFile;
  readonly changes: readonly CalibrationChange[];
  /** On rows held out its squared error is less than before. */
  readonly isBetter: boolean;
}

/** Fewer outcomes say nothing of a curve. */
export const fewestOutcomes = 30;
const folds = 5;

/**
 * New curves from scores to chances on top of the same heads: what other requests, models and ways of scoring
 * shift is put right for each tier, and the order that the heads see stays as it is. The labels of all tiers
 * tell a common shift first; each tier is held to it. Throws where there are too few outcomes.
 */
export const recalibratePolicy = (
  policy: PolicyFile,
  rows: readonly TrainingRow[],
  { name, seed, sources, tierOf }: RecalibrateOptions,
): Recalibrated => {
  const cells = cellsOf(policy, rows, tierOf);
  if (cells.length < fewestOutcomes)
    throw new GatewayError(
      'invalid-request',
      `There are ${cells.length} outcomes, and ${fewestOutcomes} are wanted to bend a curve by; some 200 repair most of what can be repaired.`,
    );
  const told = crossFolds(foldsOf(cells, folds, { seed })).flatMap(({ training, test }) => {
    const shifts = shiftsOf(training);
    return test.map((cell) => ({ ...cell, after: chanceOf(shifts[cell.tier], cell.score) }));
  });
  const changes = (['all', ...tiers] as const).flatMap((of): readonly CalibrationChange[] => {
    const mine = told.filter(({ tier }) => of === 'all' || tier === of);
    if (mine.length === 0) return [];
    const figures = (read: (cell: (typeof told)[number]) => number): CalibrationFigures => {
      const { ece, floor, brier } = calibrationOf(
        Float64Array.from(mine, read),
        Float64Array.from(mine, ({ outcome }) => outcome),
        { random: createRandom('calibration floor', seed, of).next, simulations: 100 },
      );
      return { ece, floor, brier };
    };
    return [
      {
        of,
        outcomes: mine.length,
        before: figures(({ score }) => chanceOf(unchanged, score)),
        after: figures(({ after }) => after),
      },
    ];
  });
  const shifts = shiftsOf(cells);
  const heads = headsFile.parse(policy.heads);
  const [all] = changes;
  const { hash: _, ...rest } = policy;
  return {
    isBetter: all !== undefined && all.after.brier < all.before.brier,
    changes,
    policy: sealPolicy({
      ...rest,
      name,
      sources: [
        ...policy.sources,
        ...sources.map((source) => ({ ...source, name: `${source.name} (curves)` })),
      ],
      metrics: { ...policy.metrics, ...metricsOf(changes) },
      heads: {
        ...heads,
        models: heads.models.map((model) => ({
          ...model,
          calibration: combined(shifts[model.tier], model.calibration),
        })),
        tiers: heads.tiers.map((prior) => ({
          ...prior,
          calibration: combined(shifts[prior.tier], prior.calibration),
        })),
      },
    }),
  };
};

interface Cell {
  readonly group: string;
  readonly tier: Tier;
  /** The log odds that the policy gives now, in fifths: curves are fitted on scores that differ by tenths. */
  readonly score: number;
  readonly outcome: number;
  readonly weight: number;
}

const oddsUnit = 5;
const unchanged: CalibrationCurve = { offset: 0, slope: oddsUnit };

const cellsOf = (
  policy: PolicyFile,
  rows: readonly TrainingRow[],
  tierOf: RecalibrateOptions['tierOf'],
): readonly Cell[] => {
  const predictor = createPredictor(policy);
  const learnt = new Map(policy.models.map((model) => [model.name, model.tier]));
  const models = new Map(
    modelsOf(rows).map((name) => [name, recordedModel(name, learnt.get(name) ?? tierOf(name) ?? 'mid')]),
  );
  return rows.flatMap(({ subject, outcomes, group, weight }) => {
    const asked = Object.keys(outcomes).flatMap((name) => models.get(name) ?? []);
    const [reference] = asked;
    if (!reference) return [];
    return predictor.predict(subject, asked, reference).map(({ success }, at): Cell => {
      const { name, tier } = asked[at] ?? reference;
      return { group, tier, weight, score: oddsOf(success.value), outcome: outcomes[name]?.score ?? 0 };
    });
  });
};

const nearest = 1e-9;

const oddsOf = (chance: number): number => {
  const inside = Math.min(1 - nearest, Math.max(nearest, chance));
  return Math.log(inside / (1 - inside)) / oddsUnit;
};

const chanceOf = ({ offset, slope }: CalibrationCurve, score: number): number =>
  1 / (1 + Math.exp(-(offset + slope * score)));

/** What was believed counts for so many outcomes, and what all tiers say together for so many in each. */
const believedCountsAs = 10;
const commonCountsAs = 40;

const shiftsOf = (cells: readonly Cell[]): Readonly<Record<Tier, CalibrationCurve>> => {
  const scored = (some: readonly Cell[]) => ({
    scores: Float64Array.from(some, ({ score }) => score),
    outcomes: Float64Array.from(some, ({ outcome }) => outcome),
    weights: Float64Array.from(some, ({ weight }) => weight),
  });
  const common = fitCurve(scored(cells), unchanged, believedCountsAs);
  return Object.fromEntries(
    tiers.map((tier) => {
      const own = cells.filter((cell) => cell.tier === tier);
      return [tier, own.length === 0 ? common : fitCurve(scored(own), common, commonCountsAs)];
    }),
  ) as Record<Tier, CalibrationCurve>;
};

/** A curve of the log odds of another curve is one curve. */
const combined = (shift: CalibrationCurve, { offset, slope }: CalibrationCurve): CalibrationCurve => ({
  offset: shift.offset + (shift.slope * offset) / oddsUnit,
  slope: (shift.slope * slope) / oddsUnit,
});

const metricsOf = (changes: readonly CalibrationChange[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    changes.flatMap(({ of, after }) =>
      [
        [`ece.${of}`, after.ece],
        [`ece-floor.${of}`, after.floor],
        [`brier.${of}`, after.brier],
      ].map(([name, value]) => [name, Math.round(Number(value) * 1e6) / 1e6]),
    ),
  );
