import { describe, expect, it } from 'vitest';
import type { Tier } from '../core/model.ts';
import { placeOf, priceBandTier, tierOf } from './tiers.ts';

describe('a tier', () => {
  it.each<[string, string, Tier]>([
    ['gpt-5-nano', 'openai', 'light'],
    ['gpt-5.4-nano', 'openai', 'light'],
    ['gpt-6-luna', 'openai', 'light'],
    ['gpt-4o-mini', 'openai', 'light'],
    ['gpt-3.5-turbo', 'openai', 'light'],
    ['gpt-4.1-mini', 'openai', 'mid'],
    ['gpt-5-mini', 'openai', 'mid'],
    ['gpt-6.1-terra', 'openai', 'mid'],
    ['gpt-5.1-codex-mini', 'openai', 'mid'],
    ['o4-mini', 'openai', 'mid'],
    ['gpt-4o', 'openai', 'frontier'],
    ['gpt-4o-2024-11-20', 'openai', 'frontier'],
    ['gpt-4-turbo', 'openai', 'frontier'],
    ['gpt-5', 'openai', 'frontier'],
    ['gpt-5.4', 'openai', 'frontier'],
    ['gpt-5.4-pro', 'openai', 'frontier'],
    ['gpt-5.3-codex', 'openai', 'frontier'],
    ['gpt-6-sol', 'openai', 'frontier'],
    ['gpt-6-astra', 'openai', 'frontier'],
    ['o3', 'openai', 'frontier'],
    ['openai/gpt-oss-120b', 'openai', 'mid'],
    ['accounts/fireworks/models/gpt-oss-20b', 'openai', 'light'],
    ['claude-haiku-4-5', 'anthropic', 'light'],
    ['claude-haiku-5-5', 'anthropic', 'light'],
    ['anthropic/claude-sonnet-4.6', 'anthropic', 'mid'],
    ['claude-sonnet-5', 'anthropic', 'mid'],
    ['claude-opus-5-5[1m]', 'anthropic', 'frontier'],
    ['claude-fable-5-1', 'anthropic', 'frontier'],
    ['gemini-2.5-flash-lite', 'google', 'light'],
    ['gemini-3.8-flash', 'google', 'mid'],
    ['google/gemini-3.1-pro-preview', 'google', 'frontier'],
    ['gemma-4-31b-it', 'google', 'light'],
    ['ministral-8b-latest', 'mistral', 'light'],
    ['mistral-small-2603', 'mistral', 'light'],
    ['mistral-medium-2604', 'mistral', 'mid'],
    ['mistral-large-2512', 'mistral', 'frontier'],
    ['deepseek-v4-flash', 'deepseek', 'mid'],
    ['deepseek-ai/DeepSeek-V4-Pro-0813', 'deepseek', 'frontier'],
    ['accounts/fireworks/models/deepseek-v4p1-flash', 'deepseek', 'mid'],
    ['grok-3-mini', 'xai', 'light'],
    ['x-ai/grok-4.7', 'xai', 'frontier'],
    ['llama-3.1-8b-instant', 'meta', 'light'],
    ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'meta', 'mid'],
    ['meta-llama/llama-3.1-405b-instruct', 'meta', 'frontier'],
    ['qwen3:8b', 'alibaba', 'light'],
    ['llama3.1:70b', 'meta', 'mid'],
    ['deepseek-r1:8b', 'deepseek', 'light'],
    ['gpt-oss:20b', 'openai', 'light'],
    ['Qwen/Qwen3.8-Flash', 'alibaba', 'light'],
    ['qwen/qwen3.8-27b', 'alibaba', 'light'],
    ['qwen3.7-plus', 'alibaba', 'mid'],
    ['Qwen/Qwen3.8-Max', 'alibaba', 'frontier'],
    ['accounts/fireworks/models/qwen3p8-2p4t-a95b', 'alibaba', 'frontier'],
    ['glm-5.3-flash', 'zai', 'light'],
    ['glm-4.5-air', 'zai', 'mid'],
    ['zai-org/GLM-5.3', 'zai', 'frontier'],
    ['moonshotai/kimi-k3', 'moonshotai', 'frontier'],
    ['command-r7b-12-2024', 'cohere', 'light'],
    ['command-a-03-2025', 'cohere', 'frontier'],
    ['amazon/nova-lite-v1', 'amazon', 'light'],
  ])('of %s is its place in the line-up of %s: %s', (name, maker, tier) => {
    expect(placeOf(name)).toEqual({ maker, tier });
  });

  it('is told by price where no line-up is known', () => {
    expect(placeOf('some-new-thing')).toBeUndefined();
    expect([0, 0.99, 1, 10, 10.01, 14, 30].map(priceBandTier)).toEqual([
      'light',
      'light',
      'mid',
      'mid',
      'frontier',
      'frontier',
      'frontier',
    ]);
    expect(tierOf('some-new-thing', 3)).toEqual({ tier: 'mid', tierFrom: 'price-band' });
  });

  it('is not told by price where the line-up is known', () => {
    expect(tierOf('mistral-large-2512', 0.75)).toEqual({ tier: 'frontier', tierFrom: 'line-up' });
  });
});
