import { spreadHash } from '../../kit/hash.ts';

/** So many columns a policy sees of an embedding at most. */
export const mostEmbeddingColumns = 64;

/** Of a longer ask its beginning and its end: no script takes more tokens than models of embeddings read. */
const mostHead = 4_096;
const mostTail = 1_024;

/** What of an ask is embedded; one function for training and serving. */
export const embeddingText = (ask: string): string =>
  // a pair of code units that the cut went through would be no text
  (ask.length <= mostHead + mostTail
    ? ask
    : `${ask.slice(0, mostHead)}\n${ask.slice(-mostTail)}`
  ).toWellFormed();

/**
 * An embedding in few columns, its length made 1 first: as it is where it is short, else every number added to
 * one of the columns, or taken from it, as drawn once and for all. Likeness of two embeddings is kept but for
 * some noise. Undefined where it has no direction.
 */
export const foldEmbedding = (embedding: ArrayLike<number>): Float32Array | undefined => {
  const { length } = embedding;
  let squares = 0;
  for (let at = 0; at < length; at += 1) squares += (embedding[at] ?? 0) ** 2;
  if (!(squares > 1e-12) || !Number.isFinite(squares)) return undefined;
  const norm = 1 / Math.sqrt(squares);
  const folded = new Float32Array(Math.min(length, mostEmbeddingColumns));
  if (length <= mostEmbeddingColumns) {
    for (let at = 0; at < length; at += 1) folded[at] = (embedding[at] ?? 0) * norm;
    return folded;
  }
  for (let at = 0; at < length; at += 1) {
    const lot = lotOf(at);
    const column = lot % mostEmbeddingColumns;
    const value = (embedding[at] ?? 0) * norm;
    folded[column] = (folded[column] ?? 0) + (lot & signBit ? value : -value);
  }
  return folded;
};

const signBit = 1 << 16;
/** Part of what a policy was trained on: another one would be other columns. */
const seed = 0x7f4a7c15;

const lotOf = (at: number): number => spreadHash(Math.imul(at + 1, 0x9e3779b1) ^ seed);
