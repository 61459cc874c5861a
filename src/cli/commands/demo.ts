import { z } from 'zod';
import { type NanoUsd, usdText } from '../../core/money.ts';
import { scorecardText } from '../../simulator/scorecard-text.ts';
import { configOf, configOption } from '../config-of.ts';
import type { DemoResult } from '../demo/run-demo.ts';
import { durationText } from '../figures.ts';
import { jsonText } from '../json-text.ts';
import type { Terminal } from '../terminal.ts';
import { defineCommand, option } from './command.ts';

export const demo = defineCommand({
  name: 'demo',
  summary:
    'Drive a workload through the gateway with both SDKs, and print a scorecard beside honest controls.',
  details:
    "Uses the gateway that runs where the configuration says, if all its providers are simulated; else starts one on a free port, with simulated providers and a ledger that goes with it. Afterwards the ledger is compared with the simulated upstream's own book, call by call. Ends with 1 where they differ.",
  options: {
    config: configOption,
    outcomes: option(
      '--outcomes <file>',
      'Replay recorded prompts and answers of real models (JSON lines, gzipped or not).',
      z.string().optional(),
    ),
    limit: option(
      '--limit <n>',
      'So many prompts. Default: 3000, or all of --outcomes.',
      z.coerce.number().int().positive().max(100_000).optional(),
    ),
    skip: option(
      '--skip <n>',
      'Leave out so many prompts at the beginning: those that a policy has learnt from.',
      z.coerce.number().int().min(0).max(100_000).default(0),
    ),
    seed: option(
      '--seed <n>',
      'Of the built-in world and the resampling. Default: 1.',
      z.coerce.number().int().default(1),
    ),
    concurrency: option(
      '--concurrency <n>',
      'So many requests at a time. Default: 16.',
      z.coerce.number().int().min(1).max(512).default(16),
    ),
    speed: option(
      '--speed <n>',
      'Simulated models answer so many times faster than life; 0 waits for nothing. Default: 25.',
      z.coerce.number().min(0).default(25),
    ),
    model: option(
      '--model <name>',
      'What the clients ask for: a route, tier or model. Default: auto.',
      z.string().default('auto'),
    ),
    key: option(
      '--key <key>',
      'Gateway key, where the running gateway wants one. Default: TIERWISE_KEY of the environment.',
      z.string().optional(),
    ),
    label: option(
      '--label',
      'Label every answer with what its check said, as "tierwise train --ledger" reads it.',
      z.boolean().default(false),
    ),
    own: option('--own', 'Start a gateway even where one runs.', z.boolean().default(false)),
    json: option('--json', 'Print JSON.', z.boolean().default(false)),
  },
  examples: [
    'tierwise demo',
    'tierwise demo --limit 200 --seed 7',
    'tierwise demo --limit 500 --model mid --label',
    'tierwise demo --outcomes recorded.jsonl.gz',
  ],
  run: async ({ options }, terminal) => {
    const { config } = configOf(options.config, terminal, { isPolicyToCome: true });
    // the vendors' SDKs are slow to load, and nobody else needs them
    const { runDemo } = await import('../demo/run-demo.ts');
    const result = await runDemo(
      { ...options, key: options.key ?? terminal.environment.TIERWISE_KEY, isOwn: options.own },
      config,
      terminal,
    );
    terminal.print(options.json ? jsonText(result) : resultText(result, terminal));
    return result.books.differences.length === 0 && result.altered === 0 && result.failures.length === 0
      ? 0
      : 1;
  },
});

const resultText = (
  { scorecard, books, sent, answered, altered, labelled, seconds, failures }: DemoResult,
  { paint }: Terminal,
): string => {
  const exact = (amount: bigint): string => `$${usdText(amount as NanoUsd)}`;
  const agree = books.differences.length === 0;
  return [
    scorecardText(scorecard),
    '',
    agree
      ? `${paint.green('✓')} Ledger and upstream's book agree to the nano-dollar: ${books.calls} calls, ${exact(books.ledgerNanoUsd)}.`
      : `${paint.red('✗')} Ledger (${exact(books.ledgerNanoUsd)}) and upstream's book (${exact(books.bookNanoUsd)}) differ on ${books.differences.length} exchanges:`,
    ...books.differences
      .slice(0, 10)
      .map(
        ({ exchange, ledgerNanoUsd, bookNanoUsd }) =>
          `    ${exchange}  ledger ${amountOf(ledgerNanoUsd, exact)}  book ${amountOf(bookNanoUsd, exact)}`,
      ),
    altered === 0
      ? `${paint.green('✓')} Every answer came through to the letter.`
      : `${paint.red('✗')} ${altered} answers came through altered.`,
    `${answered === sent ? paint.green('✓') : paint.red('✗')} ${answered} of ${sent} requests were answered, in ${durationText(seconds * 1000)}.`,
    ...(labelled > 0 ? [`${paint.green('✓')} ${labelled} answers were labelled in the ledger.`] : []),
    ...failures.slice(0, 5).map((failure) => `    ${failure}`),
  ].join('\n');
};

const amountOf = (amount: bigint | null, exact: (amount: bigint) => string): string =>
  amount === null ? 'none' : exact(amount);
