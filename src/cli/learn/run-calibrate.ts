import { modelsOf } from '../../learning/evaluate-pool.ts';
import { type CalibrationChange, recalibratePolicy } from '../../learning/recalibrate.ts';
import { CliError } from '../cli-error.ts';
import type { calibrateOptions } from '../commands/calibrate.ts';
import type { CommandInput } from '../commands/command.ts';
import { configOf } from '../config-of.ts';
import { countText } from '../figures.ts';
import { jsonText } from '../json-text.ts';
import { tableText } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { readLearningRows } from './learning-rows.ts';
import { policyFileFrom, versionOf, writePolicyFile } from './policy-input.ts';
import { assertRecorded, recordedTiers } from './recorded-tiers.ts';

type CalibrateInput = CommandInput<typeof calibrateOptions>;

/** `tierwise calibrate` */
export const runCalibrate = async ({ options, rest }: CalibrateInput, terminal: Terminal): Promise<void> => {
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
  if (json) terminal.print(jsonText({ from: versionOf(old), version, file: isBetter ? out : null, changes }));
  else terminal.print(changesText(changes, terminal));
  if (!isBetter)
    throw new CliError('New curves do not come nearer to what came true; nothing was written.', {
      wayOut: `Keep ${options.policy}, or give more labels.`,
    });
  if (json) return;
  const { print, paint } = terminal;
  print(`\n${paint.green('✓')} ${paint.bold(versionOf(policy))} is in ${out}; it was ${versionOf(old)}.`);
  print(`\nNext: ${paint.bold(`tierwise publish ${out}`)}`);
};

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
