import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../core/errors.ts';
import { madeUpRows, pair } from '../../learning/trainers/made-up-rows.cases.ts';
import { prior } from '../../learning/trainers/prior.ts';
import { packFloats, unpackFloats } from './packed.ts';
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

const withHeads = (change: object): Buffer => resealed({ heads: { ...file.heads, ...change } });
const withBasis = (change: object): Buffer =>
  withHeads({ basis: { ...(file.heads.basis as object), ...change } });
/** As many figures as a text of the file holds, all the same. */
const allOf = (text: unknown, figure: number): string =>
  packFloats(unpackFloats(text as string).map(() => figure));
const learnt = file.heads.models as readonly object[];
const priors = file.heads.tiers as readonly object[];
const nested = (depth: number): Buffer =>
  Buffer.from(
    JSON.stringify(file).replace('"heads":{', `"heads":{"deep":${'['.repeat(depth)}${']'.repeat(depth)},`),
  );

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
    ['a tier twice', withHeads({ tiers: [priors[0], priors[0], priors[1]] }), /heads of another shape/],
    [
      'weights that are none',
      withHeads({ scales: allOf(file.heads.scales, Number.NaN) }),
      /heads of another shape/,
    ],
    [
      'weights without end',
      withHeads({ scales: allOf(file.heads.scales, Infinity) }),
      /heads of another shape/,
    ],
    [
      'weights beyond reason',
      withHeads({ scales: allOf(file.heads.scales, 1e30) }),
      /heads of another shape/,
    ],
    [
      'counts that are none',
      withHeads({ shared: allOf(file.heads.shared, Number.NaN) }),
      /heads of another shape/,
    ],
    [
      'a scale that is none',
      withBasis({ scales: allOf((file.heads.basis as { scales: string }).scales, Number.NaN) }),
      /heads of another shape/,
    ],
    [
      'answers without end',
      withHeads({ models: learnt.map((one) => ({ ...one, answers: { base: 1, p90: 1, mean: 1e300 } })) }),
      /heads of another shape/,
    ],
    [
      'doubt without end',
      withHeads({ models: learnt.map((one) => ({ ...one, spread: 1e200 })) }),
      /heads of another shape/,
    ],
    [
      'no doubt at all',
      withHeads({ models: learnt.map((one) => ({ ...one, spread: 1e-300 })) }),
      /heads of another shape/,
    ],
    [
      'half a million sources',
      resealed({ sources: Array<never>(500_000).fill({} as never) }),
      /"sources" \(Too big/,
    ],
    [
      'a hundred thousand metrics',
      resealed({
        metrics: Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`m${at}`, 'x' as never])),
      }),
      /damaged at "metrics"/,
    ],
    ['what is nested without end', nested(200_000), /changed or cut/],
  ])('refuses %s and tells the way out', (_, bytes, words) => {
    const error = refusal(bytes);

    expect(error.code).toBe('invalid-config');
    expect(error.message).toMatch(words);
  });

  it.each([
    ['features of its own', resealed({ featureSet: `\u001b[2J\n${'x'.repeat(100_000)}` })],
    ['a field of its own', bytesOf({ ...file, [`\u001b[2J\n${'k'.repeat(100_000)}`]: 1 })],
  ])('shows of %s a few plain words only', (_, bytes) => {
    const { message } = refusal(bytes);

    expect(message.length).toBeLessThan(500);
    expect(message).toMatch(/^[\x20-\x7e]*$/);
  });
});
