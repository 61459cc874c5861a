import { readFileSync } from 'node:fs';
import { readPolicy, readPolicyFile } from '../routing/classifier/read-policy.ts';
import type { LearnParts } from './continuous.ts';
import { policyBytes } from './publish.ts';
import { extendPolicy } from './trainers/extend-policy.ts';
import { hierarchical } from './trainers/hierarchical.ts';

/** Learning as the running gateway does it. `shipped`: the file of the policy that ships with the package. */
export const learnParts = (shipped: string | undefined): Omit<LearnParts, 'reader'> => ({
  read: (bytes) => ({ predictor: readPolicy(bytes), file: readPolicyFile(bytes) }),
  builtIn: () => (shipped === undefined ? undefined : readFileSync(shipped)),
  learn: (base, rows, options) =>
    base ? extendPolicy(base, rows, options) : hierarchical.train(rows, options),
  write: policyBytes,
});
