import { existsSync, readFileSync } from 'node:fs';
import type { Config } from '../../app/config.ts';
import { isHeldBack, policyPlace, policyShelf, shippedPolicyFile } from '../../app/policy-file.ts';
import { GatewayError } from '../../core/errors.ts';
import {
  type PolicyShelf,
  putInForce,
  readShelf,
  rollBack,
  type Shelvable,
} from '../../learning/policy-shelf.ts';
import { readPolicy } from '../../routing/classifier/read-policy.ts';
import { CliError } from '../cli-error.ts';
import type { CommandInput } from '../commands/command.ts';
import type { publishOptions } from '../commands/publish.ts';
import { configOf } from '../config-of.ts';
import { jsonText } from '../json-text.ts';
import type { Terminal } from '../terminal.ts';
import { policyFileFrom } from './policy-input.ts';

type PublishInput = CommandInput<typeof publishOptions>;

/** `tierwise publish` */
export const runPublish = async (
  { options: { config: configFile, rollback, json }, parameters: { file } }: PublishInput,
  terminal: Terminal,
): Promise<void> => {
  if ((file === undefined) !== rollback)
    throw new CliError(rollback ? '--rollback takes no file.' : 'There is nothing to publish.', {
      exitCode: 2,
      wayOut: 'Name a policy file, or --rollback.',
    });
  const { config } = configOf(configFile, terminal, { isPolicyToCome: true });
  const shelf = shelfOf(config);
  const told = file === undefined ? goBack(shelf, terminal) : putNew(shelf, file, terminal);
  const kept = readShelf(shelf).published.map(({ policy }) => policy);
  if (json) return terminal.print(jsonText({ ...told, place: shelf.inForce, kept }));
  const { print, paint } = terminal;
  print(`before     ${told.before ?? 'none'}`);
  print(`${paint.green('in force')}   ${paint.bold(told.inForce)}  ${paint.dim(shelf.inForce)}`);
  print(paint.dim(`kept       ${kept.join(', ')}`));
};

interface Change {
  readonly before: string | null;
  readonly inForce: string;
}

const putNew = (shelf: PolicyShelf, file: string, terminal: Terminal): Change => {
  const { bytes } = policyFileFrom(file, terminal);
  // whole, and not only its head: what cannot be asked is never put in force
  const { policy } = checked(file, bytes);
  const before = inForceNow(shelf, terminal);
  if (before?.policy === policy) return { before: policy, inForce: policy };
  putInForce(shelf, { policy, bytes }, before, terminal.world.now());
  return { before: before?.policy ?? null, inForce: policy };
};

const goBack = (shelf: PolicyShelf, terminal: Terminal): Change => {
  const { from, to } = rollBack(shelf, terminal.world.now());
  return { before: from, inForce: to };
};

/** Where the configuration has its policy; a place that nobody reads is none. */
const shelfOf = (config: Config): PolicyShelf => {
  const shelf = policyShelf(config);
  if (!policyPlace(config))
    throw new CliError('The configuration names no policy, so that none would be read.', {
      wayOut: 'Add "policy: policy.json" (or "learning: {}") to it; publishing then puts the file there.',
    });
  if (isHeldBack(shelf))
    throw new CliError(
      `The configuration holds one of the policies that are kept in force: ${shelf.inForce}.`,
      {
        wayOut: 'Name another file under "policy", or leave it out.',
      },
    );
  return shelf;
};

const inForceNow = ({ inForce }: PolicyShelf, { tell, paintTold }: Terminal): Shelvable | undefined => {
  const path = existsSync(inForce) ? inForce : shippedPolicyFile();
  if (path === undefined) return undefined;
  const bytes = readFileSync(path);
  try {
    return { policy: readPolicy(bytes).policy, bytes };
  } catch (cause) {
    if (!(cause instanceof GatewayError)) throw cause;
    tell(paintTold.yellow(`What stood at ${path} is not kept. ${cause.message}`));
    return undefined;
  }
};

const checked = (file: string, bytes: Uint8Array): { readonly policy: string } => {
  try {
    return readPolicy(bytes);
  } catch (cause) {
    throw new CliError(`${file}: ${(cause as Error).message}`, { cause });
  }
};
