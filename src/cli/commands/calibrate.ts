import { z } from 'zod';
import { modelsOf } from '../../learning/evaluate-pool.ts';
import { type CalibrationChange, recalibratePolicy } from '../../learning/recalibrate.ts';
import { CliError } from '../cli-error.ts';
import { configOf, configOption } from '../config-of.ts';
import { countText } from '../figures.ts';
import { jsonText } from '../json-text.ts';
import { filesParameter, readLearningRows, rowOptions } from '../learning-rows.ts';
import { policyFileFrom, versionOf, writePolicyFile } from '../policy-input.ts';
import { assertRecorded, recordedTiers, tierOption } from '../recorded-tiers.ts';
import { tableText } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { defineCommand, option } from './command.ts';

export const calibrate = defineCommand({
  name: 'calibrate',
  summary: 'Put the chances of a policy right by local labels; what it has learnt stays.',
  details:
    'A policy that was trained elsewhere ranks requests much as it did there, but its chances are off. New curves, one for each tier, turn the same scores into chances that come true here; some 200 labels repair most of it. Before and after are told on labels that the curves were not fitted on; where it does not help, nothing is written.',
  parameters: [filesParameter],
  options: {
    config: configOption,
    policy: option('--policy <file>', 'The policy to put right.', z.string('has to name a policy file')),
    out: option('--out <file>', 'The policy file to write.', z.string('has to name the file to write')),
    seed: option('--seed <n>', 'Default: 1.', z.coerce.number().int().default(1)),
    tier: tierOption('--tier <model=tier>'),
    ...rowOptions,
    json: option('--json', 'Print JSON.', z.boolean().default(false)),
  },
  examples: [
    'tierwise calibrate --ledger --policy policy.json --out calibrated.json',
    'tierwise calibrate outcomes.jsonl --policy policy.json --out calibrated.json',
  ],
  run: async ({ options, rest }, terminal) => {
    const { out, seed, json } = options;
    const { config } = configOf(options.config, terminal, { isPolicyToCome: true });
    const { policy: old } = policyFileFrom(options.policy, terminal);
    const { rows, sources, inLedger } = await readLearningRows(rest, options, config, terminal);
    const known = modelsOf(rows);
    for (const model of Object.keys(options.tier)) assertRecorded(model, known, '--tier');
    const { tierOf } = recordedTiers(options.tier, inLedger, config);
    const { policy, changes, isBetter } = recalibratePolicy(old, rows, {
      ...{ name: old.name, seed, sources, tierOf },
    });
    if (isBetter) writePolicyFile(out, policy, terminal);
    const version = isBetter ? versionOf(policy) : null;
    if (json)
      terminal.print(jsonText({ from: versionOf(old), version, file: isBetter ? out : null, changes }));
    else terminal.print(changesText(changes, terminal));
    if (!isBetter)
      throw new CliError('New curves do not come nearer to what came true; nothing was written.', {
        wayOut: `Keep ${options.policy}, or give more labels.`,
      });
    if (json) return;
    const { print, paint } = terminal;
    print(`\n${paint.green('✓')} ${paint.bold(versionOf(policy))} is in ${out}; it was ${versionOf(old)}.`);
    print(`\nNext: ${paint.bold(`tierwise publish ${out}`)}`);
  },
});

const changesText = (
  changes: readonly CalibrationChange[],
  terminal: Pick<Terminal, 'paint' | 'columns'>,
): string =>
  [
    tableText(
      [
        { title: 'HELD OUT' },
        { title: 'OUTCOMES', align: 'right' },
        { title: 'ECE BEFORE', align: 'right' },
        { title: 'AFTER', align: 'right' },
        { title: 'FLOOR', align: 'right' },
        { title: 'BRIER BEFORE', align: 'right' },
        { title: 'AFTER', align: 'right' },
      ],
      changes.map(({ of, outcomes, before, after }) => [
        of,
        countText(outcomes),
        ...[before.ece, after.ece, after.floor, before.brier, after.brier].map((value) => value.toFixed(3)),
      ]),
      terminal,
    ),
    terminal.paint.dim(
      'ECE: how far chances are off. FLOOR: what a perfect predictor would score on so many outcomes.',
    ),
  ].join('\n');
