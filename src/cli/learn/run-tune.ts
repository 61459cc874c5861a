import { modelsOf } from '../../learning/evaluate-pool.ts';
import { tuneMid } from '../../learning/tune.ts';
import { tuningSnippet, tuningText } from '../../learning/tune-text.ts';
import type { CommandInput } from '../commands/command.ts';
import type { tuneOptions } from '../commands/tune.ts';
import { configOf } from '../config-of.ts';
import { jsonText } from '../json-text.ts';
import type { Terminal } from '../terminal.ts';
import { readLearningRows } from './learning-rows.ts';
import { predictorFrom } from './policy-input.ts';
import { pricesFrom } from './price-file.ts';
import { assertRecorded, recordedTiers } from './recorded-tiers.ts';

type TuneInput = CommandInput<typeof tuneOptions>;

/** `tierwise tune` */
export const runTune = async ({ options, rest }: TuneInput, terminal: Terminal): Promise<void> => {
  const { tier, margin, seed } = options;
  const { config } = configOf(options.config, terminal, { isPolicyToCome: true });
  const predictor =
    options.policy === undefined ? undefined : predictorFrom(options.policy, config, terminal);
  const prices = pricesFrom(options.prices, terminal);
  const { rows, inLedger } = await readLearningRows(rest, options, config, terminal);
  const known = modelsOf(rows);
  for (const model of Object.keys(options.modelTier)) assertRecorded(model, known, '--model-tier');
  const { tierOf } = recordedTiers(options.modelTier, inLedger, config);
  const tuning = tuneMid(rows, predictor, { margin, tier, tierOf, prices, seed });
  terminal.print(options.json ? jsonText({ ...tuning, rules: tuningSnippet(tuning) }) : tuningText(tuning));
};
