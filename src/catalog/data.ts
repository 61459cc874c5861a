import { existsSync, readdirSync, readFileSync } from 'node:fs';
import newer from './facts/newer-models.json' with { type: 'json' };

/** One provider's models as the data files have them; prices in USD per million tokens. */
export interface CatalogueFile {
  /** Day of the prices: the version kept with every charge. */
  readonly date: string;
  readonly source: string;
  readonly models: readonly CatalogueRecord[];
}

export interface CatalogueRecord {
  readonly id: string;
  readonly name: string;
  readonly family?: string;
  readonly released?: string;
  readonly isDeprecated?: boolean;
  /** Day of its prices, where it is another than the file's. */
  readonly date?: string;
  readonly context: number;
  /** Where the vendor limits the prompt apart from the whole. */
  readonly prompt?: number;
  readonly output: number;
  readonly input: readonly string[];
  readonly tools: boolean;
  readonly schema?: boolean;
  readonly sampling: boolean;
  readonly reasoning: boolean;
  readonly efforts?: readonly string[];
  readonly budget?: readonly [minTokens: number, maxTokens: number];
  /** Ascending; the first one's `above` is 0. */
  readonly prices: readonly PriceRecord[];
}

export interface PriceRecord {
  /** From this many prompt tokens (exclusive) up. */
  readonly above: number;
  readonly input: number;
  readonly output: number;
  /** Of a whole answer that was reasoned for, where that is dearer. */
  readonly reasonedOutput?: number;
  readonly cacheRead?: number;
  /** Of the vendor's shortest lifetime. */
  readonly cacheWrite?: number;
}

const folder = new URL('./models/', import.meta.url);
const files = new Map<string, CatalogueFile | undefined>();

/** Vendors the catalogue has models of. */
export const catalogueProviders = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();

/** Read once, when first asked for; undefined where the catalogue has no such vendor. */
export const catalogueFile = (provider: string): CatalogueFile | undefined => {
  if (!files.has(provider)) files.set(provider, readFile(provider));
  return files.get(provider);
};

const readFile = (provider: string): CatalogueFile | undefined => {
  const url = new URL(`${provider}.json`, folder);
  // the name may come from a configuration: it must not lead out of the folder
  if (!/^[\w-]+$/.test(provider) || !existsSync(url)) return undefined;
  // our own data, held to its shape by a test
  const file = JSON.parse(readFileSync(url, 'utf8')) as CatalogueFile;
  const { date, models } = newer as NewerModels;
  const added = (models[provider] ?? []).map((record) => ({ ...record, date }));
  const replaced = new Set(added.map(({ id }) => id));
  return { ...file, models: [...file.models.filter(({ id }) => !replaced.has(id)), ...added] };
};

/** Models younger than the data files, or priced anew since: read from the vendors' own pages. */
interface NewerModels {
  readonly date: string;
  readonly models: Readonly<Record<string, readonly CatalogueRecord[]>>;
}
