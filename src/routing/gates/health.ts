import { defineGate } from './gate.ts';

export const health = defineGate({
  name: 'health',
  isPassing: true,
  check: (model, { isHealthy }) =>
    isHealthy(model) ? undefined : 'it failed just now and is left alone for a while',
});
