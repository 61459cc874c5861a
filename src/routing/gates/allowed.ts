import { globTest } from '../../kit/glob.ts';
import { defineGate } from './gate.ts';

/** Patterns come from keys: a handful of texts, compiled once each. */
const tests = new Map<string, (text: string) => boolean>();

const testOf = (pattern: string): ((text: string) => boolean) => {
  let test = tests.get(pattern);
  if (!test) {
    test = globTest(pattern);
    tests.set(pattern, test);
  }
  return test;
};

export const allowed = defineGate({
  name: 'allowed',
  isPassing: false,
  check: ({ id }, { allowedModels }) =>
    allowedModels === undefined || allowedModels.some((pattern) => testOf(pattern)(id))
      ? undefined
      : 'the key may not use it',
});
