import type { Capabilities, DialectName, Model, ModelId, Prices } from '../core/model.ts';
import { pricePerMillion } from '../core/money.ts';
import { blendedPrice } from './cost.ts';
import { type CatalogueRecord, catalogueFile } from './data.ts';
import { capabilitiesOf, newerModels, writeMultiples } from './facts.ts';
import { type CustomModel, fullBand, type ModelOverride } from './overrides.ts';
import { lineUpTier, priceBandTier } from './tiers.ts';

/** A configured provider, as far as its models go. */
export interface ModelSource {
  /** Its name in the configuration. */
  readonly name: string;
  /** Whose models of the catalogue it serves; undefined where all of them are in `custom`. */
  readonly catalogue: string | undefined;
  readonly dialect: DialectName;
  readonly custom: Readonly<Record<string, CustomModel>>;
}

/** All models of a provider, deprecated ones included, with the user's corrections by model id. */
export const modelsOf = (
  source: ModelSource,
  overrides: Readonly<Record<string, ModelOverride>> = {},
): readonly CatalogueModel[] => {
  const { catalogue } = source;
  const files = catalogue ? [catalogueFile(catalogue), newerModels[catalogue]] : [];
  const known = files.flatMap((file) =>
    (file?.models ?? []).map((record) => fromRecord(source, catalogue ?? '', record, file?.date ?? '')),
  );
  const byId = new Map(known.map((model) => [model.id, model]));
  for (const [name, custom] of Object.entries(source.custom)) {
    const id = `${source.name}/${name}` as ModelId;
    byId.set(id, override(byId.get(id) ?? unknownModel(source, name), custom));
  }
  return [...byId.values()].map((model) => {
    const correction = overrides[model.id];
    return correction ? override(model, correction) : model;
  });
};

/** A model, and whether its maker is about to take it away. */
export interface CatalogueModel extends Model {
  readonly isDeprecated: boolean;
  /** Day of release, or the day on which it was first seen on sale; "" for models of the user's own. */
  readonly listed: string;
}

const fromRecord = (
  source: ModelSource,
  catalogue: string,
  record: CatalogueRecord,
  version: string,
): CatalogueModel => {
  const prices = pricesOf(catalogue, record, version);
  const fromName = lineUpTier(record.id);
  return {
    id: `${source.name}/${record.id}` as ModelId,
    provider: source.name,
    name: record.id,
    displayName: record.name,
    tier: fromName ?? priceBandTier(blendedPrice({ prices })),
    tierFrom: fromName ? 'line-up' : 'price-band',
    prices,
    contextTokens: record.context,
    maxOutputTokens: record.output,
    capabilities: servedOn(source, catalogue, capabilitiesOf(catalogue, record)),
    isDeprecated: record.isDeprecated ?? false,
    listed: record.released ?? version,
    ...(record.released && { released: record.released }),
  };
};

/** A host with one dialect serves everything on it, whatever the model's maker speaks. */
const servedOn = ({ dialect }: ModelSource, catalogue: string, capabilities: Capabilities): Capabilities => {
  const makersOwn = catalogue === 'openai' || catalogue === 'anthropic';
  return makersOwn
    ? capabilities
    : { ...capabilities, dialects: [dialect], toolDialects: capabilities.tools ? [dialect] : [] };
};

const pricesOf = (catalogue: string, { prices }: CatalogueRecord, version: string): Prices => {
  const { hour, halfDay } = writeMultiples(catalogue);
  const exact = (usd: number) => pricePerMillion(rounded(usd));
  return {
    version,
    bands: prices.map(({ above, input, output, cacheRead, cacheWrite }) =>
      fullBand({
        abovePromptTokens: above,
        input: exact(input),
        output: exact(output),
        ...(cacheRead !== undefined && { cacheRead: exact(cacheRead) }),
        ...(cacheWrite !== undefined && { cacheWrite5m: exact(cacheWrite) }),
        ...(hour !== undefined && { cacheWrite1h: exact(input * hour) }),
        ...(halfDay !== undefined && cacheWrite !== undefined && { cacheWrite12h: exact(input * halfDay) }),
      }),
    ),
  };
};

/** Data files hold floats: six decimals of a dollar a million tokens are all that any vendor names. */
const rounded = (usd: number): number => Number(usd.toFixed(6));

const unknownModel = ({ name: provider, dialect }: ModelSource, name: string): CatalogueModel => ({
  id: `${provider}/${name}` as ModelId,
  provider,
  name,
  displayName: name,
  tier: lineUpTier(name) ?? 'light',
  tierFrom: lineUpTier(name) ? 'line-up' : 'price-band',
  prices: { version: 'config', bands: [] },
  contextTokens: 32_768,
  maxOutputTokens: 8_192,
  capabilities: {
    input: ['text'],
    tools: true,
    forcedTools: true,
    structuredOutput: 'json',
    reasoning: { type: 'none' },
    sampling: 'yes',
    stop: true,
    prefill: false,
    systemRole: 'system',
    maxTokensField: 'max_tokens',
    dialects: [dialect],
    toolDialects: [dialect],
    midSystem: true,
  },
  isDeprecated: false,
  listed: '',
});

const override = (
  model: CatalogueModel,
  { prices, tier, capabilities, ...rest }: ModelOverride | CustomModel,
): CatalogueModel => {
  const priced = prices ? { ...model, prices: { version: 'config', bands: prices } } : model;
  const tierOf =
    tier ?? (priced.tierFrom === 'price-band' ? priceBandTier(blendedPrice(priced)) : priced.tier);
  return {
    ...priced,
    ...defined(rest),
    tier: tierOf,
    tierFrom: tier ? 'config' : priced.tierFrom,
    capabilities: { ...priced.capabilities, ...defined(capabilities ?? {}) },
  };
};

/** Without the keys whose value is undefined, so that a spread changes only what was said. */
const defined = <Value extends object>(
  value: Value,
): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [Key in keyof Value]?: Exclude<Value[Key], undefined>;
  };
