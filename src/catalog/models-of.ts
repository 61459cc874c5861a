import type { DialectName, Model, ModelId } from '../core/model.ts';
import { capabilitiesOf, familyOf } from './capabilities.ts';
import { blendedPrice } from './cost.ts';
import { type CatalogueRecord, catalogueFile } from './data.ts';
import { bareName, canonicalName } from './names.ts';
import type { CustomModel, ModelOverride } from './overrides.ts';
import { pricesOf } from './prices.ts';
import { tierOf } from './tiers.ts';

/** A configured provider, as far as its models go. */
export interface ModelSource {
  /** Its name in the configuration. */
  readonly name: string;
  /** Whose models of the catalogue it serves; undefined where all of them are in `custom`. */
  readonly catalogue: string | undefined;
  /** Wire protocols it is spoken to in. */
  readonly dialects: readonly DialectName[];
  readonly custom: Readonly<Record<string, CustomModel>>;
  /** Where the provider has names of its own for them: those of the models it serves. */
  readonly ownNames?: readonly string[] | undefined;
}

/** A model, and what its place among a tier's defaults hangs on. */
export interface CatalogueModel extends Model {
  /** Its maker has announced its end. */
  readonly isDeprecated: boolean;
  /** Day of release, or the day on which it was first seen on sale; "" for models of the user's own. */
  readonly listed: string;
}

/** All models of a provider, deprecated ones included, with the user's corrections by model id. */
export const modelsOf = (
  source: ModelSource,
  overrides: Readonly<Record<string, ModelOverride>> = {},
): readonly CatalogueModel[] => {
  const file = source.catalogue === undefined ? undefined : catalogueFile(source.catalogue);
  const byId = new Map<ModelId, CatalogueModel>();
  for (const record of source.ownNames?.flatMap((name) => recordAs(name, file?.models)) ??
    file?.models ??
    []) {
    const model = modelOf(source, record, record.date ?? file?.date ?? '');
    byId.set(model.id, model);
  }
  for (const [name, custom] of Object.entries(source.custom)) {
    const id = `${source.name}/${name}` as ModelId;
    byId.set(id, corrected(byId.get(id) ?? unknownModel(source, name), custom));
  }
  return [...byId.values()].map((model) => {
    const correction = Object.hasOwn(overrides, model.id) ? overrides[model.id] : undefined;
    return correction ? corrected(model, correction) : model;
  });
};

/** What is known of a model, under another name for it. */
const recordAs = (name: string, records: readonly CatalogueRecord[] = []): readonly CatalogueRecord[] => {
  const bare = bareName(name);
  const known =
    records.find(({ id }) => id === bare) ??
    records.find(({ id }) => canonicalName(id) === canonicalName(name));
  return known ? [{ ...known, id: name }] : [];
};

const modelOf = (source: ModelSource, record: CatalogueRecord, date: string): CatalogueModel => {
  const prices = pricesOf(record.id, record.prices, date);
  return {
    id: `${source.name}/${record.id}` as ModelId,
    provider: source.name,
    name: record.id,
    displayName: record.name,
    ...tierOf(record.id, blendedPrice({ prices })),
    prices,
    contextTokens: record.context,
    ...(record.prompt !== undefined && { maxPromptTokens: record.prompt }),
    maxOutputTokens: Math.min(record.output, record.context),
    capabilities: capabilitiesOf(record, { vendor: source.catalogue ?? '', dialects: source.dialects }),
    isDeprecated: record.isDeprecated ?? false,
    listed: record.released ?? date,
    ...(record.released !== undefined && { released: record.released }),
  };
};

/**
 * A vendor's own model that is not in the catalogue is taken to be like its newest. Of anybody else's
 * no more is taken for granted than plain text and function tools.
 */
const unknownModel = (source: ModelSource, name: string): CatalogueModel => {
  const [, isAtHome] = familyOf(name, { vendor: source.catalogue ?? '', dialects: source.dialects });
  const record: CatalogueRecord = {
    id: name,
    name,
    context: isAtHome ? 200_000 : 32_768,
    output: isAtHome ? 32_000 : 8_192,
    input: isAtHome ? ['text', 'image', 'pdf'] : ['text'],
    tools: true,
    schema: isAtHome,
    sampling: true,
    reasoning: isAtHome,
    prices: [{ above: 0, input: 0, output: 0 }],
  };
  return { ...modelOf(source, record, 'config'), listed: '' };
};

const corrected = (
  model: CatalogueModel,
  { prices, tier, capabilities, ...rest }: ModelOverride | CustomModel,
): CatalogueModel => {
  const priced = prices ? { ...model, prices: { version: 'config', ...prices } } : model;
  const sized = { ...priced, ...defined(rest) };
  const known = { ...priced.capabilities, ...defined(capabilities ?? {}) };
  return {
    ...sized,
    ...(tier && { tier, tierFrom: 'config' as const }),
    ...(!tier && model.tierFrom !== 'config' && tierOf(model.name, blendedPrice(priced))),
    // what was said of the whole holds for its parts
    ...(sized.maxPromptTokens !== undefined && {
      maxPromptTokens: Math.min(sized.maxPromptTokens, sized.contextTokens),
    }),
    maxOutputTokens: Math.min(sized.maxOutputTokens, sized.contextTokens),
    capabilities: {
      ...known,
      forcedTools: capabilities?.forcedTools ?? (known.tools && known.forcedTools),
      toolDialects: known.tools
        ? (capabilities?.toolDialects ?? capabilities?.dialects ?? known.toolDialects)
        : [],
    },
  };
};

/** Without the keys whose value is undefined, so that a spread changes only what was said. */
const defined = <Value extends object>(
  value: Value,
): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [Key in keyof Value]?: Exclude<Value[Key], undefined>;
  };
