import { GatewayError } from '../core/errors.ts';
import type { Tier } from '../core/model.ts';
import { mean } from '../kit/statistics.ts';
import type { TrainingOutcome, TrainingRow } from './trainer.ts';

/** What tokens of a model cost, in dollars a million. */
export interface TokenPrice {
  readonly inputUsd: number;
  readonly outputUsd: number;
}

export interface CostOptions {
  /** By name as recorded. Where given, they outweigh costs on the rows. */
  readonly prices?: Readonly<Record<string, TokenPrice>> | undefined;
  readonly tierOf: (model: string) => Tier;
}

/** Recorded outcomes as columns: every row knows how every model of the pool did. */
export interface Pool {
  readonly rows: readonly TrainingRow[];
  readonly models: readonly string[];
  /** By model, then by row. */
  readonly scores: readonly Float64Array[];
  readonly costs: readonly Float64Array[];
  /** `relative`: nobody recorded costs, and calls are told in calls of the frontier tier. */
  readonly costUnit: 'usd' | 'relative';
  readonly left: { readonly rows: number; readonly models: readonly string[] };
}

/** What a call of a tier costs beside one of the frontier's, where nothing better is known. */
export const relativeTierCost: Readonly<Record<Tier, number>> = { light: 0.05, mid: 0.2, frontier: 1 };

/** Every model that some row knows. */
export const modelsOf = (rows: readonly TrainingRow[]): readonly string[] =>
  [...new Set(rows.flatMap(({ outcomes }) => Object.keys(outcomes)))].sort();

/**
 * The largest block of rows and models without a gap: models that few rows know are left out one by one
 * as long as that keeps more outcomes. `keep` is never left out. Throws where no row knows all of `keep`.
 */
export const poolOf = (rows: readonly TrainingRow[], keep: readonly string[], options: CostOptions): Pool => {
  const models = completeModels(rows, keep);
  const complete = rows.filter(({ outcomes }) => models.every((model) => outcomes[model]));
  if (complete.length === 0 || models.length < 2)
    throw new GatewayError(
      'invalid-request',
      `No row knows how two models did on the same prompt${keep.length > 0 ? ` (${keep.join(', ')})` : ''}: an evaluation needs prompts that several models answered. Labels of a ledger know one model each: give an outcome file, or take what one tier scores from "tierwise report".`,
    );
  const outcome = (row: TrainingRow, model: string) => row.outcomes[model] as TrainingOutcome;
  const costOf = costReader(complete, models, options);
  return {
    rows: complete,
    models,
    scores: models.map((model) => Float64Array.from(complete, (row) => outcome(row, model).score)),
    costs: models.map((model) =>
      Float64Array.from(complete, (row) => costOf.read(outcome(row, model), model)),
    ),
    costUnit: costOf.unit,
    left: {
      rows: rows.length - complete.length,
      models: modelsOf(rows).filter((model) => !models.includes(model)),
    },
  };
};

/** The pool of some of its rows, by place. */
export const someRows = (pool: Pool, places: readonly number[]): Pool => ({
  ...pool,
  rows: places.map((at) => pool.rows[at] as TrainingRow),
  scores: pool.scores.map((column) => Float64Array.from(places, (at) => column[at] ?? 0)),
  costs: pool.costs.map((column) => Float64Array.from(places, (at) => column[at] ?? 0)),
});

/** The model with the highest mean score, the cheaper one of equals. */
export const bestModel = ({ scores, costs }: Pool): number =>
  foremost(scores.length, (left, right) => {
    const difference = mean(scores[left] ?? []) - mean(scores[right] ?? []);
    return difference > 0 || (difference === 0 && mean(costs[left] ?? []) < mean(costs[right] ?? []));
  });

