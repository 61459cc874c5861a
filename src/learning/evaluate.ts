import { GatewayError } from '../core/errors.ts';
import type { Tier } from '../core/model.ts';
import type { Predictor } from '../core/prediction.ts';
import { groupBootstrap } from '../kit/group-bootstrap.ts';
import { type Estimate, mean } from '../kit/statistics.ts';
import { createRandom } from '../simulator/chance.ts';
import type { Corner } from '../simulator/same-cost-mix.ts';
import { coinScore, constantSettings, cornerOf } from './controls.ts';
import { averageGapRecovered, callShareFor, routeCurve } from './curves.ts';
import { averageQuality, costForScore } from './curves-hull.ts';
import { type CalibrationLine, calibrationLines } from './evaluate-calibration.ts';
import { type Contender, contendersOf } from './evaluate-contenders.ts';
import { recordedModel, tiersByScore } from './evaluate-models.ts';
import { bestModel, cheapestModel, modelsOf, type Pool, poolOf, type TokenPrice } from './evaluate-pool.ts';
import { predictPool } from './evaluate-predictions.ts';
import type { TrainingRow } from './trainer.ts';

export interface EvaluateOptions {
  /** Rows the predictor may have learnt from: best constant, weak, strong and expected costs are chosen on them. */
  readonly training?: readonly TrainingRow[] | undefined;
  readonly weak?: string | undefined;
  readonly strong?: string | undefined;
  /** Dollars a million tokens, by recorded name. */
  readonly prices?: Readonly<Record<string, TokenPrice>> | undefined;
  readonly tierOf?: ((model: string) => Tier | undefined) | undefined;
  /** The share of the strong model's success that the predictor's own choice has to keep; .95 unless told. */
  readonly quality?: number | undefined;
  readonly seed?: number | undefined;
  readonly resamples?: number | undefined;
}

/** The figures of one way to answer the rows; what cannot be told of it is left out. */
export interface PolicyFigures {
  /** Mean score and cost of a request where its own knob stands. */
  readonly quality?: Estimate;
  readonly cost?: Estimate;
  readonly apgr?: Estimate;
  readonly cpt50?: Estimate;
  readonly cpt80?: Estimate;
  readonly aiq?: Estimate;
  /** Of the best model's cost, at 95, 98 and 100 % of its quality. */
  readonly saving95?: Estimate;
  readonly saving98?: Estimate;
  readonly saving100?: Estimate;
}

export interface PolicyLine extends PolicyFigures {
  readonly name: string;
  readonly role: 'policy' | 'control';
  readonly detail: string;
}

export interface ModelLine {
  readonly model: string;
  readonly tier: Tier;
  readonly quality: number;
  readonly cost: number;
}

/** A predictor and its controls on the same rows, with 95 % intervals. */
export interface Evaluation {
  readonly policy: string;
  readonly rows: number;
  readonly groups: number;
  readonly costUnit: Pool['costUnit'];
  readonly weak: string;
  readonly strong: string;
  readonly chosenOn: 'training rows' | 'the same rows';
  readonly models: readonly ModelLine[];
  /** The policy first. */
  readonly policies: readonly PolicyLine[];
  /** Paired differences: of APGR to prompt length, of AIQ to mixed constants, of quality to the coin of the same cost. */
  readonly gains: {
    readonly apgrOverLength?: Estimate;
    readonly aiqOverConstants?: Estimate;
    readonly qualityOverMix?: Estimate;
  };
  readonly calibration: readonly CalibrationLine[];
  readonly left: Pool['left'];
}

/**
 * Holds a predictor to recorded outcomes. Nothing is learnt or chosen on `rows` where training rows are
 * given; without them, the pair and the best constant are those of the rows themselves, and it says so.
 */
export const evaluatePolicy = (
  rows: readonly TrainingRow[],
  predictor: Predictor,
  options: EvaluateOptions = {},
): Evaluation => {
  const { seed = 1, resamples = 1000, quality = 0.95, training } = options;
  const names = modelsOf(rows);
  const byScore = tiersByScore(training ?? rows, names);
  const tierOf = (model: string): Tier => options.tierOf?.(model) ?? byScore.get(model) ?? 'mid';
  const pair = [options.weak, options.strong].filter((name) => name !== undefined);
  const unknown = pair.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new GatewayError(
      'invalid-request',
      `The rows know no model "${unknown}"; they know ${names.slice(0, 8).join(', ')}${names.length > 8 ? ' …' : ''}.`,
    );
  const costOptions = { prices: options.prices, tierOf };
  const pool = poolOf(rows, pair, costOptions);
  const trainingPool = training && poolOfKnown(training, pool, costOptions);
  const chosenOn = trainingPool ?? pool;
  const strong = placeOf(pool, options.strong ?? pool.models[bestModel(chosenOn)]);
  const weak = placeOf(pool, options.weak ?? pool.models[cheapestBut(chosenOn, strong)]);
  const models = pool.models.map((name) => recordedModel(name, tierOf(name), options.prices?.[name]));
  const predictions = predictPool(pool, predictor, models, models[strong] as (typeof models)[0], training);
  const contenders = contendersOf(pool, predictions, { weak, strong, quality, seed });
  const groups = pool.rows.map(({ group }) => group);
  const figures = groupBootstrap(groups, figuresOf(pool, contenders, { weak, strong }), {
    random: createRandom('evaluate', seed).next,
    resamples,
  });
  const gain = (name: string): Estimate | undefined => told(figures[name]);
  return {
    policy: predictor.policy,
    rows: pool.rows.length,
    groups: new Set(groups).size,
    costUnit: pool.costUnit,
    weak: pool.models[weak] ?? '',
    strong: pool.models[strong] ?? '',
    chosenOn: trainingPool ? 'training rows' : 'the same rows',
    models: pool.models.map((model, at) => ({
      model,
      tier: tierOf(model),
      quality: mean(pool.scores[at] ?? []),
      cost: mean(pool.costs[at] ?? []),
    })),
    policies: contenders.map(({ name, role, detail }, at) => ({
      name,
      role,
      detail,
      ...Object.fromEntries(
        figureNames.flatMap((figure) => {
          const estimate = told(figures[`${at}.${figure}`]);
          return estimate ? [[figure, estimate]] : [];
        }),
      ),
    })),
    gains: withoutHoles({
      apgrOverLength: gain('apgrOverLength'),
      aiqOverConstants: gain('aiqOverConstants'),
      qualityOverMix: gain('qualityOverMix'),
    }),
    calibration: calibrationLines(rows, predictor, {
      models: names,
      tierOf,
      reference: pool.models[strong] ?? '',
      seed,
      resamples: Math.min(resamples, 300),
    }),
    left: pool.left,
  };
};

