import { readFileSync } from 'node:fs';
import { readPolicy, readPolicyFile } from '../routing/classifier/read-policy.ts';
import type { LearnParts } from './continuous.ts';
import { goOn } from './go-on.ts';
import { policyBytes } from './publish.ts';

/** Learning as the running gateway does it. `shipped`: the file of the policy that ships with the package. */
export const learnParts = (shipped: string | undefined): Omit<LearnParts, 'reader'> => ({
  read: (bytes) => ({ predictor: readPolicy(bytes), file: readPolicyFile(bytes) }),
  builtIn: () => (shipped === undefined ? undefined : readFileSync(shipped)),
  learn: goOn,
  write: policyBytes,
});
