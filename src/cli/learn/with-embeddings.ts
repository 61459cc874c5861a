import { resolve } from 'node:path';
import type { Config } from '../../app/config.ts';
import { configuredProvider } from '../../app/configured-provider.ts';
import { embeddingSourceOf } from '../../app/embedding-source.ts';
import { startSimulation } from '../../app/simulation.ts';
import { costOf } from '../../catalog/cost.ts';
import type { EmbeddingKind } from '../../core/prediction.ts';
import { noUsage } from '../../core/usage.ts';
import type { EmbeddingSource } from '../../gateway/embedder.ts';
import { type EmbedRowsParts, embedRows, planEmbeddings } from '../../learning/embed-rows.ts';
import { type EmbeddingFile, openEmbeddingFile } from '../../learning/embedding-file.ts';
import type { TrainingRow } from '../../learning/trainer.ts';
import { embedTexts } from '../../providers/embed-texts.ts';
import { Egress } from '../../providers/send.ts';
import { CliError } from '../cli-error.ts';
import { countText, moneyText } from '../figures.ts';
import type { Terminal } from '../terminal.ts';

export interface WithEmbeddings {
  readonly rows: readonly TrainingRow[];
  readonly kind: EmbeddingKind;
}

/**
 * Rows with the embeddings of their asks, from the endpoint that the configuration names. What it will cost is
 * told first; what was paid for is kept in a file beside `beside`, and not paid for again.
 */
export const withEmbeddings = async (
  rows: readonly TrainingRow[],
  beside: string,
  config: Config,
  terminal: Terminal,
): Promise<WithEmbeddings> => {
  const { embeddings } = config;
  const provider = embeddings && config.providers[embeddings.provider];
  if (!provider)
    throw new CliError('The configuration names no embeddings.', {
      wayOut: 'Add "embeddings: { provider: NAME, model: text-embedding-3-small }" to it.',
    });
  const isPlayed =
    provider.kind.exchangeHeader !== undefined && provider.credentials[0].baseUrl === undefined;
  const simulation = isPlayed ? await startSimulation() : undefined;
  const egress = new Egress();
  try {
    const ready = configuredProvider(embeddings.provider, provider, simulation);
    const source = embeddingSourceOf(
      config,
      new Map([[ready.name, ready]]),
      () => undefined,
    ) as EmbeddingSource;
    const file = fileBeside(beside, source, terminal);
    return await embedded(rows, source, file, egress, terminal);
  } finally {
    await egress.close();
    await simulation?.close();
  }
};

const fileBeside = (
  beside: string,
  { model, dimensions }: EmbeddingSource,
  { folder }: Terminal,
): EmbeddingFile => {
  const path = resolve(folder, `${beside}.embeddings`);
  try {
    return openEmbeddingFile(path, { model, asked: dimensions });
  } catch (cause) {
    throw new CliError(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, { cause });
  }
};

const embedded = async (
  rows: readonly TrainingRow[],
  source: EmbeddingSource,
  file: EmbeddingFile,
  egress: Egress,
  terminal: Terminal,
): Promise<WithEmbeddings> => {
  const { tell, paintTold, progress } = terminal;
  const plan = planEmbeddings(rows, file);
  const { texts, estimatedTokens, rowsWithWords } = plan;
  if (rowsWithWords === 0)
    throw new CliError('No row has its words: there is nothing to embed.', {
      wayOut: 'Keep texts ("ledger.texts.store"), or give outcome files with prompts.',
    });
  tell(
    texts.length === 0
      ? paintTold.dim(`All embeddings are in ${file.path}.`)
      : `Asking ${source.id} for ${countText(texts.length)} embeddings: about ${countText(estimatedTokens)} tokens, ${priceText(source, estimatedTokens)}.`,
  );
  const made = await embedRows(rows, plan, {
    model: source.model,
    file,
    embed: (batch) => embedBatch(batch, source, file, egress, terminal),
    progress: (done, all) => progress(all === 0 ? '' : progressText(done, all)),
  })
    .catch((cause: unknown) => {
      throw cause instanceof RangeError
        ? new CliError(`${source.id} cannot be used with ${file.path}: ${cause.message}.`, {
            wayOut: 'Remove the file, or set "embeddings.dimensions".',
          })
        : cause;
    })
    .finally(() => progress(''));
  if (!made.kind) throw new CliError(`${source.id} made nothing of any text.`);
  if (texts.length > 0)
    tell(
      paintTold.dim(
        `It took ${countText(made.tokens)} tokens, ${priceText(source, made.tokens)}, and is kept in ${file.path}.`,
      ),
    );
  return { rows: made.rows, kind: made.kind };
};

const mostTries = 4;
const firstPauseMs = 500;

const embedBatch = async (
  texts: readonly string[],
  { provider, id, model, dimensions }: EmbeddingSource,
  file: EmbeddingFile,
  egress: Egress,
  { interrupted }: Terminal,
): ReturnType<EmbedRowsParts['embed']> => {
  const [credential] = provider.credentials;
  for (let tries = 1; ; tries += 1) {
    if (interrupted.aborted) throw stopped('Interrupted.', file, 130);
    const ongoing = embedTexts({ provider, credential, model, dimensions, texts }, egress);
    const interruption = new Promise<undefined>((done) => {
      interrupted.addEventListener('abort', () => done(undefined), { once: true });
    });
    const answer = await Promise.race([ongoing.embedded, interruption]);
    if (!answer) {
      ongoing.abort();
      continue;
    }
    if (answer.ok) return answer;
    const { status, message } = answer;
    const mayPass = status === null || status === 429 || status >= 500;
    if (!mayPass || tries >= mostTries) throw stopped(`${id} ${message}.`, file, 1);
    await new Promise((done) => setTimeout(done, firstPauseMs * 2 ** (tries - 1)));
  }
};

const stopped = (message: string, { path, dimensions }: EmbeddingFile, exitCode: number): CliError =>
  new CliError(message, {
    exitCode,
    ...(dimensions !== undefined && {
      wayOut: `What was embedded so far is kept in ${path}: the same command goes on from there.`,
    }),
  });

const priceText = ({ prices }: EmbeddingSource, tokens: number): string =>
  prices
    ? moneyText(costOf({ ...noUsage, inputTokens: tokens }, prices))
    : 'at a price that nobody told ("embeddings.price")';

const barLength = 30;

const progressText = (done: number, all: number): string => {
  const full = Math.round((barLength * done) / all);
  return `embeddings ${'█'.repeat(full)}${'░'.repeat(barLength - full)} ${countText(done)} of ${countText(all)}`;
};
