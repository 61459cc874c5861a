import type { Capabilities, Model, ModelId, Prices, Tier } from '../core/model.ts';
import { pricePerMillion } from '../core/money.ts';

export type ModelTraits = Partial<Omit<Model, 'capabilities'>> & {
  readonly capabilities?: Partial<Capabilities> | undefined;
};

/** A model that can do everything on Chat and Messages, but for what is said otherwise. */
export const sampleModel = (name: string, { capabilities, ...rest }: ModelTraits = {}): Model => {
  const provider = rest.provider ?? 'provider';
  return {
    id: `${provider}/${name}` as ModelId,
    provider,
    name,
    displayName: name,
    tier: 'mid' satisfies Tier,
    tierFrom: 'config',
    prices: samplePrices(1),
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    ...rest,
    capabilities: {
      input: ['text', 'image', 'pdf', 'audio'],
      tools: true,
      forcedTools: true,
      structuredOutput: 'schema',
      reasoning: { type: 'none' },
      sampling: 'yes',
      stop: true,
      prefill: true,
      systemRole: 'system',
      maxTokensField: 'max_tokens',
      dialects: ['openai-chat', 'anthropic-messages'],
      toolDialects: ['openai-chat', 'anthropic-messages'],
      midSystem: true,
      hasSystemPrompt: true,
      schemaWithTools: true,
      toolResultImages: true,
      fetchesImages: true,
      boundReasoning: false,
      ...capabilities,
    },
  };
};

/** Every class of tokens at the same price, USD per million. */
export const samplePrices = (usd: number): Prices => {
  const price = pricePerMillion(usd);
  return {
    version: 'test',
    bands: [
      {
        abovePromptTokens: 0,
        input: price,
        output: price,
        cacheRead: price,
        cacheWrite5m: price,
        cacheWrite30m: price,
        cacheWrite1h: price,
        cacheWrite12h: price,
      },
    ],
  };
};
