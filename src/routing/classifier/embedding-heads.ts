import { z } from 'zod';
import { tiers } from '../../core/model.ts';
import { unpackFloats } from './packed.ts';

const finite = z.number().min(-1e6).max(1e6);

/** What a policy learnt of embeddings: by how much they move what it says without them. */
export const embeddingHeads = z.strictObject({
  model: z.string().min(1).max(200),
  dimensions: z.int().min(1).max(100_000),
  /** Of the folded columns, and by what they are multiplied then. */
  means: z.string(),
  scale: z.number().min(1e-9).max(1e6),
  /** By head, then by column: "all", the tiers, the models named. */
  weights: z.string(),
  models: z.array(z.string()).max(500),
  /** By tier, from moved odds to chances. */
  curves: z.array(z.strictObject({ offset: finite, slope: finite.nonnegative() })).length(tiers.length),
  /** On rows held out: what is left of the usual error where an embedding is there. */
  narrowing: z.number().min(0.01).max(1),
});

export type EmbeddingHeads = z.infer<typeof embeddingHeads>;

/** The heads that come before those of models. */
export const sharedEmbeddingHeads = 1 + tiers.length;

/** Log odds are counted in fifths: curves are fitted on scores that differ by tenths. */
export const oddsUnit = 5;
/** Where a chance is even, so many log odds move it by 1. */
const oddsPerChance = 4;
const nearest = 1e-6;

/** Where a chance comes to lie that an embedding speaks for (or against) by so much. */
export const movedScore = (chance: number, by: number): number => {
  const inside = Math.min(1 - nearest, Math.max(nearest, chance));
  return (Math.log(inside / (1 - inside)) + oddsPerChance * by) / oddsUnit;
};

/** What is said with an embedding, of what is said without. */
export interface EmbeddingPart {
  readonly narrowing: number;
  /** Undefined where it is no embedding of this kind. Good until the next one is read. */
  read(embedding: Float32Array | undefined): Float64Array | undefined;
  /** `head`: of `headOf`. `tier`: its place among the tiers. */
  chance(read: Float64Array, head: number, tier: number, without: number): number;
  /** A model it knows has a head of its own, and any other its tier's. */
  headOf(model: string | undefined, tier: number): number;
}

export const createEmbeddingPart = (heads: EmbeddingHeads): EmbeddingPart => {
  const means = unpackFloats(heads.means);
  const weights = unpackFloats(heads.weights);
  const columns = means.length;
  if (weights.length !== columns * (sharedEmbeddingHeads + heads.models.length))
    throw new RangeError(`${weights.length} weights of embeddings for ${columns} columns`);
  const standard = new Float64Array(columns);
  const places = new Map(heads.models.map((model, at) => [model, sharedEmbeddingHeads + at]));
  const sumOf = (head: number, read: Float64Array): number => {
    let sum = 0;
    const from = head * columns;
    for (let at = 0; at < columns; at += 1) sum += (weights[from + at] ?? 0) * (read[at] ?? 0);
    return sum;
  };
  return {
    narrowing: heads.narrowing,
    read: (embedding) => {
      if (embedding?.length !== columns) return undefined;
      for (let at = 0; at < columns; at += 1)
        standard[at] = ((embedding[at] ?? 0) - (means[at] ?? 0)) * heads.scale;
      return standard;
    },
    chance: (read, head, tier, without) => {
      const { offset, slope } = heads.curves[tier] as EmbeddingHeads['curves'][number];
      const score = movedScore(without, sumOf(0, read) + sumOf(head, read));
      return 1 / (1 + Math.exp(-(offset + slope * score)));
    },
    headOf: (model, tier) => (model === undefined ? undefined : places.get(model)) ?? 1 + tier,
  };
};
