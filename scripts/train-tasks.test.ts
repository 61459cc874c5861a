import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasRecorded, readPhrases, readRecorded } from './tasks/examples.ts';
import { train } from './train-tasks.ts';

it.skipIf(!hasRecorded)('learns the weights that are committed, bit for bit (needs ../shared/data)', () => {
  const committed = readFileSync(join(import.meta.dirname, '../src/features/task/weights.json'), 'utf8');

  expect(train([...readPhrases('train'), ...readRecorded('train')])).toBe(committed);
});
