import { openaiCompatible } from './openai-compatible.ts';
import { defineProvider } from './provider.ts';

/**
 * Per docs and reports: a field it does not know is a 422, ids of calls have nine letters or digits, and
 * usage comes with the last chunk unasked (`stream_options` is one of the fields it does not know).
 */
export const mistral = defineProvider({
  ...openaiCompatible,
  type: 'mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  surfaces: ['embeddings', 'moderations', 'audio', 'files'],
  keyVariables: ['MISTRAL_API_KEY'],
  needsKey: true,
  catalogue: 'mistral',
  quirks: {
    ...openaiCompatible.quirks,
    hasNoStreamOptions: true,
    callIds: 'nine-alphanumerics',
    refusedFields: fieldsOf(
      'logit_bias logprobs top_logprobs seed user safety_identifier store service_tier verbosity prompt_cache_key prompt_cache_retention modalities',
    ),
    refusedMessageFields: ['refusal', 'annotations', 'audio', 'reasoning_content', 'reasoning'],
  },
});

function fieldsOf(names: string): readonly string[] {
  return names.split(' ');
}
