import { hash } from 'node:crypto';
import type { EmbeddingKind } from '../core/prediction.ts';
import { embeddingText, foldEmbedding } from '../routing/classifier/embedding.ts';
import type { EmbeddingFile } from './embedding-file.ts';
import type { TrainingRow } from './trainer.ts';

/** What has to be asked for before rows have their embeddings. */
export interface EmbeddingPlan {
  /** Each once, those that the file does not have. */
  readonly texts: readonly string[];
  /** Four bytes make a token, here and there. */
  readonly estimatedTokens: number;
  /** Rows that kept their words. */
  readonly rowsWithWords: number;
}

export interface EmbedRowsParts {
  readonly model: string;
  readonly file: EmbeddingFile;
  /** One batch, in its order. Rejects where the endpoint cannot be brought to answer. */
  readonly embed: (
    texts: readonly string[],
  ) => Promise<{ readonly vectors: readonly Float32Array[]; readonly tokens: number | undefined }>;
  readonly progress: (done: number, all: number) => void;
}

export interface EmbeddedRows {
  readonly rows: readonly TrainingRow[];
  /** Undefined where no row has an embedding. */
  readonly kind: EmbeddingKind | undefined;
  /** As the endpoint told them; as they were estimated where it did not. */
  readonly tokens: number;
}

/** So much goes into one call; endpoints take more, but not all of them much more. */
const mostTexts = 64;
const mostBytes = 64 * 1024;

export const planEmbeddings = (rows: readonly TrainingRow[], file: EmbeddingFile): EmbeddingPlan => {
  const texts = new Set<string>();
  let rowsWithWords = 0;
  for (const { subject } of rows) {
    const text = textOf(subject.ask);
    if (text === '') continue;
    rowsWithWords += 1;
    if (!file.get(keyOf(text))) texts.add(text);
  }
  return { texts: [...texts], estimatedTokens: tokensOf([...texts]), rowsWithWords };
};

/**
 * Rows with the embeddings of their asks, as a request would have them: what the file has is taken from it, the
 * rest is asked for in batches, each kept as soon as it is there. Rows without words stay without.
 */
export const embedRows = async (
  rows: readonly TrainingRow[],
  { texts }: EmbeddingPlan,
  { model, file, embed, progress }: EmbedRowsParts,
): Promise<EmbeddedRows> => {
  let tokens = 0;
  let done = 0;
  for (const batch of batchesOf(texts)) {
    progress(done, texts.length);
    const { vectors, tokens: told } = await embed(batch);
    const entries = batch.flatMap((text, at) => {
      const folded = foldEmbedding(vectors[at] ?? []);
      return folded ? [[keyOf(text), folded] as const] : [];
    });
    file.add(entries, vectors[0]?.length ?? 0);
    tokens += told ?? tokensOf(batch);
    done += batch.length;
  }
  progress(done, texts.length);
  const { dimensions } = file;
  return {
    tokens,
    kind: dimensions === undefined ? undefined : { model, dimensions },
    rows: rows.map((row) => {
      const text = textOf(row.subject.ask);
      const embedding = text === '' ? undefined : file.get(keyOf(text));
      return embedding ? { ...row, subject: { ...row.subject, embedding } } : row;
    }),
  };
};

/** What is nothing but blanks is not asked about while serving, either. */
const textOf = (ask: string): string => (ask.trim() === '' ? '' : embeddingText(ask));

const keyOf = (text: string): string => hash('sha256', text, 'base64url');

const tokensOf = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + Math.ceil(Buffer.byteLength(text) / 4), 0);

const batchesOf = (texts: readonly string[]): readonly (readonly string[])[] => {
  const batches: string[][] = [];
  let bytes = Infinity;
  for (const text of texts) {
    const length = Buffer.byteLength(text);
    const batch = batches.at(-1);
    if (!batch || batch.length >= mostTexts || bytes + length > mostBytes) {
      batches.push([text]);
      bytes = length;
    } else {
      batch.push(text);
      bytes += length;
    }
  }
  return batches;
};
