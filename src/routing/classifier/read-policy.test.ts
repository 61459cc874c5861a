import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../core/errors.ts';
import { madeUpRows, pair } from '../../learning/trainers/made-up-rows.cases.ts';
import { prior } from '../../learning/trainers/prior.ts';
import type { PolicyFile } from './policy.ts';
import { readPolicy, readPolicyFile } from './read-policy.ts';
import { sealPolicy } from './seal.ts';

const file = prior.train(madeUpRows({ rows: 30, models: pair }), {
  name: 'own',
  seed: 1,
  sources: [
    { name: 'made up', rows: 30, licence: 'CC0' },
    { name: 'ledger', rows: 3 },
  ],
});
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const resealed = (change: Partial<PolicyFile>): Buffer => {
  const { hash: _, ...rest } = { ...file, ...change };
  return bytesOf(sealPolicy(rest));
};

const refusal = (bytes: Uint8Array): GatewayError => {
  try {
    readPolicy(bytes);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('it was read');
};

describe('readPolicy', () => {
  it('reads what was written', () => {
    expect(readPolicyFile(bytesOf(file))).toEqual(file);
    expect(readPolicy(bytesOf(file)).policy).toBe(`own@${file.hash.slice(0, 8)}`);
  });

  it('reads it with its fields in another order', () => {
    const turned = Object.fromEntries(Object.entries(file).reverse());

    expect(readPolicyFile(bytesOf(turned))).toEqual(file);
  });

  it.each([
    ['no JSON', Buffer.from('{"format":'), /no JSON.*publish it again/],
    ['another format', bytesOf({ format: 'other/2' }), /tierwise train/],
    ['a field missing', bytesOf({ ...file, seed: undefined }), /"seed".*publish it again/],
    ['other features', resealed({ featureSet: 'words/0' }), /words\/0.*train it again/],
    ['something changed', bytesOf({ ...file, seed: 2 }), /changed or cut/],
    ['other heads', resealed({ heads: {} }), /heads of another shape.*train it again/],
    [
      'heads that do not fit their basis',
      resealed({ heads: { ...file.heads, weights: 'AAAA' } }),
      /heads of another shape/,
    ],
    ['too many bytes', Buffer.alloc(5_000_001), /5000001 bytes.*fewer models/],
  ])('refuses %s and tells the way out', (_, bytes, words) => {
    const error = refusal(bytes);

    expect(error.code).toBe('invalid-config');
    expect(error.message).toMatch(words);
  });
});
