import type { DialectName } from '../../core/model.ts';
import { dialects } from '../../dialects/index.ts';

const apis: Readonly<Record<DialectName, string>> = {
  'openai-chat': 'Chat Completions',
  'openai-responses': 'the Responses API',
  'anthropic-messages': 'Anthropic Messages',
  gemini: "Gemini's own API",
};

/** Why what is to be had on these protocols only cannot be had here: "… which Tierwise does not speak yet". */
export const elsewhere = (only: readonly DialectName[], spoken: readonly DialectName[]): string => {
  if (only.length === 0) return 'on no known protocol';
  const isSpoken = only.some((name) => dialects.some((dialect) => dialect.name === name));
  const named = only.map((name) => apis[name]).join(' and ');
  return isSpoken
    ? `only on ${named}, and its provider is spoken to on ${spoken.map((name) => apis[name]).join(' and ')}`
    : `only on ${named}, which Tierwise does not speak yet`;
};
