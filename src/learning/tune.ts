import { GatewayError } from '../core/errors.ts';
import type { Tier } from '../core/model.ts';
import type { Predictor } from '../core/prediction.ts';
import { groupBootstrap } from '../kit/group-bootstrap.ts';
import { type Estimate, mean } from '../kit/statistics.ts';
import { createRandom } from '../simulator/chance.ts';
import { recordedModel, tiersByScore } from './evaluate-models.ts';
import { modelsOf, type Pool, poolOf, someRows, type TokenPrice } from './evaluate-pool.ts';
import { halvesOf } from './folds.ts';
import type { TrainingRow } from './trainer.ts';
import { chanceByLuck, holm, type PairedDifference, pairedDifference, rowsToShow } from './tune-verdict.ts';

export interface TuneOptions {
  /** How much worse than the frontier a model may be, as a share of success: .02 is two points. */
  readonly margin: number;
  /** Whose models are to take over: mid, mostly. */
  readonly tier: Exclude<Tier, 'frontier'>;
  readonly tierOf?: ((model: string) => Tier | undefined) | undefined;
  readonly prices?: Readonly<Record<string, TokenPrice>> | undefined;
  readonly seed?: number | undefined;
  readonly resamples?: number | undefined;
}

/** What held-out rows say of one task. */
export interface TaskVerdict {
  readonly task: string;
  readonly model: string;
  /** `shown`: within the margin, all claims taken together. `worse`: certainly beyond it. */
  readonly verdict: 'shown' | 'worse' | 'not-shown';
  readonly quality: number;
  readonly frontierQuality: number;
  readonly difference: PairedDifference;
  /** One-sided, adjusted by Holm for all tasks. */
  readonly chance: number;
  /** How many times the frontier's call costs the model's. */
  readonly priceRatio: Estimate;
  /** Rows of the task in the whole file that would show it; undefined where more would not help, or none are needed. */
  readonly rowsNeeded?: number;
}

/** An allocation of tasks to models, as far as it was shown. */
export interface Tuning {
  readonly tier: TuneOptions['tier'];
  readonly margin: number;
  readonly frontier: string;
  readonly costUnit: Pool['costUnit'];
  readonly chosenOn: number;
  readonly reportedOn: number;
  readonly tasks: readonly TaskVerdict[];
  /** All traffic under the proposal and with the frontier alone, on the rows reported on. */
  readonly proposal: {
    readonly quality: Estimate;
    readonly frontierQuality: Estimate;
    readonly difference: Estimate;
    readonly cost: Estimate;
    readonly frontierCost: Estimate;
    readonly saving: Estimate;
  };
}

/** Fewer rows of a task show nothing, whatever they say. */
export const leastRows = 20;

/**
 * Per task, the cheapest model of a tier that looks to be within the margin of the frontier's best model
 * on one half of the rows, and whether the other half shows it: the lower bound of the paired difference
 * lies above the margin after Holm's correction for all tasks tried. A predictor, where there is one,
 * helps the first half to choose; the second is read as it is.
 */
export const tuneMid = (
  rows: readonly TrainingRow[],
  predictor: Predictor | undefined,
  options: TuneOptions,
): Tuning => {
  const { margin, tier, seed = 1, resamples = 1000 } = options;
  const byScore = tiersByScore(rows, modelsOf(rows));
  const tierOf = (model: string): Tier => options.tierOf?.(model) ?? byScore.get(model) ?? 'mid';
  const pool = poolOf(rows, [], { prices: options.prices, tierOf });
  const [first, second] = halvesOf(pool.rows, { seed, stratum: taskOf });
  const places = new Map(pool.rows.map((row, at) => [row, at]));
  const part = (half: readonly TrainingRow[]): Pool =>
    someRows(
      pool,
      half.map((row) => places.get(row) ?? 0),
    );
  const choosing = part(first);
  const reporting = part(second);
  const ofTier = (wanted: Tier): readonly number[] =>
    pool.models.flatMap((model, at) => (tierOf(model) === wanted ? [at] : []));
  const frontier = bestOf(choosing, ofTier('frontier'));
  const candidates = ofTier(tier);
  if (frontier === undefined || candidates.length === 0)
    throw new GatewayError(
      'invalid-request',
      `The rows know no model of the ${frontier === undefined ? 'frontier' : tier} tier that all of them were asked; name tiers of the recorded models.`,
    );
  const guess = guessOf(choosing, predictor, tierOf);
  const claims = [...new Set(pool.rows.map(taskOf))].sort().flatMap((task) => {
    const chosen = choose(choosing, task, { frontier, candidates, margin, guess });
    const mine = rowsOfTask(reporting, task);
    return chosen === undefined || mine.length < leastRows ? [] : [{ task, model: chosen, rows: mine }];
  });
  const random = createRandom('tune', seed);
  const differences = claims.map(({ model, rows: mine }) =>
    pairedDifference(
      mine.map((row) => scoreOf(reporting, model, row) - scoreOf(reporting, frontier, row)),
      mine.map((row) => reporting.rows[row]?.group ?? ''),
    ),
  );
  const chances = holm(differences.map((difference) => chanceByLuck(difference, margin)));
  const tasks = claims.map(({ task, model, rows: mine }, at): TaskVerdict => {
    const difference = differences[at] as PairedDifference;
    const chance = chances[at] ?? 1;
    const verdict = chance <= 0.025 ? 'shown' : difference.high < -margin ? 'worse' : 'not-shown';
    const needed = verdict === 'not-shown' ? rowsToShow(difference, margin, claims.length) : undefined;
    return {
      task,
      model: pool.models[model] ?? '',
      verdict,
      quality: mean(mine.map((row) => scoreOf(reporting, model, row))),
      frontierQuality: mean(mine.map((row) => scoreOf(reporting, frontier, row))),
      difference,
      chance,
      priceRatio: priceRatio(reporting, mine, { model, frontier }, { random: random.next, resamples }),
      // the other half of them is chosen on
      ...(needed !== undefined && { rowsNeeded: 2 * Math.max(needed, mine.length + 1) }),
    };
  });
  const shown = new Map(
    tasks.flatMap(({ task, model, verdict }) =>
      verdict === 'shown' ? [[task, pool.models.indexOf(model)]] : [],
    ),
  );
  return {
    tier,
    margin,
    frontier: pool.models[frontier] ?? '',
    costUnit: pool.costUnit,
    chosenOn: first.length,
    reportedOn: second.length,
    tasks,
    proposal: proposalFigures(reporting, shown, frontier, { random: random.next, resamples }),
  };
};

