import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasRecorded } from './tasks/examples.ts';
import { train, trainingExamples, written } from './train-tasks.ts';

const committed = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../src/features/task', name), 'utf8');

it.skipIf(!hasRecorded)('learns the weights that are committed, bit for bit (needs ../shared/data)', () => {
  const { lexicon, grams } = train(trainingExamples());

  expect(written(lexicon)).toBe(committed('lexicon-weights.json'));
  expect(written(grams)).toBe(committed('gram-weights.json'));
});
