import type { JsonObject } from '../core/json.ts';
import { countRequest } from '../dialects/anthropic-messages/index.ts';
import { describe } from '../features/index.ts';

/** Tokens of a prompt by our own estimate: good for a context gauge, never for a bill. */
export const countTokens = (body: JsonObject, bodyBytes: number): { readonly input_tokens: number } => ({
  input_tokens: describe(countRequest(body), bodyBytes).features.promptTokens,
});