/** The caller's tag, else what the recogniser says. */
export const taskOf = ({ subject }: TrainingRow): string => subject.tags.task ?? subject.features.task;

const scoreOf = (pool: Pool, model: number, row: number): number => pool.scores[model]?.[row] ?? 0;

const rowsOfTask = (pool: Pool, task: string): readonly number[] =>
  pool.rows.flatMap((row, at) => (taskOf(row) === task ? [at] : []));

const bestOf = (pool: Pool, models: readonly number[]): number | undefined =>
  models.toSorted((left, right) => mean(pool.scores[right] ?? []) - mean(pool.scores[left] ?? []))[0];

/** Predicted chances of the rows that are chosen on, by model. */
const guessOf = (
  pool: Pool,
  predictor: Predictor | undefined,
  tierOf: (model: string) => Tier,
): readonly Float64Array[] | undefined => {
  const models = pool.models.map((name) => recordedModel(name, tierOf(name)));
  const [reference] = models;
  if (!predictor || !reference) return undefined;
  const columns = models.map(() => new Float64Array(pool.rows.length));
  for (const [row, { subject }] of pool.rows.entries())
    for (const [at, { success }] of predictor.predict(subject, models, reference).entries())
      (columns[at] as Float64Array)[row] = success.value;
  return columns;
};

/** A predictor's word counts as so many rows. */
const guessCountsAs = 20;

/** The cheapest candidate that looks to be within half the margin, else the best of them; undefined without rows. */
const choose = (
  pool: Pool,
  task: string,
  {
    frontier,
    candidates,
    margin,
    guess,
  }: {
    readonly frontier: number;
    readonly candidates: readonly number[];
    readonly margin: number;
    readonly guess: readonly Float64Array[] | undefined;
  },
): number | undefined => {
  const rows = rowsOfTask(pool, task);
  if (rows.length === 0) return undefined;
  const looked = candidates.map((model) => {
    const seen = rows.reduce((sum, row) => sum + scoreOf(pool, model, row) - scoreOf(pool, frontier, row), 0);
    const guessed = guess
      ? mean(rows.map((row) => (guess[model]?.[row] ?? 0) - (guess[frontier]?.[row] ?? 0)))
      : 0;
    const difference = guess
      ? (seen + guessCountsAs * guessed) / (rows.length + guessCountsAs)
      : seen / rows.length;
    return { model, difference, cost: mean(rows.map((row) => pool.costs[model]?.[row] ?? 0)) };
  });
  const near = looked.filter(({ difference }) => difference >= -margin / 2);
  return near.length > 0
    ? near.toSorted((left, right) => left.cost - right.cost || right.difference - left.difference)[0]?.model
    : looked.toSorted((left, right) => right.difference - left.difference)[0]?.model;
};

interface Draws {
  readonly random: () => number;
  readonly resamples: number;
}

const priceRatio = (
  pool: Pool,
  rows: readonly number[],
  { model, frontier }: { readonly model: number; readonly frontier: number },
  draws: Draws,
): Estimate => {
  const cost = (which: number, weights: Float64Array): number =>
    rows.reduce((sum, row, at) => sum + (weights[at] ?? 0) * (pool.costs[which]?.[row] ?? 0), 0);
  const groups = rows.map((row) => pool.rows[row]?.group ?? '');
  return groupBootstrap(
    groups,
    (weights) => ({ ratio: cost(frontier, weights) / cost(model, weights) }),
    draws,
  ).ratio;
};

const proposalFigures = (
  pool: Pool,
  shown: ReadonlyMap<string, number>,
  frontier: number,
  draws: Draws,
): Tuning['proposal'] => {
  const chosen = pool.rows.map((row) => shown.get(taskOf(row)) ?? frontier);
  return groupBootstrap(
    pool.rows.map(({ group }) => group),
    (weights) => {
      let [count, quality, frontierQuality, cost, frontierCost] = [0, 0, 0, 0, 0];
      for (const [row, model] of chosen.entries()) {
        const weight = weights[row] ?? 0;
        count += weight;
        quality += weight * scoreOf(pool, model, row);
        frontierQuality += weight * scoreOf(pool, frontier, row);
        cost += weight * (pool.costs[model]?.[row] ?? 0);
        frontierCost += weight * (pool.costs[frontier]?.[row] ?? 0);
      }
      return {
        quality: quality / count,
        frontierQuality: frontierQuality / count,
        difference: (quality - frontierQuality) / count,
        cost: cost / count,
        frontierCost: frontierCost / count,
        saving: 1 - cost / frontierCost,
      };
    },
    draws,
  );
};