/** The cheapest model; where costs are only guessed from tiers, the one with the lowest mean score. */
export const cheapestModel = ({ scores, costs, costUnit }: Pool): number =>
  foremost(scores.length, (left, right) =>
    costUnit === 'relative'
      ? mean(scores[left] ?? []) < mean(scores[right] ?? [])
      : mean(costs[left] ?? []) < mean(costs[right] ?? []),
  );

const foremost = (count: number, isBefore: (left: number, right: number) => boolean): number => {
  let best = 0;
  for (let at = 1; at < count; at += 1) if (isBefore(at, best)) best = at;
  return best;
};

const completeModels = (rows: readonly TrainingRow[], keep: readonly string[]): readonly string[] => {
  const known = modelsOf(rows).map((model) => ({
    model,
    rows: rows.reduce((sum, { outcomes }) => sum + (outcomes[model] ? 1 : 0), 0),
  }));
  const kept = new Set(keep);
  const droppable = known
    .filter(({ model }) => !kept.has(model))
    .sort((left, right) => left.rows - right.rows || (left.model < right.model ? 1 : -1))
    .map(({ model }) => model);
  const missing = rows.map(({ outcomes }) =>
    known.filter(({ model }) => !outcomes[model]).map(({ model }) => model),
  );
  let best = { cells: -1, left: 0 };
  const gone = new Set<string>();
  for (let left = 0; left <= droppable.length; left += 1) {
    if (left > 0) gone.add(droppable[left - 1] ?? '');
    const models = known.length - left;
    if (models < 2) break;
    const complete = missing.reduce((sum, names) => sum + (names.every((name) => gone.has(name)) ? 1 : 0), 0);
    if (complete * models > best.cells) best = { cells: complete * models, left };
  }
  const out = new Set(droppable.slice(0, best.left));
  return known.map(({ model }) => model).filter((model) => !out.has(model));
};

/** One measure for all: prices where given, else recorded costs where every model has some, else tiers. */
const costReader = (
  rows: readonly TrainingRow[],
  models: readonly string[],
  { prices, tierOf }: CostOptions,
): {
  readonly unit: Pool['costUnit'];
  readonly read: (outcome: TrainingOutcome, model: string) => number;
} => {
  if (prices) {
    const usual = new Map(models.map((model) => [model, usualTokens(rows, model)]));
    return {
      unit: 'usd',
      read: ({ inputTokens, outputTokens }, model) => {
        const price = prices[model];
        if (!price)
          throw new GatewayError(
            'invalid-request',
            `"${model}" has no price; name it in the file of prices.`,
          );
        const tokens = usual.get(model);
        return (
          ((inputTokens ?? tokens?.input ?? 0) * price.inputUsd +
            (outputTokens ?? tokens?.output ?? 0) * price.outputUsd) /
          1e6
        );
      },
    };
  }
  const usualCost = new Map(
    models.map((model) => [model, mean(rows.flatMap(({ outcomes }) => outcomes[model]?.costUsd ?? []))]),
  );
  if ([...usualCost.values()].every((cost) => cost > 0))
    return { unit: 'usd', read: ({ costUsd }, model) => costUsd ?? usualCost.get(model) ?? 0 };
  return { unit: 'relative', read: (_, model) => relativeTierCost[tierOf(model)] };
};

/** Where tokens were not recorded on a row: the model's mean; where on none, the size of the prompt and a usual answer. */
const usualTokens = (
  rows: readonly TrainingRow[],
  model: string,
): { readonly input: number; readonly output: number } => {
  const recorded = (read: (outcome: TrainingOutcome) => number | undefined, otherwise: number): number => {
    const known = rows.flatMap(({ outcomes }) => (outcomes[model] && read(outcomes[model])) ?? []);
    return known.length > 0 ? mean(known) : otherwise;
  };
  return {
    input: recorded(
      ({ inputTokens }) => inputTokens,
      mean(rows.map(({ subject }) => subject.features.promptTokens)),
    ),
    output: recorded(({ outputTokens }) => outputTokens, 500),
  };
};
