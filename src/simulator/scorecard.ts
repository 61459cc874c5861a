import { type Tier, tiers } from '../core/model.ts';
import { type Estimate, mean, pairedBootstrap, quantile, wilson } from '../kit/statistics.ts';
import { createRandom } from './chance.ts';
import { type Corner, mixOf } from './same-cost-mix.ts';

/** One request of a routed run, with what every model would have made of it. */
export interface ScoreRow {
  readonly id: string;
  readonly promptTokens: number;
  readonly routed: {
    readonly model: string;
    readonly tier: Tier;
    /** 0 to 1: what came out, not what should have. */
    readonly score: number;
    readonly costUsd: number;
    readonly latencyMs: number | null;
  };
  /** By model; all models that are compared have to be here. */
  readonly models: Readonly<Record<string, { readonly score: number; readonly costUsd: number }>>;
}

export interface ScorecardOptions {
  /** The model that "always this tier" means, mostly the first of each tier. */
  readonly constants: Readonly<Record<Tier, string>>;
  readonly seed?: number;
  readonly resamples?: number;
  /** Printed below: what was assumed, where costs come from. */
  readonly notes?: readonly string[];
}

export interface TierLine {
  readonly tier: Tier;
  readonly requests: number;
  readonly share: number;
  readonly success: Estimate;
  readonly costUsd: number;
  readonly p50LatencyMs: number | null;
  readonly p95LatencyMs: number | null;
}

/** A way to answer the same requests. Cost is the mean of a request. */
export interface Contender {
  readonly name: string;
  readonly detail: string;
  readonly costUsd: Estimate;
  readonly success: Estimate;
}

export interface Scorecard {
  readonly requests: number;
  readonly isGraded: boolean;
  readonly tiers: readonly TierLine[];
  readonly routed: Contender;
  readonly controls: readonly Contender[];
  /** Against always-frontier, share of its cost. */
  readonly saving: Estimate;
  /** Success of the routed run less that of the same-cost mix, paired. */
  readonly overMix: Estimate;
  readonly verdict: 'above' | 'indistinguishable' | 'below';
  readonly notes: readonly string[];
}

/** Compares a routed run with its controls. Throws RangeError on rows that lack a constant's outcome. */
export const scorecard = (rows: readonly ScoreRow[], options: ScorecardOptions): Scorecard => {
  const { constants, seed = 1, resamples = 2000, notes = [] } = options;
  if (rows.length === 0) throw new RangeError('a scorecard needs at least one row');
  const lookUp = (row: ScoreRow, model: string) => {
    const outcome = row.models[model];
    if (!outcome) throw new RangeError(`row "${row.id}" has no outcome of "${model}"`);
    return outcome;
  };
  const series = (read: (row: ScoreRow) => Outcome): Series => ({
    cost: Float64Array.from(rows, (row) => read(row).costUsd),
    score: Float64Array.from(rows, (row) => read(row).score),
  });
  const always = tiers.map((tier) => series((row) => lookUp(row, constants[tier])));
  const corners = always.map(cornerOf);
  const routed = series((row) => row.routed);
  const mix = mixOf(corners, mean(routed.cost));
  const [lower, upper] = [mix.lower, mix.upper].map((at) => constants[tiers[at] ?? 'light']) as [
    string,
    string,
  ];
  const byLength = series(
    lengthRule(rows, mean(routed.cost), (row, isLong) => lookUp(row, isLong ? upper : lower)),
  );
  const best = bestSingle(rows, mean(routed.cost));
  const bestSeries = best === undefined ? undefined : series((row) => lookUp(row, best));
  const oracle = series(cheapestOfTheBest);

  const all = [routed, ...always, byLength, oracle, ...(bestSeries ? [bestSeries] : [])];
  const figures = pairedBootstrap(
    all.flatMap(({ cost, score }) => [cost, score]),
    (means) => {
      const at = (index: number): Corner => ({
        cost: means[2 * index] ?? 0,
        score: means[2 * index + 1] ?? 0,
      });
      const now = at(0);
      const mixed = mixOf([at(1), at(2), at(3)], now.cost);
      return {
        ...Object.fromEntries(
          all.flatMap((_, index) => [
            [`cost${index}`, at(index).cost],
            [`score${index}`, at(index).score],
          ]),
        ),
        saving: 1 - now.cost / at(3).cost,
        mixCost: mixed.cost,
        mixScore: mixed.score,
        overMix: now.score - mixed.score,
      } as Record<string, number>;
    },
    { random: createRandom('scorecard', seed).next, resamples },
  );
  const figure = (name: string): Estimate => figures[name] as Estimate;
  const isGraded = rows.some(({ routed: { score } }) => score !== 0 && score !== 1);
  const contender = (index: number, name: string, detail: string): Contender => ({
    name,
    detail,
    costUsd: figure(`cost${index}`),
    success: successOf(all[index]?.score ?? new Float64Array(), figure(`score${index}`)),
  });
  const overMix = figure('overMix');
  return {
    requests: rows.length,
    isGraded,
    tiers: tiers.map((tier) => tierLine(tier, rows)).filter(({ requests }) => requests > 0),
    routed: contender(0, 'routed', ''),
    controls: [
      ...tiers.map((tier, at) => contender(at + 1, `always ${tier}`, constants[tier])),
      ...(best === undefined || Object.values(constants).includes(best)
        ? []
        : [contender(6, 'best one model', `${best}, known in hindsight`)]),
      {
        name: 'random, same cost',
        detail: mixDetail(mix, lower, upper),
        costUsd: figure('mixCost'),
        success: figure('mixScore'),
      },
      contender(4, 'by length, same cost', `the longest to ${upper}, the others to ${lower}`),
      contender(5, 'oracle', 'the cheapest of the models that do best'),
    ],
    saving: figure('saving'),
    overMix,
    verdict: overMix.low > 0 ? 'above' : overMix.high < 0 ? 'below' : 'indistinguishable',
    notes,
  };
};

