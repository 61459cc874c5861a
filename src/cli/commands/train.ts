import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { modelsOf } from '../../learning/evaluate-pool.ts';
import type { TrainingRow, TrainOptions } from '../../learning/trainer.ts';
import { extendPolicy } from '../../learning/trainers/extend-policy.ts';
import { trainers } from '../../learning/trainers/index.ts';
import type { PolicyFile } from '../../routing/classifier/policy.ts';
import { CliError } from '../cli-error.ts';
import { configOf, configOption } from '../config-of.ts';
import { jsonText } from '../json-text.ts';
import { filesParameter, readLearningRows, rowOptions } from '../learning-rows.ts';
import { policyFileFrom, versionOf, writePolicyFile } from '../policy-input.ts';
import { assertRecorded, recordedTiers, tierOption } from '../recorded-tiers.ts';
import type { Terminal } from '../terminal.ts';
import { trainingText } from '../training-text.ts';
import { defineCommand, option } from './command.ts';

const trainerTypes = trainers.map(({ type }) => type);

export const train = defineCommand({
  name: 'train',
  summary: 'Learn a policy from outcome files, the labels of the ledger, or both.',
  details:
    'A policy predicts how likely each model answers a request well enough, and how sure that is. The same files, seed and options give the same policy, to the byte. With --base nothing is trained again: what the base knew is where learning starts, and models that are new start from their tier. Nothing is put in force: "tierwise evaluate" holds a policy to outcomes that it has not seen, "tierwise publish" puts it in force.',
  parameters: [filesParameter],
  options: {
    config: configOption,
    out: option('--out <file>', 'The policy file to write.', z.string('has to name the file to write')),
    with: option(
      '--with <trainer>',
      `How: ${trainerTypes.join(', ')}. Default: ${trainerTypes[0]}.`,
      z.enum(trainerTypes as [string, ...string[]]).optional(),
    ),
    base: option('--base <policy.json>', 'Go on from this policy.', z.string().optional()),
    without: option(
      '--without <model>',
      'Forget a model of the base. May be repeated.',
      z.array(z.string()).default([]),
      { isRepeatable: true },
    ),
    name: option(
      '--name <name>',
      'What decisions and headers call it. Default: own.',
      z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/, 'has to be of letters, digits and "-", at most 40')
        .default('own'),
    ),
    seed: option('--seed <n>', 'Default: 1.', z.coerce.number().int().default(1)),
    tier: tierOption('--tier <model=tier>'),
    ...rowOptions,
    json: option('--json', 'Print what was learnt as JSON, without the heads.', z.boolean().default(false)),
  },
  examples: [
    'tierwise train outcomes.jsonl.gz --out policy.json',
    'tierwise train --ledger --half-life 14d --out policy.json',
    'tierwise train outcomes.jsonl --ledger --base policy.json --tier my-new-model=mid --out next.json',
  ],
  run: async ({ options, rest }, terminal) => {
    const { out, base, name, seed, json } = options;
    assertFits(options);
    const { config } = configOf(options.config, terminal, { isPolicyToCome: true });
    const { rows, sources, inLedger } = await readLearningRows(rest, options, config, terminal);
    const known = modelsOf(rows);
    for (const model of Object.keys(options.tier)) assertRecorded(model, known, '--tier');
    const { tierOf, sourceOf } = recordedTiers(options.tier, inLedger, config);
    terminal.tell(terminal.paintTold.dim(`Learning from ${rows.length} rows of ${known.length} models …`));
    const policy = learn(rows, { name, seed, tierOf, sources }, options, terminal);
    writePolicyFile(out, policy, terminal);
    const { size } = statSync(resolve(terminal.folder, out));
    if (json) {
      const { heads: _, ...said } = policy;
      return terminal.print(jsonText({ file: out, bytes: size, version: versionOf(policy), ...said }));
    }
    const { print, paint } = terminal;
    print(
      `${paint.green('✓')} ${paint.bold(versionOf(policy))} is in ${out}: ${sizeText(size)}, ${base === undefined ? policy.trainer : `going on from ${base}`}, seed ${seed}, SHA-256 ${policy.hash}`,
    );
    print();
    print(trainingText(policy, rows, sourceOf, terminal));
    print();
    print(
      `Next: ${paint.bold(`tierwise evaluate OTHERS.jsonl --policy ${out}`)} on outcomes that it has not seen, then ${paint.bold(`tierwise publish ${out}`)}`,
    );
  },
});

interface Choice {
  readonly with: string | undefined;
  readonly base: string | undefined;
  readonly without: readonly string[];
}

const assertFits = ({ with: wanted, base, without }: Choice): void => {
  if (base !== undefined && wanted !== undefined)
    throw new CliError('--base goes on as its policy was trained; --with trains anew.', {
      exitCode: 2,
      wayOut: 'Leave one of them out.',
    });
  if (base === undefined && without.length > 0)
    throw new CliError('--without takes models out of a base.', {
      exitCode: 2,
      wayOut: 'Name it: --base FILE.',
    });
};

const learn = (
  rows: readonly TrainingRow[],
  options: TrainOptions,
  { with: wanted, base, without }: Choice,
  terminal: Terminal,
): PolicyFile => {
  if (base !== undefined) {
    const { policy } = policyFileFrom(base, terminal);
    const known = policy.models.map(({ name }) => name);
    if (known.length === 0)
      throw new CliError(`${base} knows no model: there is nothing to go on from.`, {
        wayOut: 'Leave --base out, and train anew.',
      });
    for (const model of without) assertRecorded(model, known, '--without');
    return extendPolicy(policy, rows, { ...options, without });
  }
  const trainer = trainers.find(({ type }) => type === (wanted ?? trainerTypes[0]));
  if (!trainer) throw new CliError(`There is no trainer "${wanted}".`);
  return trainer.train(rows, options);
};

const sizeText = (bytes: number): string =>
  bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
