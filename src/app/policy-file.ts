import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GatewayError } from '../core/errors.ts';
import type { Predictor } from '../core/prediction.ts';
import type { PolicyShelf } from '../learning/policy-shelf.ts';
import { largestPolicyBytes } from '../routing/classifier/policy.ts';
import { readPolicy } from '../routing/classifier/read-policy.ts';
import type { Config } from './config.ts';

/** Where a configuration's policy is. */
export interface PolicyPlace {
  /** Absolute. */
  readonly path: string;
  /** False where it is only to come: until then the one that ships with the package holds. */
  readonly isRequired: boolean;
}

type PolicyConfig = Pick<Config, 'policy' | 'learning' | 'ledger'>;

/** The file that is in force; undefined where only the policy that ships with the package can be. */
export const policyPlace = (config: PolicyConfig): PolicyPlace | undefined => {
  const { policy, learning } = config;
  if (policy === undefined && !learning) return undefined;
  return { path: policyShelf(config).inForce, isRequired: policy !== undefined };
};

/** Where learning puts the policies that it makes, and where older ones are kept. */
export const policyShelf = ({ policy, ledger }: PolicyConfig): PolicyShelf => {
  const folder = join(ledger.path, 'policies');
  return { folder, inForce: policy ?? join(folder, learntName) };
};

/** Whether the configuration names one of the policies that are kept to go back to: then it shall stay. */
export const isHeldBack = ({ folder, inForce }: PolicyShelf): boolean =>
  dirname(inForce) === folder && basename(inForce) !== learntName;

const learntName = 'policy.json';

/**
 * The policy of a file; undefined where there is no such file. Throws GatewayError `invalid-config` with the
 * reason where it cannot be used.
 */
export const policyAt = (path: string): Predictor | undefined => {
  const bytes = bytesOf(path);
  return bytes && readPolicy(bytes);
};

/** The policy that a configuration puts in force. Throws where the file that it names cannot be used. */
export const policyOf = (config: PolicyConfig): Predictor | undefined => {
  const place = policyPlace(config);
  if (!place) return shippedPolicy();
  try {
    const found = policyAt(place.path);
    if (found || !place.isRequired) return found ?? shippedPolicy();
  } catch (cause) {
    if (place.isRequired) throw cause;
    return shippedPolicy();
  }
  throw new GatewayError('invalid-config', `There is no policy file ${place.path}.`);
};

/** The file of the policy that ships with the package; undefined where none does. */
export const shippedPolicyFile = (): string | undefined => {
  const path = fileURLToPath(new URL('../routing/classifier/default-policy.json', import.meta.url));
  return existsSync(path) ? path : undefined;
};

/** The policy that ships with the package, ready to be asked. */
export const shippedPolicy = (): Predictor | undefined => {
  const path = shippedPolicyFile();
  return path === undefined ? undefined : policyAt(path);
};

const bytesOf = (path: string): Buffer | undefined => {
  try {
    // before it is in memory
    const { size } = statSync(path);
    if (size > largestPolicyBytes)
      throw new GatewayError(
        'invalid-config',
        `The policy file has ${size} bytes, and at most ${largestPolicyBytes} are read: train it on fewer models.`,
      );
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ENOENT') return undefined;
    throw new GatewayError('invalid-config', `The policy file cannot be read (${code}).`, { cause });
  }
};
