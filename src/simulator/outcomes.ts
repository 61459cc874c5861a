import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';

const count = z.number().int().nonnegative();

const outcome = z.looseObject({
  /** How good the answer was, by the data set's own measure. */
  score: z.number().min(0).max(1),
  costUsd: z.number().nonnegative().optional(),
  inputTokens: count.optional(),
  outputTokens: count.optional(),
  latencyMs: z.number().nonnegative().optional(),
  outputChars: count.optional(),
  runs: count.optional(),
});

const outcomeRecord = z.looseObject({
  id: z.string().min(1),
  dataset: z.string(),
  category: z.string(),
  /** Null where the source did not keep it. */
  prompt: z.string().nullable(),
  meta: z.looseObject({}).optional(),
  outcomes: z.record(z.string(), outcome).optional(),
  responses: z.record(z.string(), z.string()).optional(),
});

/** What was recorded of one prompt and many models. A field that is missing was not recorded. */
export type OutcomeRecord = z.infer<typeof outcomeRecord>;

/** One line of an outcome file, numbered from 1: a record, or what is wrong with it. */
export type OutcomeLine =
  | { readonly type: 'record'; readonly line: number; readonly record: OutcomeRecord }
  | { readonly type: 'problem'; readonly line: number; readonly problem: string };

const longestLine = 16 * 1024 * 1024;

/**
 * Reads an outcome file (JSON lines, gzipped or not) line by line, whatever its size. Throws where the
 * file cannot be opened or unpacked; a bad line is told and passed over.
 */
export async function* readOutcomes(path: string): AsyncGenerator<OutcomeLine> {
  const isPacked = await startsAsGzip(path);
  const file = createReadStream(path);
  const bytes = isPacked ? file.pipe(createGunzip()) : file;
  // a pipe does not hand errors on
  if (bytes !== file) file.on('error', (cause) => bytes.destroy(cause));
  const lines = createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY });
  const ids = new Set<string>();
  let line = 0;
  try {
    for await (const text of lines) {
      line += 1;
      if (text.trim() !== '') yield { line, ...readLine(text, ids) };
    }
  } catch (cause) {
    throw new Error(`${path}: cannot be read to its end (line ${line + 1})`, { cause });
  }
}

/** All records of a file. Throws where any line is bad, naming the first few. */
export const loadOutcomes = async (path: string): Promise<readonly OutcomeRecord[]> => {
  const records: OutcomeRecord[] = [];
  const problems: string[] = [];
  for await (const read of readOutcomes(path))
    if (read.type === 'record') records.push(read.record);
    else problems.push(`${path}:${read.line}: ${read.problem}`);
  if (problems.length === 0) return records;
  const shown = problems.slice(0, 5);
  const more = problems.length - shown.length;
  throw new Error([...shown, ...(more > 0 ? [`… and ${more} more bad lines`] : [])].join('\n'));
};

const startsAsGzip = async (path: string): Promise<boolean> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
};

type Read =
  | { readonly type: 'record'; readonly record: OutcomeRecord }
  | { readonly type: 'problem'; readonly problem: string };

const readLine = (text: string, ids: Set<string>): Read => {
  const bad = (problem: string): Read => ({ type: 'problem', problem });
  if (text.length > longestLine) return bad(`longer than ${longestLine} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return bad(`not JSON: ${(cause as Error).message}`);
  }
  const read = outcomeRecord.safeParse(value);
  if (!read.success) {
    const issues = read.error.issues.slice(0, 3);
    return bad(issues.map(({ path, message }) => `${path.join('.') || 'line'}: ${message}`).join('; '));
  }
  if (ids.has(read.data.id)) return bad(`id: "${read.data.id}" was there before`);
  ids.add(read.data.id);
  return { type: 'record', record: read.data };
};
