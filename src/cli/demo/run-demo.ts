import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Config } from '../../app/config.ts';
import type { Exchange } from '../../core/exchange.ts';
import type { Tier } from '../../core/model.ts';
import { type Scorecard, scorecard } from '../../simulator/scorecard.ts';
import { openLedgerReader } from '../../storage/ledger-reader.ts';
import { CliError } from '../cli-error.ts';
import { countText, moneyText, shareText } from '../figures.ts';
import type { Terminal } from '../terminal.ts';
import { wrap } from '../wrap.ts';
import { type BooksCompared, compareBooks, exchangesOf } from './books.ts';
import { sdkClients } from './clients.ts';
import { type Driven, drive } from './drive.ts';
import { type AnswerMark, labelAnswers } from './label-answers.ts';
import { createProgress } from './progress.ts';
import { type Graded, grade } from './rows.ts';
import { ownStage, runningStage, type Stage } from './stage.ts';
import { replayWorkload, type Workload, worldWorkload } from './workload.ts';

export interface DemoOptions {
  readonly outcomes: string | undefined;
  readonly limit: number | undefined;
  /** So many prompts of the workload are passed over first. */
  readonly skip: number;
  readonly seed: number;
  readonly concurrency: number;
  readonly speed: number;
  readonly model: string;
  readonly key: string | undefined;
  /** Start a gateway even where one runs. */
  readonly isOwn: boolean;
  /** The gateway is told how good each answer was. */
  readonly label: boolean;
}

export interface DemoResult {
  readonly workload: string;
  readonly gateway: string;
  readonly sent: number;
  readonly answered: number;
  /** Answers that did not come through to the letter. */
  readonly altered: number;
  /** Answers that the gateway was given a label of. */
  readonly labelled: number;
  readonly seconds: number;
  readonly scorecard: Scorecard;
  readonly books: BooksCompared;
  readonly failures: readonly string[];
}

/** Seed of the world that a gateway plays unasked. */
const usualSeed = 1;

/** Drives a workload through a gateway over real sockets, and compares what came of it with its controls. */
export const runDemo = async (
  options: DemoOptions,
  config: Config,
  terminal: Terminal,
): Promise<DemoResult> => {
  const workload = await workloadOf(options, terminal);
  const stage = await stageOf(options, workload, config, terminal);
  try {
    return await perform(workload, stage, options, terminal);
  } finally {
    await stage.close();
  }
};

const workloadOf = async (
  { outcomes, limit, skip, seed }: DemoOptions,
  { folder }: Terminal,
): Promise<Workload> => {
  const workload =
    outcomes === undefined
      ? worldWorkload({ seed, limit: limit ?? 3000, skip })
      : await replayWorkload(resolve(folder, outcomes), { limit, skip });
  if (workload.prompts.length === 0)
    throw new CliError('There is no prompt that could be sent.', {
      wayOut: 'The file needs prompts with outcomes of all its models.',
    });
  return workload;
};

const stageOf = async (
  options: DemoOptions,
  workload: Workload,
  config: Config,
  terminal: Terminal,
): Promise<Stage> => {
  const mayUseRunning =
    !options.isOwn &&
    options.outcomes === undefined &&
    options.seed === usualSeed &&
    (config.keys.length === 0 || options.key !== undefined);
  const running = mayUseRunning ? await runningStage(config) : undefined;
  if (!running && options.label)
    throw new CliError('Labels need a gateway that runs, for the ledger of another one goes when it does.', {
      wayOut:
        'Start "tierwise serve" on simulated providers in this folder, and leave out --own, --seed and --outcomes.',
    });
  return running ?? ownStage(workload, options.speed, terminal);
};

