import { z } from 'zod';
import { trainerTypes } from '../../learning/trainer.ts';
import { configOption } from '../config-of.ts';
import { embeddingsOption, filesParameter, rowOptions, tierOption } from '../learning-options.ts';
import { defineCommand, option } from './command.ts';

/** Apart from what runs with them, which is loaded only then. */
export const trainOptions = {
  config: configOption,
  out: option('--out <file>', 'The policy file to write.', z.string('has to name the file to write')),
  with: option(
    '--with <trainer>',
    `How: ${trainerTypes.join(', ')}. Default: ${trainerTypes[0]}.`,
    z.enum(trainerTypes).optional(),
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
  embeddings: embeddingsOption,
  ...rowOptions,
  json: option('--json', 'Print what was learnt as JSON, without the heads.', z.boolean().default(false)),
};

export const train = defineCommand({
  name: 'train',
  summary: 'Learn a policy from outcome files, the labels of the ledger, or both.',
  details:
    'A policy predicts how likely each model answers a request well enough, and how sure that is. The same files, seed and options give the same policy, to the byte. With --base nothing is trained again: what the base knew is where learning starts, and models that are new start from their tier. Nothing is put in force: "tierwise evaluate" holds a policy to outcomes that it has not seen, "tierwise publish" puts it in force.',
  parameters: [filesParameter],
  options: trainOptions,
  examples: [
    'tierwise train outcomes.jsonl.gz --out policy.json',
    'tierwise train --ledger --half-life 14d --out policy.json',
    'tierwise train outcomes.jsonl --ledger --base policy.json --tier my-new-model=mid --out next.json',
  ],
  run: async (input, terminal) => (await import('../learn/run-train.ts')).runTrain(input, terminal),
});
