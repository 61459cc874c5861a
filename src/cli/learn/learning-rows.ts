import { basename, resolve } from 'node:path';
import type { Config } from '../../app/config.ts';
import type { Tier } from '../../core/model.ts';
import { rowsOf } from '../../learning/dataset.ts';
import { ledgerRows, ledgerSource, usualImplicit } from '../../learning/ledger-rows.ts';
import type { TrainingRow, TrainOptions } from '../../learning/trainer.ts';
import { readOutcomes } from '../../simulator/outcomes.ts';
import { openOutcomeReader } from '../../storage/outcome-reader.ts';
import { CliError } from '../cli-error.ts';
import type { RowOptions } from '../learning-options.ts';
import type { Terminal } from '../terminal.ts';

/** What was read to learn from or to be judged by. */
export interface LearningRows {
  readonly rows: readonly TrainingRow[];
  readonly sources: TrainOptions['sources'];
  /** In which tier the ledger's models answered. */
  readonly inLedger: ReadonlyMap<string, Tier>;
}

/** Newest labels first; more would not fit into memory beside what is learnt from them. */
const mostLedgerRows = 200_000;
const toldEvery = 500;

/** Rows of outcome files and of the ledger. Throws CliError where there are none, or lines are bad. */
export const readLearningRows = async (
  files: readonly string[],
  options: RowOptions,
  config: Config,
  terminal: Terminal,
): Promise<LearningRows> => {
  if (files.length === 0 && !options.ledger)
    throw new CliError('There is nothing to read.', {
      exitCode: 2,
      wayOut: 'Name outcome files, or --ledger for the labels of your own traffic.',
    });
  const rows: TrainingRow[] = [];
  const sources: { name: string; rows: number }[] = [];
  for (const file of files) {
    const read = await rowsOfFile(file, options, terminal);
    sources.push({ name: sourceName(file), rows: read.length });
    for (const row of read) rows.push(row);
  }
  const inLedger = new Map<string, Tier>();
  if (options.ledger) {
    const read = rowsOfLedger(config, options, terminal, inLedger);
    sources.push({ name: ledgerSource, rows: read.length });
    for (const row of read) rows.push(row);
  }
  terminal.progress('');
  if (rows.length === 0)
    throw new CliError('No line has an outcome of any model, and nothing was labelled.', {
      wayOut: 'Outcome files name scores under "outcomes"; "tierwise label" says how good an answer was.',
    });
  return { rows, sources, inLedger };
};

const sourceName = (file: string): string =>
  basename(file)
    .replace(/\.gz$/, '')
    .replace(/\.(?:jsonl|ndjson|json)$/, '');

const rowsOfFile = async (
  file: string,
  { tagCategory, skipBadLines }: RowOptions,
  { folder, progress, tell, interrupted, paintTold }: Terminal,
): Promise<readonly TrainingRow[]> => {
  const described = tagCategory ? { tag: ({ category }: { readonly category: string }) => category } : {};
  const rows: TrainingRow[] = [];
  const problems: string[] = [];
  let withoutOutcomes = 0;
  try {
    for await (const read of readOutcomes(resolve(folder, file))) {
      if (interrupted.aborted) throw new CliError('Interrupted.', { exitCode: 130 });
      if (read.type === 'problem') problems.push(`${file}:${read.line}: ${read.problem}`);
      else {
        // one by one: the answers beside them are not kept in memory
        const [row] = rowsOf([read.record], described);
        if (row) rows.push(row);
        else withoutOutcomes += 1;
      }
      if (read.line % toldEvery === 0) progress(`${file}: ${read.line} lines`);
    }
  } catch (cause) {
    throw cause instanceof CliError ? cause : unreadable(file, cause);
  }
  tellProblems(problems, skipBadLines, tell);
  if (withoutOutcomes > 0)
    tell(paintTold.dim(`${file}: ${withoutOutcomes} records without any outcome were left out.`));
  return rows;
};

const unreadable = (file: string, cause: unknown): CliError => {
  const { code, message, cause: deeper } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new CliError(`There is no file ${file}.`, { cause });
  const why = deeper instanceof Error ? deeper.message : message;
  return new CliError(`${file} cannot be read to its end: ${why}.`, { cause });
};

const mostProblemsTold = 10;

const tellProblems = (
  problems: readonly string[],
  skipBadLines: boolean,
  tell: (line: string) => void,
): void => {
  if (problems.length === 0) return;
  for (const problem of problems.slice(0, mostProblemsTold)) tell(problem);
  if (problems.length > mostProblemsTold) tell(`… and ${problems.length - mostProblemsTold} lines more.`);
  const lines = problems.length === 1 ? '1 line' : `${problems.length} lines`;
  if (!skipBadLines)
    throw new CliError(`${lines} cannot be read; nothing was done.`, {
      wayOut: 'Mend them, or pass over them with --skip-bad-lines.',
    });
  tell(`${lines} were passed over.`);
};

const rowsOfLedger = (
  config: Config,
  { halfLife }: RowOptions,
  { world, progress, tell, paintTold }: Terminal,
  inLedger: Map<string, Tier>,
): readonly TrainingRow[] => {
  const reader = openOutcomeReader({ dir: config.ledger.path });
  const implicit = config.learning?.implicit ?? usualImplicit;
  const rows: TrainingRow[] = [];
  try {
    for (const { row, model, tier } of ledgerRows(reader, {
      now: world.now(),
      halfLifeMs: halfLife,
      implicit,
    })) {
      rows.push(row);
      // newest first: the tier in which it answered last
      if (!inLedger.has(model)) inLedger.set(model, tier);
      if (rows.length % toldEvery === 0) progress(`ledger: ${rows.length} rows`);
      if (rows.length === mostLedgerRows) {
        tell(paintTold.yellow(`The ledger has more labels: the newest ${mostLedgerRows} were read.`));
        break;
      }
    }
  } finally {
    reader.close();
  }
  return rows;
};
