import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { GatewayError } from '../core/errors.ts';
import { replaceFile } from '../kit/replace-file.ts';
import { largestPolicyBytes, type PolicyFile } from '../routing/classifier/policy.ts';

/** A policy as bytes: the same policy, the same bytes. Throws `invalid-config` where it is too large to be read. */
export const policyBytes = (file: PolicyFile): Buffer => {
  const bytes = Buffer.from(`${JSON.stringify(file)}\n`);
  if (bytes.byteLength > largestPolicyBytes)
    throw new GatewayError(
      'invalid-config',
      `The policy of ${file.models.length} models has ${bytes.byteLength} bytes, and gateways read ${largestPolicyBytes} at most: train it on fewer models.`,
    );
  return bytes;
};

/** Whoever reads the path meets the old policy or the new one, never half of it. */
export const publishPolicy = (path: string, file: PolicyFile): void => {
  const bytes = policyBytes(file);
  mkdirSync(dirname(path), { recursive: true });
  replaceFile(path, bytes);
};
