import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { packFloats, unpackFloats } from '../routing/classifier/packed.ts';

const format = 'tierwise-embeddings/1';

const header = z.strictObject({
  format: z.literal(format),
  model: z.string(),
  /** As it was asked for; null for as many as the model makes. */
  asked: z.int().nullable(),
  dimensions: z.int().min(1),
});

/** What was paid for once: folded embeddings of texts, by the texts' hashes, in a file that grows batch by batch. */
export interface EmbeddingFile {
  readonly path: string;
  /** Undefined until something was embedded. */
  readonly dimensions: number | undefined;
  get(key: string): Float32Array | undefined;
  /** Throws where the file cannot be written, or the numbers are of another length than those before. */
  add(entries: readonly (readonly [key: string, folded: Float32Array])[], dimensions: number): void;
}

/** What of other embeddings, or no such file at all, is begun anew with the first that are added. */
export const openEmbeddingFile = (
  path: string,
  { model, asked }: { readonly model: string; readonly asked: number | undefined },
): EmbeddingFile => {
  const known = new Map<string, Float32Array>();
  const [first = '', ...lines] = textOf(path).split('\n');
  const said = header.safeParse(parsed(first));
  const isOurs = said.success && said.data.model === model && said.data.asked === (asked ?? null);
  let dimensions = isOurs ? said.data.dimensions : undefined;
  if (isOurs)
    for (const line of lines) {
      const entry = entryOf(line);
      if (entry) known.set(...entry);
    }
  return {
    path,
    get dimensions() {
      return dimensions;
    },
    get: (key) => known.get(key),
    add: (entries, length) => {
      if (dimensions !== undefined && dimensions !== length)
        throw new RangeError(`it answers with ${length} numbers now, and with ${dimensions} before`);
      if (dimensions === undefined)
        writeFileSync(
          path,
          `${JSON.stringify({ format, model, asked: asked ?? null, dimensions: length })}\n`,
          {
            mode: 0o600,
          },
        );
      dimensions = length;
      for (const [key, folded] of entries) known.set(key, folded);
      appendFileSync(path, entries.map(([key, folded]) => `${key} ${packFloats(folded)}\n`).join(''));
    },
  };
};

/** The last line may have been cut off: then it is asked for again. */
const entryOf = (line: string): readonly [string, Float32Array] | undefined => {
  const match = /^([\w-]{43}) ([\w+/]+={0,2})$/.exec(line);
  const [, key = '', packed = ''] = match ?? [];
  if (!match || packed.length % 4 !== 0) return undefined;
  try {
    const folded = unpackFloats(packed);
    return folded.length > 0 ? [key, folded] : undefined;
  } catch {
    return undefined;
  }
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw cause;
  }
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
