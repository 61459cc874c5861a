import { defineGate } from './gate.ts';

/** What exists in one wire protocol only cannot go to a provider of another. */
export const nativeOnly = defineGate({
  name: 'native-only',
  isPassing: false,
  check: ({ provider }, { request, features, dialectOf }) => {
    if (dialectOf(provider) === request.dialect) return undefined;
    if (features.hasHostedTools) return 'tools that a vendor runs are never mapped to another vendor';
    if (features.hasFileIds) return 'file ids belong to the account they were uploaded to';
    if (request.choices > 1) return 'it gives one answer at a time';
    return request.logprobs ? 'log probabilities do not survive translation' : undefined;
  },
});
