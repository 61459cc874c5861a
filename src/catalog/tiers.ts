import type { Tier } from '../core/model.ts';

/**
 * A maker's line-up, told by names: the first pattern that matches a model's name says its tier.
 * Hosts sell other makers' models, so every provider is read against the same list.
 */
const lineUps: readonly (readonly [pattern: RegExp, tier: Tier])[] = [
  // OpenAI
  [/gpt-[\d.]+-(?:nano|luna)|gpt-4o-mini|gpt-4\.1-mini|gpt-3\.5|gpt-oss-20b/, 'light'],
  [/gpt-[\d.]+-pro|o\d-pro/, 'frontier'],
  [/gpt-[\d.]+-(?:mini|terra)|codex-spark|o\d-mini|gpt-oss-120b/, 'mid'],
  [/gpt-|^o\d(?!\w)/, 'frontier'],
  // Anthropic
  [/haiku/, 'light'],
  [/sonnet/, 'mid'],
  [/claude.*(?:opus|fable|mythos)/, 'frontier'],
  // Google
  [/gemini.*flash-lite|gemini.*flash-8b|gemini.*nano/, 'light'],
  [/gemini.*flash/, 'mid'],
  [/gemini.*pro/, 'frontier'],
  [/gemma/, 'light'],
  // Mistral
  [
    /ministral|mistral-(?:small|nemo|7b)|open-mistral|mixtral-8x7b|devstral-small|magistral-small|voxtral|pixtral-12b/,
    'light',
  ],
  [/mistral-medium|codestral|devstral|mixtral-8x22b/, 'mid'],
  [/magistral-medium|mistral-large|pixtral-large/, 'frontier'],
  // DeepSeek, xAI
  [/deepseek.*flash/, 'light'],
  [/deepseek.*(?:pro|reasoner|r1)/, 'frontier'],
  [/grok.*(?:mini|fast|build|non-reasoning)/, 'mid'],
  [/grok/, 'frontier'],
  // Meta, Qwen, Z.ai, Moonshot, MiniMax, Cohere
  [/llama.*(?:-8b|-3b|-1b|scout)/, 'light'],
  [/llama.*(?:70b|maverick)/, 'mid'],
  [/llama.*405b/, 'frontier'],
  [/qwen.*(?:flash|turbo|-[1-9]b|-14b|30b-a3b|35b-a3b)/i, 'light'],
  [/qwen.*(?:plus|27b|32b|72b|80b|122b|next)/i, 'mid'],
  [/qwen.*(?:max|235b|397b|480b|2\.?p?4t|a95b)/i, 'frontier'],
  [/glm.*(?:flash|air)/i, 'light'],
  [/glm/i, 'frontier'],
  [/kimi/i, 'frontier'],
  [/minimax.*highspeed|minimax/i, 'mid'],
  [/command-r7b|command.*light/, 'light'],
  [/command-a/, 'frontier'],
  [/command/, 'mid'],
];

/** A model's place in its maker's line-up; undefined where none is known. */
export const lineUpTier = (name: string): Tier | undefined => {
  const bare = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return lineUps.find(([pattern]) => pattern.test(bare))?.[1];
};

/**
 * The price bands of the field, for models of no known line-up: blended (3 input : 1 output) under
 * $1 per million is light, under $10 mid, from there frontier; the published bands leave 10 to 15
 * open, and a model dearer than every mid model is no bargain to be taken for one.
 */
export const priceBandTier = (blendedUsd: number): Tier =>
  blendedUsd < 1 ? 'light' : blendedUsd < 10 ? 'mid' : 'frontier';
