import { estimateTokens } from './estimate-tokens.ts';
import { defineFeature } from './feature.ts';
import { promptTokens } from './tokens.ts';

export const size = defineFeature({
  name: 'size',
  read: ({ request, ask }) => ({
    promptTokens: promptTokens(request),
    askTokens: estimateTokens(ask),
    maxOutputTokens: request.maxOutputTokens ?? null,
  }),
});
