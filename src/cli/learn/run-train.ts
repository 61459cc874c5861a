import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { modelsOf } from '../../learning/evaluate-pool.ts';
import type { TrainingRow, TrainOptions } from '../../learning/trainer.ts';
import { extendPolicy } from '../../learning/trainers/extend-policy.ts';
import { trainers } from '../../learning/trainers/index.ts';
import type { PolicyFile } from '../../routing/classifier/policy.ts';
import { CliError } from '../cli-error.ts';
import type { CommandInput } from '../commands/command.ts';
import type { trainOptions } from '../commands/train.ts';
import { configOf } from '../config-of.ts';
import { jsonText } from '../json-text.ts';
import type { Terminal } from '../terminal.ts';
import { readLearningRows } from './learning-rows.ts';
import { policyFileFrom, versionOf, writePolicyFile } from './policy-input.ts';
import { assertRecorded, recordedTiers } from './recorded-tiers.ts';
import { trainingText } from './training-text.ts';
import { withEmbeddings } from './with-embeddings.ts';

type TrainInput = CommandInput<typeof trainOptions>;

/** `tierwise train` */
export const runTrain = async ({ options, rest }: TrainInput, terminal: Terminal): Promise<void> => {
  const { out, base, name, seed, json } = options;
  assertFits(options);
  const { config } = configOf(options.config, terminal, { isPolicyToCome: true });
  const { rows: read, sources, inLedger } = await readLearningRows(rest, options, config, terminal);
  const { rows, kind: embedding } = options.embeddings
    ? await withEmbeddings(read, out, config, terminal)
    : { rows: read, kind: undefined };
  const known = modelsOf(rows);
  for (const model of Object.keys(options.tier)) assertRecorded(model, known, '--tier');
  const { tierOf, sourceOf } = recordedTiers(options.tier, inLedger, config);
  terminal.tell(terminal.paintTold.dim(`Learning from ${rows.length} rows of ${known.length} models …`));
  const policy = learn(rows, { name, seed, tierOf, sources, embedding }, options, terminal);
  if (embedding) tellEmbeddings(policy, terminal);
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
};

/** Whether they were worth it, on rows held out. */
const tellEmbeddings = ({ metrics, heads }: PolicyFile, { tell, paintTold }: Terminal): void => {
  const { 'embedding.rows': rows = 0 } = metrics;
  const { 'embedding.brier-without': before, 'embedding.brier-with': after } = metrics;
  const figures =
    before === undefined || after === undefined
      ? `${rows} rows have them, which is too few`
      : `squared error on ${rows} rows held out ${before.toFixed(4)} without, ${after.toFixed(4)} with`;
  tell(
    heads.embedding === undefined
      ? paintTold.yellow(
          `The embeddings are not in the policy, and nobody will be asked for them: ${figures}.`,
        )
      : `The embeddings are in the policy: ${figures}.`,
  );
};

interface Choice {
  readonly embeddings: boolean;
  readonly with: string | undefined;
  readonly base: string | undefined;
  readonly without: readonly string[];
}

const assertFits = ({ with: wanted, base, without, embeddings }: Choice): void => {
  if (base !== undefined && embeddings)
    throw new CliError('--base keeps what its policy knows of embeddings; --embeddings learns it anew.', {
      exitCode: 2,
      wayOut: 'Leave one of them out.',
    });
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
  const trainer = trainers.find(({ type }) => type === (wanted ?? trainers[0]?.type));
  if (!trainer) throw new CliError(`There is no trainer "${wanted}".`);
  return trainer.train(rows, options);
};

const sizeText = (bytes: number): string =>
  bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
