import { expect, it } from 'vitest';
import { stalePages } from './write-reference.ts';

it('has reference pages that say what the code says (npm run write-reference)', () => {
  expect(stalePages()).toEqual([]);
});