export const figureNames = [
  'quality',
  'cost',
  'apgr',
  'cpt50',
  'cpt80',
  'aiq',
  'saving95',
  'saving98',
  'saving100',
] as const satisfies readonly (keyof PolicyFigures)[];

/** All figures of all contenders on one draw of rows. */
const figuresOf = (
  pool: Pool,
  contenders: readonly Contender[],
  { weak, strong }: { readonly weak: number; readonly strong: number },
) => {
  const constants = constantSettings(pool);
  const weakScores = pool.scores[weak] as Float64Array;
  const strongScores = pool.scores[strong] as Float64Array;
  return (weights: Float64Array): Record<string, number> => {
    const corners = constants.map((setting) => cornerOf(setting, weights));
    const best = corners[strong] as Corner;
    const largestCost = Math.max(...corners.map(({ cost }) => cost));
    const figures: Record<string, number> = {};
    const ownCost = contenders[0]?.choice ? cornerOf(contenders[0].choice, weights).cost : Number.NaN;
    for (const [at, { choice, order, settings, isCoin, isMix }] of contenders.entries()) {
      const tell = (figure: keyof PolicyFigures, value: number): void => {
        figures[`${at}.${figure}`] = value;
      };
      if (choice) {
        const corner = cornerOf(choice, weights);
        tell('quality', corner.score);
        tell('cost', corner.cost);
      }
      if (isMix) {
        tell('quality', coinScore(corners, ownCost));
        tell('cost', ownCost);
      }
      if (order) {
        const curve = routeCurve(order, weakScores, strongScores, weights);
        tell('apgr', averageGapRecovered(curve));
        tell('cpt50', callShareFor(curve, 0.5));
        tell('cpt80', callShareFor(curve, 0.8));
      }
      if (isCoin) {
        tell('apgr', 0.5);
        tell('cpt50', 0.5);
        tell('cpt80', 0.8);
      }
      if (settings) {
        const points = settings.map((setting) => cornerOf(setting, weights));
        tell('aiq', averageQuality(points, largestCost));
        // whoever has a router has its best model, too
        const withBest = [...points, best];
        for (const [name, share] of savingLevels)
          tell(name, 1 - costForScore(withBest, share * best.score) / best.cost);
      }
    }
    const place = (name: string): number => contenders.findIndex((contender) => contender.name === name);
    const of = (name: string, figure: keyof PolicyFigures): number =>
      figures[`${place(name)}.${figure}`] ?? Number.NaN;
    figures.apgrOverLength = (figures['0.apgr'] ?? Number.NaN) - of('prompt length', 'apgr');
    figures.aiqOverConstants = (figures['0.aiq'] ?? Number.NaN) - of('random mix, same cost', 'aiq');
    figures.qualityOverMix = (figures['0.quality'] ?? Number.NaN) - of('random mix, same cost', 'quality');
    return figures;
  };
};

const savingLevels = [
  ['saving95', 0.95],
  ['saving98', 0.98],
  ['saving100', 1],
] as const;

const told = (estimate: Estimate | undefined): Estimate | undefined =>
  estimate && Number.isFinite(estimate.value) ? estimate : undefined;

const withoutHoles = (
  gains: {
    readonly [Name in keyof Evaluation['gains']]: Estimate | undefined;
  },
): Evaluation['gains'] =>
  Object.fromEntries(Object.entries(gains).filter(([, value]) => value !== undefined));

/** The training rows as columns of the same models; undefined where none of them knows all of these. */
const poolOfKnown = (
  training: readonly TrainingRow[],
  pool: Pool,
  options: Parameters<typeof poolOf>[2],
): Pool | undefined => {
  const known = training
    .filter(({ outcomes }) => pool.models.every((model) => outcomes[model]))
    .map((row) => ({
      ...row,
      outcomes: Object.fromEntries(pool.models.map((model) => [model, row.outcomes[model]])),
    }));
  return known.length === 0 ? undefined : poolOf(known as readonly TrainingRow[], pool.models, options);
};

const cheapestBut = (pool: Pool, strong: number): number => {
  const cheapest = cheapestModel(pool);
  if (cheapest !== strong) return cheapest;
  const others = pool.models.map((_, at) => at).filter((at) => at !== strong);
  return others.reduce((low, at) => (mean(pool.scores[at] ?? []) < mean(pool.scores[low] ?? []) ? at : low));
};

const placeOf = ({ models }: Pool, name: string | undefined): number => models.indexOf(name ?? '');