const perform = async (
  workload: Workload,
  stage: Stage,
  options: DemoOptions,
  terminal: Terminal,
): Promise<DemoResult> => {
  const { prompts, models } = workload;
  const run = `demo-${randomUUID().slice(0, 8)}`;
  const told = `${countText(prompts.length)} prompts of ${workload.name}, through ${stage.name}, asking for "${options.model}" by the OpenAI and Anthropic SDKs in turn, streaming and not, ${options.concurrency} at a time. ${models.length} simulated models may answer.`;
  for (const line of wrap(told, terminal.columns)) terminal.tell(line);
  terminal.tell();
  const progress = createProgress(prompts.length, terminal);
  const from = terminal.world.now() - 1000;
  const started = terminal.world.monotonicMs();
  const driven = await drive(prompts, {
    clients: sdkClients({ url: stage.url, key: options.key, model: options.model, run }),
    concurrency: options.concurrency,
    signal: terminal.interrupted,
    onAnswer: progress.answered,
  });
  const seconds = (terminal.world.monotonicMs() - started) / 1000;
  progress.end();
  if (terminal.interrupted.aborted) throw new CliError('Interrupted.', { exitCode: 130 });
  const exchanges = await readBack(stage, driven, run, from);
  const books = compareBooks(exchanges, await stage.book());
  const graded = grade(driven, exchanges, workload);
  if (graded.rows.length === 0)
    throw new CliError(
      `Not one request was answered: ${graded.failed[0]?.ok === false ? graded.failed[0].reason : 'the ledger has none of them'}.`,
    );
  const marks = options.label ? marksOf(driven, graded) : [];
  await labelAnswers(marks, { ...options, url: stage.url, signal: terminal.interrupted });
  return {
    workload: workload.name,
    gateway: stage.name,
    sent: driven.length,
    answered: driven.length - graded.failed.length,
    altered: graded.altered,
    labelled: marks.length,
    seconds,
    scorecard: scorecard(graded.rows, {
      constants: constantsOf(stage),
      seed: options.seed,
      notes: notesOf(workload, graded, books),
    }),
    books,
    failures: reasonsOf(graded.failed),
  };
};

/** What the checks said of the answers that came; one that failed is no answer to be marked. */
const marksOf = (driven: readonly Driven[], { rows }: Graded): readonly AnswerMark[] => {
  const scores = new Map(rows.map(({ id, routed }) => [id, routed.score]));
  return driven.flatMap((one) => {
    const score = scores.get(one.prompt.id);
    return one.ok && score !== undefined ? [{ exchange: one.exchange, score }] : [];
  });
};

const readBack = async (
  { ledgerPath }: Stage,
  driven: readonly Driven[],
  run: string,
  from: number,
): Promise<readonly Exchange[]> => {
  const wanted = new Set(driven.map(({ exchange }) => exchange).filter((id): id is string => Boolean(id)));
  const reader = await openLedgerReader({ dir: ledgerPath });
  try {
    return await exchangesOf(reader, { run, from, wanted });
  } finally {
    await reader.close();
  }
};

/** "Always this tier" is always the model that is asked first in it. */
const constantsOf = ({ tiers }: Stage): Readonly<Record<Tier, string>> => {
  const first = (tier: Tier): string => {
    const [id = ''] = tiers[tier];
    return id.slice(id.indexOf('/') + 1);
  };
  return { light: first('light'), mid: first('mid'), frontier: first('frontier') };
};

const notesOf = (
  { notes, costs }: Workload,
  { listCostUsd }: Graded,
  { ledgerNanoUsd }: BooksCompared,
): readonly string[] => {
  const difference = listCostUsd - Number(ledgerNanoUsd) / 1e9;
  const paid =
    Math.abs(difference) > 0.005 * listCostUsd
      ? `; the routed run was charged ${moneyText(ledgerNanoUsd)}, ${shareText(Math.abs(difference), listCostUsd)} ${difference > 0 ? 'less' : 'more'}, by caches and by what translation between wires adds`
      : '';
  return [
    ...notes,
    costs === 'list'
      ? `every cost above, the routed run's and its controls', is at list price with nothing cached${paid}`
      : "every cost above, the routed run's and its controls', is the recorded one; the ledger's charges are synthetic",
    'latencies are those of simulated models, many times faster than life',
  ];
};

const reasonsOf = (failed: readonly Driven[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const one of failed) if (!one.ok) counts.set(one.reason, (counts.get(one.reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${count} × ${reason}`);
};
