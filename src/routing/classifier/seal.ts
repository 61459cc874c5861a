import { createHash } from 'node:crypto';
import type { PolicyFile } from './policy.ts';

/** The hash of a policy: of everything else in it, whatever the order of its fields. */
export const hashOfPolicy = ({ hash: _, ...rest }: PolicyFile): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(rest)))
    .digest('hex');

export const sealPolicy = (unsealed: Omit<PolicyFile, 'hash'>): PolicyFile => {
  const file = { ...unsealed, hash: '' };
  return { ...file, hash: hashOfPolicy(file) };
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields.sort(([left], [right]) => (left < right ? -1 : 1)).map(([name, field]) => [name, sorted(field)]),
  );
};
