import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../../app/config.ts';
import { policyAt, policyOf } from '../../app/policy-file.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Predictor } from '../../core/prediction.ts';
import { publishPolicy } from '../../learning/publish.ts';
import type { PolicyFile } from '../../routing/classifier/policy.ts';
import { readPolicyFile } from '../../routing/classifier/read-policy.ts';
import { CliError } from '../cli-error.ts';
import type { Terminal } from '../terminal.ts';

/** The policy of a file, ready to be asked; without a file, the one that the configuration puts in force. */
export const predictorFrom = (
  file: string | undefined,
  config: Config,
  { folder }: Pick<Terminal, 'folder'>,
): Predictor => {
  if (file === undefined) {
    const inForce = policyOf(config);
    if (inForce) return inForce;
    throw new CliError('No policy is in force.', {
      wayOut: 'Name one: --policy FILE. "tierwise train" makes one.',
    });
  }
  const found = named(file, () => policyAt(resolve(folder, file)));
  if (found) return found;
  throw new CliError(`There is no file ${file}.`);
};

/** The bytes of a policy file, and what it says of itself, checked. */
export const policyFileFrom = (
  file: string,
  { folder }: Pick<Terminal, 'folder'>,
): { readonly bytes: Buffer; readonly policy: PolicyFile } =>
  named(file, () => {
    const bytes = readFileSync(resolve(folder, file));
    return { bytes, policy: readPolicyFile(bytes) };
  });

export const writePolicyFile = (
  file: string,
  policy: PolicyFile,
  { folder }: Pick<Terminal, 'folder'>,
): void => {
  try {
    publishPolicy(resolve(folder, file), policy);
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new CliError(`${file} cannot be written (${(cause as NodeJS.ErrnoException).code}).`, { cause });
  }
};

/** "own@3f2a9c41" */
export const versionOf = ({ name, hash }: PolicyFile): string => `${name}@${hash.slice(0, 8)}`;

const named = <Result>(file: string, read: () => Result): Result => {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof GatewayError) throw new CliError(`${file}: ${cause.message}`, { cause });
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CliError(`There is no file ${file}.`, { cause });
    throw new CliError(`${file} cannot be read (${code}).`, { cause });
  }
};
