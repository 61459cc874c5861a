import { resolve } from 'node:path';
import { backup as copyLedger } from '../../storage/backup.ts';
import { configOf, configOption } from '../config-of.ts';
import { defineCommand } from './command.ts';

export const backup = defineCommand({
  name: 'backup',
  summary: 'Copy the ledger into one file, also while the gateway writes.',
  details:
    'The copy is consistent and holds everything settled before. It never writes over a file. To go back to it, put it as `ledger.db` into an empty folder and name that in `ledger.path`.',
  parameters: [{ name: 'file', summary: 'The file to write.', isRequired: true }],
  options: { config: configOption },
  examples: ['tierwise backup ledger-2026-11-23.db'],
  run: async ({ options, parameters }, terminal) => {
    const { config } = configOf(options.config, terminal, { isPolicyToCome: true });
    const { file, exchanges } = await copyLedger(
      config.ledger.path,
      resolve(terminal.folder, parameters.file ?? ''),
    );
    terminal.print(`${terminal.paint.green('✓')} ${exchanges} exchanges are in ${file}.`);
  },
});
