import { z } from 'zod';
import { durationMs } from '../app/config-units.ts';
import { type Tier, tiers } from '../core/model.ts';
import { type OptionSpec, option } from './commands/command.ts';
import { keyValues } from './key-values.ts';

export interface RowOptions {
  readonly ledger: boolean;
  readonly halfLife: number;
  readonly tagCategory: boolean;
  readonly skipBadLines: boolean;
}

export const filesParameter = {
  name: 'files',
  summary: 'Outcome files: JSON lines, gzipped or not, a line for each prompt with the scores of models.',
  isRequired: false,
  isRest: true,
} as const;

/** Options of every command that reads outcomes. */
export const rowOptions = {
  ledger: option('--ledger', 'Labels of the ledger, too.', z.boolean().default(false)),
  halfLife: option(
    '--half-life <time>',
    'Labels of the ledger that are so old count half. Default: 30d.',
    durationMs.prefault('30d').refine((ms) => ms >= 3_600_000, 'is too short: at least 1h'),
  ),
  tagCategory: option(
    '--tag-category',
    'Take the category of a record for the tag "task" that its caller would have sent.',
    z.boolean().default(false),
  ),
  skipBadLines: option(
    '--skip-bad-lines',
    'Pass over lines that cannot be read; they are told.',
    z.boolean().default(false),
  ),
};

export const embeddingsOption = option(
  '--embeddings',
  'With the embeddings of what was asked, from the endpoint that the configuration names. What they cost is told first; they are kept beside the policy, and asked for once.',
  z.boolean().default(false),
);

export const tierOption = (flags: string): OptionSpec<Readonly<Record<string, Tier>>> =>
  option(
    flags,
    `The tier of a recorded model: ${tiers.join(', ')}. May be repeated. Default: as in the ledger, the configuration or its maker's line-up, else by its scores, in thirds.`,
    keyValues.pipe(z.record(z.string(), z.enum(tiers))),
    { isRepeatable: true },
  );

export const pricesOption = option(
  '--prices <file.json>',
  'What models cost, by recorded name, in dollars a million tokens: {"small": {"input": 0.1, "output": 0.4}}. Default: recorded costs, else guesses by tier.',
  z.string().optional(),
);
