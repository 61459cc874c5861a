import { z } from 'zod';
import { configOption } from '../config-of.ts';
import {
  embeddingsOption,
  filesParameter,
  pricesOption,
  rowOptions,
  tierOption,
} from '../learning-options.ts';
import { defineCommand, option } from './command.ts';

/** Apart from what runs with them, which is loaded only then. */
export const evaluateOptions = {
  config: configOption,
  policy: option('--policy <file>', 'The policy. Default: the one in force.', z.string().optional()),
  training: option(
    '--training <file>',
    'Outcomes the policy was made of: constants are chosen on them. May be repeated.',
    z.array(z.string()).default([]),
    { isRepeatable: true },
  ),
  prices: pricesOption,
  weak: option('--weak <model>', 'Default: the cheapest.', z.string().optional()),
  strong: option('--strong <model>', 'Default: the best constant.', z.string().optional()),
  quality: option(
    '--quality <0..1>',
    "The share of the strong model's success that the policy is to keep. Default: 0.95.",
    z.coerce.number().gt(0).max(1).default(0.95),
  ),
  seed: option('--seed <n>', 'Default: 1.', z.coerce.number().int().default(1)),
  tier: tierOption('--tier <model=tier>'),
  embeddings: embeddingsOption,
  ...rowOptions,
  json: option('--json', 'Print JSON.', z.boolean().default(false)),
};

export const evaluate = defineCommand({
  name: 'evaluate',
  summary: 'Hold a policy to outcomes: quality, cost, savings and calibration, beside controls.',
  details:
    'Give it outcomes that the policy has not learnt from. Whatever is chosen (the weak and the strong model, the best constant) is chosen on --training where that is given. All intervals are of 95 %.',
  parameters: [filesParameter],
  options: evaluateOptions,
  examples: [
    'tierwise evaluate held-out.jsonl --policy policy.json --training outcomes.jsonl',
    'tierwise evaluate held-out.jsonl --weak small --strong large --prices prices.json --json',
  ],
  run: async (input, terminal) => (await import('../learn/run-evaluate.ts')).runEvaluate(input, terminal),
});
