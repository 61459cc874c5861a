import { tiers } from '../../core/model.ts';
import type { EmbeddingKind } from '../../core/prediction.ts';
import { type EmbeddingHeads, movedScore, oddsUnit } from '../../routing/classifier/embedding-heads.ts';
import { packFloats } from '../../routing/classifier/packed.ts';
import { fitCurve, type Scored } from '../calibrate.ts';
import type { TrainingRow } from '../trainer.ts';
import type { Column } from './columns.ts';
import { learnScores } from './learn-scores.ts';
import type { Design } from './ridge.ts';

/** What was learnt, where it helps on rows held out, and the figures that say whether it does. */
export interface LearntEmbedding {
  readonly heads: EmbeddingHeads | undefined;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Fewer rows with an embedding say nothing of what it tells. */
export const fewestEmbedded = 50;

const unchanged = { offset: 0, slope: oddsUnit };
const allCountsAs = 10;
const tierCountsAs = 40;
const narrowest = 0.1;

/**
 * What embeddings say beyond what was said without them: learnt of what is left of each outcome, so that a
 * request without one is judged by just what was learnt without. `chances`: of each column's rows, by folds
 * that had not seen them.
 */
export const learnEmbedding = (
  rows: readonly TrainingRow[],
  columns: readonly Column[],
  chances: readonly Float64Array[],
  foldOf: Int32Array,
  { model, dimensions }: EmbeddingKind,
): LearntEmbedding => {
  const width = rows.find(({ subject }) => subject.embedding)?.subject.embedding?.length ?? 0;
  const isSeen = (row: number): boolean => rows[row]?.subject.embedding?.length === width;
  const seen = rows.flatMap((_, row) => (isSeen(row) ? [row] : []));
  if (width === 0 || seen.length < fewestEmbedded)
    return { heads: undefined, metrics: { 'embedding.rows': width === 0 ? 0 : seen.length } };
  const { means, scale, design } = placed(rows, seen, width);
  const rests = columns.map((column, at) => restOf(column, chances[at] as Float64Array, isSeen));
  const rowWeights = Float64Array.from(rows, ({ weight }) => weight);
  const learnt = learnScores(design, rests, rowWeights, foldOf);
  const cells = rests.flatMap((rest, at) =>
    Array.from(rest.scores, (left, place): Cell => {
      const chance = rest.chances[place] ?? 0.5;
      return {
        tier: tiers.indexOf(rest.tier),
        score: movedScore(chance, learnt.heldOut[at]?.[place] ?? 0),
        chance,
        outcome: chance + left,
        weight: rest.weights[place] ?? 0,
      };
    }),
  );
  const curves = curvesOf(cells);
  const without = meanSquare(cells, ({ chance }) => chance);
  const withIt = meanSquare(cells, ({ tier, score }) => {
    const { offset, slope } = curves[tier] ?? unchanged;
    return 1 / (1 + Math.exp(-(offset + slope * score)));
  });
  const narrowing = Math.max(narrowest, Math.sqrt(withIt / without));
  const metrics = {
    'embedding.rows': seen.length,
    'embedding.brier-without': rounded(without),
    'embedding.brier-with': rounded(withIt),
  };
  const saysNothing = Object.values(learnt.penalties).every((penalty) => penalty === Infinity);
  if (saysNothing || !(narrowing < 1)) return { heads: undefined, metrics };
  const empty = new Float64Array(width);
  const weights = [learnt.all, ...learnt.byTier, ...learnt.byModel].flatMap((head) =>
    Array.from(head ?? empty),
  );
  return {
    metrics: { ...metrics, 'embedding.widening-without': rounded(1 / narrowing) },
    heads: {
      ...{ model, dimensions, scale, curves, narrowing },
      means: packFloats(means),
      weights: packFloats(weights),
      models: columns.map(({ name }) => name),
    },
  };
};

interface Cell {
  readonly tier: number;
  readonly score: number;
  /** Without the embedding. */
  readonly chance: number;
  readonly outcome: number;
  readonly weight: number;
}

interface Placed {
  readonly means: Float64Array;
  readonly scale: number;
  readonly design: Design;
}

/** The embeddings about their mean, one long on the average; rows without one hold nothing. */
const placed = (rows: readonly TrainingRow[], seen: readonly number[], width: number): Placed => {
  const means = new Float64Array(width);
  for (const row of seen)
    for (const [at, value] of (rows[row]?.subject.embedding ?? []).entries())
      means[at] = (means[at] ?? 0) + value / seen.length;
  let squares = 0;
  for (const row of seen)
    for (const [at, value] of (rows[row]?.subject.embedding ?? []).entries())
      squares += (value - (means[at] ?? 0)) ** 2 / seen.length;
  const scale = squares > 1e-12 ? 1 / Math.sqrt(squares) : 1;
  const starts = new Int32Array(rows.length + 1);
  const index = new Int32Array(seen.length * width);
  const values = new Float32Array(seen.length * width);
  let filled = 0;
  let next = 0;
  for (let row = 0; row < rows.length; row += 1) {
    if (seen[next] === row) {
      next += 1;
      for (const [at, value] of (rows[row]?.subject.embedding ?? []).entries()) {
        index[filled] = at;
        values[filled] = (value - (means[at] ?? 0)) * scale;
        filled += 1;
      }
    }
    starts[row + 1] = filled;
  }
  return { means, scale, design: { rows: rows.length, columns: width, starts, index, values } };
};

type Rest = Column & { readonly chances: Float64Array };

/** A model's outcomes on rows with an embedding, less what was said of them without. */
const restOf = (
  { rows, scores, weights, ...column }: Column,
  chances: Float64Array,
  isSeen: (row: number) => boolean,
): Rest => {
  const kept = Array.from(rows.keys()).filter((place) => isSeen(rows[place] ?? -1));
  const keptWeights = Float64Array.from(kept, (place) => weights[place] ?? 0);
  return {
    ...column,
    rows: Int32Array.from(kept, (place) => rows[place] ?? 0),
    scores: Float64Array.from(kept, (place) => (scores[place] ?? 0) - (chances[place] ?? 0)),
    weights: keptWeights,
    chances: Float64Array.from(kept, (place) => chances[place] ?? 0),
    base: 0,
    mass: keptWeights.reduce((sum, weight) => sum + weight, 0),
  };
};

/** One curve for all, then each tier's, held to it. */
const curvesOf = (cells: readonly Cell[]): EmbeddingHeads['curves'] => {
  const scored = (some: readonly Cell[]): Scored => ({
    scores: Float64Array.from(some, ({ score }) => score),
    outcomes: Float64Array.from(some, ({ outcome }) => outcome),
    weights: Float64Array.from(some, ({ weight }) => weight),
  });
  const all = fitCurve(scored(cells), unchanged, allCountsAs);
  return tiers.map((_, at) => {
    const own = cells.filter(({ tier }) => tier === at);
    return own.length === 0 ? all : fitCurve(scored(own), all, tierCountsAs);
  });
};

const meanSquare = (cells: readonly Cell[], predicted: (cell: Cell) => number): number => {
  let sum = 0;
  let mass = 0;
  for (const cell of cells) {
    sum += cell.weight * (cell.outcome - predicted(cell)) ** 2;
    mass += cell.weight;
  }
  return sum / Math.max(1e-9, mass);
};

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
