import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../app/config.ts';
import { signalSources } from '../../core/signal.ts';
import { readLabel } from '../../ledger/label.ts';
import { openSignalNotes, type SignalNotes } from '../../storage/signal-notes.ts';
import { CliError } from '../cli-error.ts';
import { configOf, configOption } from '../config-of.ts';
import { labelLines } from '../label-lines.ts';
import { withLedger } from '../ledger-of.ts';
import type { Terminal } from '../terminal.ts';
import { wantedExchange } from '../wanted-exchange.ts';
import { defineCommand, option } from './command.ts';

const mostProblemsTold = 20;

export const label = defineCommand({
  name: 'label',
  summary: 'Say how good an answer was, of one exchange or of a file of them.',
  details:
    'What is said is kept in the ledger beside the exchange, and is what training learns from. Of each source the newest word holds. A file has a line of JSON for each: {"exchange": "01J…", "score": 0.5} with `success` (true, false) or `rating` ("up", "down") instead of `score` where that fits better, and `source`, `label` and `comment` as below. The exchange may be named by its id or by the id of the answer. Works while a gateway runs.',
  parameters: [
    {
      name: 'exchange',
      summary: 'Its id, the last characters of it, or the id of its answer.',
      isRequired: false,
    },
  ],
  options: {
    config: configOption,
    score: option(
      '--score <0..1>',
      'From 0 (useless) to 1 (good enough).',
      z.coerce.number().min(0).max(1).optional(),
    ),
    source: option(
      '--source <who>',
      `Whose word it is: ${signalSources.join(', ')}. Default: owner.`,
      z.enum(signalSources).default('owner'),
    ),
    label: option('--label <word>', 'A word of your own: "wrong-file".', z.string().optional()),
    comment: option('--comment <text>', 'Why.', z.string().optional()),
    file: option('--file <labels.jsonl>', 'Take all labels of a file.', z.string().optional()),
  },
  examples: [
    'tierwise label K3M9Q2A --score 0 --label wrong-file',
    'tierwise label chatcmpl-01JD8Z --score 1 --source test',
    'tierwise label --file labels.jsonl',
  ],
  run: async ({ options, parameters }, terminal) => {
    const { file, score } = options;
    if ((parameters.exchange === undefined) === (file === undefined))
      throw new CliError('Name an exchange, or a file of labels.', {
        wayOut: '"tierwise label K3M9Q2A --score 1" or "tierwise label --file labels.jsonl".',
      });
    if (file === undefined && score === undefined)
      throw new CliError('Say how good the answer was.', { wayOut: '--score 0 to --score 1.' });
    const { config } = configOf(options.config, terminal, { isPolicyToCome: true });
    const notes = openSignalNotes({ dir: config.ledger.path });
    try {
      if (file !== undefined) return await takeFile(resolve(terminal.folder, file), notes, terminal);
      const { source, label: word, comment } = options;
      const id = await idOf(parameters.exchange ?? '', notes, config);
      const said = { score, source, label: word, comment };
      const parts = { at: terminal.world.now(), source, sources: signalSources };
      notes.note([readLabel(id, said, parts)]);
      terminal.print(`${terminal.paint.green('✓')} ${id} has ${score} by ${source}.`);
      return 0;
    } finally {
      notes.close();
    }
  },
});

const idOf = async (wanted: string, notes: SignalNotes, config: Config) =>
  notes.find(wanted)?.exchange.id ??
  (await withLedger(config, (reader) => wantedExchange(wanted, reader))).id;

const takeFile = async (
  path: string,
  notes: SignalNotes,
  { print, tell, paint, world }: Terminal,
): Promise<number> => {
  if (!existsSync(path)) throw new CliError(`There is no file ${path}.`);
  const { taken, problems } = await labelLines(path, notes, world.now());
  for (const { line, problem } of problems.slice(0, mostProblemsTold)) tell(`line ${line}: ${problem}`);
  if (problems.length > mostProblemsTold) tell(`… and ${problems.length - mostProblemsTold} lines more.`);
  const left = problems.length === 0 ? '' : `, ${problems.length} were not`;
  print(`${(problems.length === 0 ? paint.green : paint.yellow)('✓')} ${taken} labels were taken${left}.`);
  return problems.length === 0 ? 0 : 1;
};
