import { z } from 'zod';
import { GatewayError } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import { tiers } from '../../core/model.ts';
import type { Predictor } from '../../core/prediction.ts';
import { featureSet } from './basis.ts';
import { largestPolicyBytes, type PolicyFile } from './policy.ts';
import { createPredictor } from './predictor.ts';
import { hashOfPolicy } from './seal.ts';

const format = 'tierwise-policy/1';

/** Counted before they are read: millions of wrong entries are as many complaints. */
const few = (most: number) => z.array(z.unknown()).max(most);
const mostMetrics = 10_000;

const policyFile = z.strictObject({
  format: z.literal(format),
  name: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  featureSet: z.string(),
  trainer: z.string(),
  seed: z.int(),
  sources: few(1000).pipe(
    z.array(z.strictObject({ name: z.string(), rows: z.number(), licence: z.string().optional() })),
  ),
  models: few(1000).pipe(
    z.array(z.strictObject({ name: z.string(), tier: z.enum(tiers), rows: z.number() })),
  ),
  metrics: z
    .custom<object>((value) => isObject(value) && Object.keys(value).length <= mostMetrics)
    .pipe(z.record(z.string(), z.number())),
  heads: z.record(z.string(), z.unknown()),
});

/** A policy file that is whole and fits this gateway's features. Throws `invalid-config` with the way out. */
export const readPolicyFile = (bytes: Uint8Array): PolicyFile => {
  if (bytes.byteLength > largestPolicyBytes)
    throw refused(
      `has ${bytes.byteLength} bytes, and at most ${largestPolicyBytes} are read: train it on fewer models`,
    );
  const value = parsed(bytes);
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== format)
    throw refused(`is no "${format}" file: make one with "tierwise train"`);
  const read = policyFile.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw refused(
      `is damaged at "${shown(issue?.path.join('.'))}" (${shown(issue?.message)}): publish it again`,
    );
  }
  const file = withoutHoles(read.data);
  if (file.featureSet !== featureSet)
    throw refused(
      `was trained on the features "${shown(file.featureSet)}", and this gateway reads "${featureSet}": train it again with this version`,
    );
  if (!isWhole(file))
    throw refused('does not hold what its hash says, so it was changed or cut: publish it again');
  return file;
};

/** Reads a policy and makes it ready to be asked, in one step: whatever is wrong with it is told here. */
export const readPolicy = (bytes: Uint8Array): Predictor => {
  const file = readPolicyFile(bytes);
  try {
    return createPredictor(file);
  } catch (cause) {
    throw refused(`has heads of another shape: train it again with this version`, cause);
  }
};

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw refused('is no JSON: publish it again', cause);
  }
};

/** What is nested so deep that it cannot be written was never written by us. */
const isWhole = (file: PolicyFile): boolean => {
  try {
    return hashOfPolicy(file) === file.hash;
  } catch {
    return false;
  }
};

/** Words of the file's own go into logs and terminals: a few, and nothing that moves a cursor. */
const shown = (text = ''): string => text.slice(0, 100).replaceAll(/[^\x20-\x7e]/g, '?');

const withoutHoles = ({ sources, ...rest }: z.infer<typeof policyFile>): PolicyFile => ({
  ...rest,
  sources: sources.map(({ name, rows, licence }) => ({
    name,
    rows,
    ...(licence !== undefined && { licence }),
  })),
});

const refused = (why: string, cause?: unknown): GatewayError =>
  new GatewayError('invalid-config', `The policy file ${why}.`, { cause });
