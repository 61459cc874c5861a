import type { Model, ModelId } from '../core/model.ts';
import { pricePerMillion } from '../core/money.ts';
import type { SimulatedModel, Wire } from './simulated-model.ts';

/** What the simulated providers are called, by the wire they speak. */
export const simulatedProviderNames: Readonly<Record<Wire, string>> = {
  'openai-chat': 'sim-openai',
  'openai-responses': 'sim-responses',
  'anthropic-messages': 'sim-anthropic',
  gemini: 'sim-gemini',
};

/** The base address of a simulated provider on an upstream's URL, with its version path. */
export const simulatedBaseUrl = (upstreamUrl: string): string => `${upstreamUrl}/v1`;

export const simulatedModelId = ({ wire, name }: SimulatedModel, names = simulatedProviderNames): ModelId =>
  `${names[wire]}/${name}` as ModelId;

/** Simulated models as the gateway's catalogue has its models, in the order given. */
export const simulatedCatalogue = (
  models: readonly SimulatedModel[],
  names = simulatedProviderNames,
): readonly Model[] =>
  models.map((model) => {
    const { prices } = model;
    return {
      id: simulatedModelId(model, names),
      provider: names[model.wire],
      name: model.name,
      displayName: model.displayName,
      tier: model.tier,
      tierFrom: 'config',
      prices: {
        version: 'simulated',
        bands: [
          {
            abovePromptTokens: 0,
            input: pricePerMillion(prices.input),
            output: pricePerMillion(prices.output),
            cacheRead: pricePerMillion(prices.cacheRead),
            cacheWrite5m: pricePerMillion(prices.cacheWrite5m),
            cacheWrite30m: pricePerMillion(prices.cacheWrite30m),
            cacheWrite1h: pricePerMillion(prices.cacheWrite1h),
            cacheWrite12h: pricePerMillion(prices.cacheWrite1h),
          },
        ],
      },
      contextTokens: model.contextTokens,
      maxOutputTokens: model.maxOutputTokens,
      capabilities: model.capabilities,
    };
  });
