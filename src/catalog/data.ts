import { existsSync, readFileSync } from 'node:fs';

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
  readonly context: number;
  readonly output: number;
  readonly input: readonly string[];
  readonly tools: boolean;
  readonly schema?: boolean;
  readonly sampling: boolean;
  readonly reasoning: boolean;
  readonly efforts?: readonly string[];
  readonly budget?: readonly [minTokens: number, maxTokens: number];
  readonly prices: readonly PriceRecord[];
}

export interface PriceRecord {
  /** From this many prompt tokens (exclusive) up. */
  readonly above: number;
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  /** Of the vendor's shortest lifetime. */
  readonly cacheWrite?: number;
}

const files = new Map<string, CatalogueFile | undefined>();

/** Read once, when first asked for; undefined where the catalogue has no such provider. */
export const catalogueFile = (provider: string): CatalogueFile | undefined => {
  if (!files.has(provider)) {
    const url = new URL(`./models/${provider}.json`, import.meta.url);
    files.set(provider, /^[\w-]+$/.test(provider) && existsSync(url) ? (JSON.parse(readFileSync(url, 'utf8')) as CatalogueFile) : undefined);
  }
  return files.get(provider);
};
