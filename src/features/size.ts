import { estimateTokens } from './estimate-tokens.ts';
import { defineFeature } from './feature.ts';
import { promptTokens } from './tokens.ts';

export const size = defineFeature({
  name: 'size',
  read: ({ request, ask }) => {
    const askTokens = estimateTokens(ask);
    return {
      promptTokens: promptTokens(request, { text: ask, tokens: askTokens }),
      askTokens,
      maxOutputTokens: request.maxOutputTokens ?? null,
    };
  },
});
