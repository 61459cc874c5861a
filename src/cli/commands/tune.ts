import { z } from 'zod';
import { configOption } from '../config-of.ts';
import { filesParameter, pricesOption, rowOptions, tierOption } from '../learning-options.ts';
import { defineCommand, option } from './command.ts';

/** Apart from what runs with them, which is loaded only then. */
export const tuneOptions = {
  config: configOption,
  tier: option(
    '--tier <tier>',
    'The tier that is to take over: mid or light. Default: mid.',
    z.enum(['mid', 'light']).default('mid'),
  ),
  margin: option(
    '--margin <share>',
    'How much less success is still as good: 0.02 is two points. Default: 0.02.',
    z.coerce.number().gt(0).max(0.5).default(0.02),
  ),
  policy: option(
    '--policy <file>',
    'Helps to choose on the first half; the second is read as it is.',
    z.string().optional(),
  ),
  prices: pricesOption,
  seed: option('--seed <n>', 'Default: 1.', z.coerce.number().int().default(1)),
  modelTier: tierOption('--model-tier <model=tier>'),
  ...rowOptions,
  json: option('--json', 'Print JSON.', z.boolean().default(false)),
};

export const tune = defineCommand({
  name: 'tune',
  summary: 'Find the tasks on which a cheaper tier is as good as the frontier, and propose rules.',
  details:
    "Per task (the caller's tag, else what the recogniser says), the cheapest model of the tier that looks to be within the margin of the frontier's best is chosen on one half of the rows; the other half tells whether it is. Only what was shown is proposed, with the lines for the configuration.",
  parameters: [filesParameter],
  options: tuneOptions,
  examples: [
    'tierwise tune --tier mid outcomes.jsonl',
    'tierwise tune --tier mid --margin 0.03 --tag-category --prices prices.json outcomes.jsonl',
  ],
  run: async (input, terminal) => (await import('../learn/run-tune.ts')).runTune(input, terminal),
});
