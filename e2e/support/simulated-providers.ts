import { simulatedBaseUrl } from '../../src/simulator/catalogue.ts';
import type { Wire } from '../../src/simulator/simulated-model.ts';
import { worldModels } from '../../src/simulator/world-models.ts';
import type { ConfigFile } from './gateway-process.ts';

/** What a provider can be, with the wire it speaks. */
export const providerTypes = {
  openai: 'openai-chat',
  anthropic: 'anthropic-messages',
  'openai-compatible': 'openai-chat',
  'simulated-openai': 'openai-chat',
  'simulated-anthropic': 'anthropic-messages',
} as const satisfies Record<string, Wire>;

export type ProviderType = keyof typeof providerTypes;

export const upstreamKey = 'key-of-the-gateway';

/** One provider of a type that answers at a simulated upstream, with the models the upstream plays. */
export const simulatedProvider = (type: ProviderType, upstreamUrl: string): ConfigFile => ({
  type,
  baseUrl: simulatedBaseUrl(upstreamUrl),
  key: upstreamKey,
  // simulated providers know their models by themselves
  ...(!type.startsWith('simulated') && {
    models: Object.fromEntries(
      modelsOf(type).map(({ name, tier, prices, contextTokens, maxOutputTokens, capabilities }) => [
        name,
        { tier, prices, contextTokens, maxOutputTokens, capabilities },
      ]),
    ),
  }),
});

/** Tier lists that name nothing but the simulated models of one provider. */
export const simulatedTiers = (name: string, type: ProviderType): Readonly<Record<string, string[]>> =>
  Object.fromEntries(modelsOf(type).map((model) => [model.tier, [`${name}/${model.name}`]]));

/** Of one provider type: one in each tier. */
export const modelsOf = (type: ProviderType) =>
  worldModels.filter(({ wire }) => wire === providerTypes[type]);
