import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasSources } from './default-policy/sources.ts';
import { defaultPolicy, readRows, writtenPolicy } from './train-default-policy.ts';

const committed = readFileSync(
  join(import.meta.dirname, '../src/routing/classifier/default-policy.json'),
  'utf8',
);

it.skipIf(!hasSources)(
  'makes the policy that ships, bit for bit (needs ../shared/data)',
  async () => {
    const { policy, told } = defaultPolicy(await readRows());

    expect(writtenPolicy(policy)).toBe(committed);
    for (const { coverage, sentDown, hard } of told) {
      expect(coverage).toBeGreaterThanOrEqual(0.95);
      expect(hard).toBeGreaterThan(10);
      expect(sentDown).toBe(0);
    }
  },
  60_000,
);
