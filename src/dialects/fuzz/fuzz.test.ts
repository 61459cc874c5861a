import { expect, it } from 'vitest';
import { createRandom } from '../../simulator/chance.ts';
import { dialects } from '../index.ts';
import { createFuzzer } from './fuzz.cases.ts';

/** `npm run fuzz` does a hundred times as many, with a seed of the day. */
const rounds = 10_000;

it('no mutant of a known body, answer or stream crashes a dialect, hangs it, or is told wrongly to another', () => {
  const fuzzer = createFuzzer(dialects, createRandom('fuzz', 1));

  for (let round = 0; round < rounds; round += 1) {
    const crash = fuzzer.next();
    expect(crash && { ...crash, error: crash.error.stack }).toBeUndefined();
  }
}, 120_000);
