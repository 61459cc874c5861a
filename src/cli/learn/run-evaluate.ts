import type { Config } from '../../app/config.ts';
import { embeddingsUnused } from '../../app/embedding-source.ts';
import { policyShelf } from '../../app/policy-file.ts';
import type { Predictor } from '../../core/prediction.ts';
import { evaluatePolicy } from '../../learning/evaluate.ts';
import { modelsOf } from '../../learning/evaluate-pool.ts';
import { evaluationText } from '../../learning/evaluate-text.ts';
import type { TrainingRow, TrainOptions } from '../../learning/trainer.ts';
import { CliError } from '../cli-error.ts';
import type { CommandInput } from '../commands/command.ts';
import type { evaluateOptions } from '../commands/evaluate.ts';
import { configOf } from '../config-of.ts';
import { jsonText } from '../json-text.ts';
import type { Terminal } from '../terminal.ts';
import { certificateOf, certificateText } from './certificate-text.ts';
import { readLearningRows } from './learning-rows.ts';
import { policyFileFrom, predictorFrom } from './policy-input.ts';
import { pricesFrom } from './price-file.ts';
import { assertRecorded, recordedTiers } from './recorded-tiers.ts';
import { withEmbeddings } from './with-embeddings.ts';

type EvaluateInput = CommandInput<typeof evaluateOptions>;

/** `tierwise evaluate` */
export const runEvaluate = async ({ options, rest }: EvaluateInput, terminal: Terminal): Promise<void> => {
  const { weak, strong, quality, seed } = options;
  const { config } = configOf(options.config, terminal, { isPolicyToCome: true });
  const predictor = predictorFrom(options.policy, config, terminal);
  const prices = pricesFrom(options.prices, terminal);
  const { rows: read, sources, inLedger } = await readLearningRows(rest, options, config, terminal);
  const rows = options.embeddings
    ? await embeddedFor(predictor, read, options.policy, config, terminal)
    : read;
  if (options.policy !== undefined) tellLearnt(options.policy, sources, terminal);
  const training =
    options.training.length === 0
      ? undefined
      : (await readLearningRows(options.training, { ...options, ledger: false }, config, terminal)).rows;
  const known = modelsOf(rows);
  for (const model of Object.keys(options.tier)) assertRecorded(model, known, '--tier');
  if (weak !== undefined) assertRecorded(weak, known, '--weak');
  if (strong !== undefined) assertRecorded(strong, known, '--strong');
  if (weak !== undefined && weak === strong)
    throw new CliError('--weak and --strong name the same model.', { exitCode: 2, wayOut: 'Name two.' });
  tellShared(rows, training, terminal);
  const { tierOf } = recordedTiers(options.tier, inLedger, config);
  terminal.tell(terminal.paintTold.dim(`Asking ${predictor.policy} of ${rows.length} rows …`));
  const evaluation = evaluatePolicy(rows, predictor, {
    ...{ training, weak, strong, prices, tierOf, quality, seed },
  });
  const certificate = certificateOf(rows, predictor, evaluation, { tierOf, seed });
  if (options.json) return terminal.print(jsonText({ ...evaluation, certificate: certificate ?? null }));
  terminal.print(evaluationText(evaluation));
  terminal.print();
  terminal.print(certificateText(certificate, evaluation));
};

/** As the policy was trained; others would say nothing to it. */
const embeddedFor = async (
  { policy, embedding: wanted }: Predictor,
  read: readonly TrainingRow[],
  file: string | undefined,
  config: Config,
  terminal: Terminal,
): Promise<readonly TrainingRow[]> => {
  const unused = embeddingsUnused(config, { policy, embedding: wanted });
  if (unused) throw new CliError(unused.message, { wayOut: unused.suggestion });
  const { rows, kind } = await withEmbeddings(read, file ?? policyShelf(config).inForce, config, terminal);
  if (kind.dimensions !== wanted?.dimensions)
    throw new CliError(
      `The endpoint answers with ${kind.dimensions} numbers, and the policy ${policy} was trained on ${wanted?.dimensions}.`,
      { wayOut: 'Set "embeddings.dimensions", or train the policy anew.' },
    );
  return rows;
};

/** A policy names what it was made of. */
const tellLearnt = (file: string, sources: TrainOptions['sources'], terminal: Terminal): void => {
  const learnt = new Set(policyFileFrom(file, terminal).policy.sources.map(({ name }) => name));
  const shared = sources.flatMap(({ name }) => (learnt.has(name) ? [name] : []));
  if (shared.length > 0)
    terminal.tell(
      terminal.paintTold.yellow(
        `${file} says that it learnt from ${shared.join(', ')}: on the same rows it looks better than it is.`,
      ),
    );
};

/** Rows that stand in both would flatter the policy. */
const tellShared = (
  rows: readonly TrainingRow[],
  training: readonly TrainingRow[] | undefined,
  { tell, paintTold }: Terminal,
): void => {
  if (!training) return;
  const seen = new Set(training.map(({ id }) => id));
  const shared = rows.filter(({ id }) => seen.has(id)).length;
  if (shared > 0)
    tell(
      paintTold.yellow(
        `${shared} of ${rows.length} rows stand in the training files, too: a policy that has seen them looks better than it is.`,
      ),
    );
};
