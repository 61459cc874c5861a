import { z } from 'zod';
import { type Config, type ConfigParts, type ConfigReading, readConfig } from '../app/config.ts';
import { CliError } from './cli-error.ts';
import { option } from './commands/command.ts';
import { findingsText } from './show-findings.ts';
import type { Terminal } from './terminal.ts';

export const configOption = option(
  '-c, --config <file>',
  'Configuration file. Default: tierwise.yaml in this folder, else defaults.',
  z.string().optional(),
);

/** The sound configuration a command works with, with what was read; warnings are told, errors end the command. */
export const configOf = (
  file: string | undefined,
  terminal: Terminal,
  more: Pick<ConfigParts, 'overrides' | 'isPolicyToCome'> = {},
): { readonly config: Config; readonly reading: ConfigReading } => {
  const reading = readConfig(file, { environment: terminal.environment, folder: terminal.folder, ...more });
  if (reading.findings.length > 0)
    terminal.tell(`${findingsText(reading.findings, terminal.paintTold, terminal.columns)}\n`);
  if (reading.config) return { config: reading.config, reading };
  throw new CliError('The configuration has mistakes; nothing was started.', {
    wayOut: '"tierwise check" lists them again.',
  });
};
