import { z } from 'zod';
import { configOption } from '../config-of.ts';
import { filesParameter, rowOptions, tierOption } from '../learning-options.ts';
import { defineCommand, option } from './command.ts';

/** Apart from what runs with them, which is loaded only then. */
export const calibrateOptions = {
  config: configOption,
  policy: option('--policy <file>', 'The policy to put right.', z.string('has to name a policy file')),
  out: option('--out <file>', 'The policy file to write.', z.string('has to name the file to write')),
  seed: option('--seed <n>', 'Default: 1.', z.coerce.number().int().default(1)),
  tier: tierOption('--tier <model=tier>'),
  ...rowOptions,
  json: option('--json', 'Print JSON.', z.boolean().default(false)),
};

export const calibrate = defineCommand({
  name: 'calibrate',
  summary: 'Put the chances of a policy right by local labels; what it has learnt stays.',
  details:
    'A policy that was trained elsewhere ranks requests much as it did there, but its chances are off. New curves, one for each tier, turn the same scores into chances that come true here; some 200 labels repair most of it. Before and after are told on labels that the curves were not fitted on; where it does not help, nothing is written.',
  parameters: [filesParameter],
  options: calibrateOptions,
  examples: [
    'tierwise calibrate --ledger --policy policy.json --out calibrated.json',
    'tierwise calibrate outcomes.jsonl --policy policy.json --out calibrated.json',
  ],
  run: async (input, terminal) => (await import('../learn/run-calibrate.ts')).runCalibrate(input, terminal),
});
