import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPolicyFile } from '../routing/classifier/read-policy.ts';
import { sealPolicy } from '../routing/classifier/seal.ts';
import { policyBytes, publishPolicy } from './publish.ts';
import { smallPolicy } from './small-policy.cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'publish-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('publishPolicy', () => {
  const file = smallPolicy({ small: 0.5, large: 0.9 });

  it('leaves the whole policy and nothing beside it, in folders that were not there', () => {
    const path = join(folder, 'new', 'policy.json');

    publishPolicy(path, smallPolicy({ small: 0.1 }));
    publishPolicy(path, file);

    expect(readPolicyFile(readFileSync(path))).toEqual(file);
    expect(readdirSync(join(folder, 'new'))).toEqual(['policy.json']);
  });

  it('refuses what no gateway would read, and keeps what was there', () => {
    const path = join(folder, 'policy.json');
    publishPolicy(path, file);
    const { hash: _, ...rest } = file;
    const large = sealPolicy({ ...rest, heads: { ...file.heads, weights: 'A'.repeat(5_000_000) } });

    expect(() => publishPolicy(path, large)).toThrow(/fewer models/);
    expect(readFileSync(path)).toEqual(policyBytes(file));
  });
});
