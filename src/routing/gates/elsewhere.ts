import type { DialectName } from '../../core/model.ts';

const apis: Readonly<Record<DialectName, string>> = {
  'openai-chat': 'Chat Completions',
  'openai-responses': 'the Responses API',
  'anthropic-messages': 'Anthropic Messages',
  gemini: "Gemini's own API",
};

/** Why what is to be had on these protocols only cannot be had here. */
export const elsewhere = (only: readonly DialectName[], spoken: readonly DialectName[]): string =>
  only.length === 0
    ? 'on no known protocol'
    : `only on ${named(only)}, and its provider is spoken to on ${named(spoken)}`;

const named = (dialects: readonly DialectName[]): string => dialects.map((name) => apis[name]).join(' and ');