interface Outcome {
  readonly score: number;
  readonly costUsd: number;
}

interface Series {
  readonly cost: Float64Array;
  readonly score: Float64Array;
}

const cornerOf = ({ cost, score }: Series): Corner => ({ cost: mean(cost), score: mean(score) });

/** Wilson's interval where every answer is right or wrong; else the bootstrap's. */
const successOf = (scores: Float64Array, bootstrapped: Estimate): Estimate => {
  if (!scores.every((score) => score === 0 || score === 1)) return bootstrapped;
  const successes = scores.reduce((sum, score) => sum + score, 0);
  return { value: successes / scores.length, ...wilson(successes, scores.length) };
};

const mixDetail = (
  { lower, share }: { readonly lower: number; readonly share: number },
  low: string,
  high: string,
): string => {
  if (share >= 1 || (share <= 0 && lower >= 0 && low === high)) return `${high} costs no more`;
  if (share <= 0) return `${low}: nothing is cheaper`;
  return `${(100 * share).toFixed(0)} % to ${high}, the others to ${low}`;
};

const tierLine = (tier: Tier, rows: readonly ScoreRow[]): TierLine => {
  const mine = rows.filter(({ routed }) => routed.tier === tier);
  const scores = Float64Array.from(mine, ({ routed }) => routed.score);
  const latencies = mine.flatMap(({ routed: { latencyMs } }) => (latencyMs === null ? [] : [latencyMs]));
  const middle = mean(scores);
  const half =
    1.96 * Math.sqrt(mean(scores.map((score) => (score - middle) ** 2)) / Math.max(1, mine.length));
  return {
    tier,
    requests: mine.length,
    share: mine.length / rows.length,
    success: successOf(scores, { value: middle, low: middle - half, high: middle + half }),
    costUsd: mean(Float64Array.from(mine, ({ routed }) => routed.costUsd)),
    p50LatencyMs: latencies.length === 0 ? null : quantile(latencies, 0.5),
    p95LatencyMs: latencies.length === 0 ? null : quantile(latencies, 0.95),
  };
};

/** Sends the longest prompts to the dearer of two models, as many as the cost of the routed run pays for. */
const lengthRule = (
  rows: readonly ScoreRow[],
  meanCostUsd: number,
  outcomeOf: (row: ScoreRow, isLong: boolean) => Outcome,
): ((row: ScoreRow) => Outcome) => {
  const longest = rows.toSorted((left, right) => right.promptTokens - left.promptTokens);
  let left = rows.length * meanCostUsd - rows.reduce((sum, row) => sum + outcomeOf(row, false).costUsd, 0);
  const long = new Set<ScoreRow>();
  for (const row of longest) {
    left -= outcomeOf(row, true).costUsd - outcomeOf(row, false).costUsd;
    if (left < 0) break;
    long.add(row);
  }
  return (row) => outcomeOf(row, long.has(row));
};

/** Of the single models that cost no more than the routed run, the one with the highest success. */
const bestSingle = (rows: readonly ScoreRow[], meanCostUsd: number): string | undefined => {
  const names = Object.keys(rows[0]?.models ?? {}).filter((name) => rows.every(({ models }) => models[name]));
  const figures = names.map((name) => ({
    name,
    cost: mean(rows.map(({ models }) => models[name]?.costUsd ?? 0)),
    score: mean(rows.map(({ models }) => models[name]?.score ?? 0)),
  }));
  return figures
    .filter(({ cost }) => cost <= meanCostUsd * (1 + 1e-9))
    .toSorted((left, right) => right.score - left.score || left.cost - right.cost)[0]?.name;
};

const cheapestOfTheBest = ({ models }: ScoreRow): Outcome => {
  const outcomes = Object.values(models);
  const highest = Math.max(...outcomes.map(({ score }) => score));
  return outcomes
    .filter(({ score }) => score === highest)
    .reduce((left, right) => (right.costUsd < left.costUsd ? right : left));
};
