import { defineGate } from './gate.ts';

export const outputForm = defineGate({
  name: 'schema',
  isPassing: false,
  check: ({ capabilities: { structuredOutput } }, { features: { structured } }) => {
    if (structured === 'schema' && structuredOutput !== 'schema')
      return 'its answers cannot be held to a schema';
    return structured === 'json' && structuredOutput === 'none'
      ? 'its answers cannot be held to JSON'
      : undefined;
  },
});

export const prefill = defineGate({
  name: 'prefill',
  isPassing: false,
  check: ({ capabilities }, { features }) =>
    features.hasPrefill && !capabilities.prefill
      ? 'it refuses to go on with a last assistant turn'
      : undefined,
});
