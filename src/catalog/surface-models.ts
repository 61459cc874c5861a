import type { Prices } from '../core/model.ts';
import { pricePerMillion } from '../core/money.ts';
import table from './facts/surface-models.json' with { type: 'json' };

/** A model beside chat: one for embeddings, pictures, speech. No route ever chooses it. */
export interface SurfaceModel {
  readonly name: string;
  /** By tokens; undefined where its vendor charges by pictures, minutes or letters, or nobody knows. */
  readonly prices: Prices | undefined;
}

/** By the vendor's own name for it. Prices are per million tokens and from the vendors' pages. */
export const surfaceModel = (vendor: string, name: string): SurfaceModel | undefined => {
  const records = (table as SurfaceTable).models[vendor];
  const record = records?.find(({ id }) => id === name);
  return record && { name, prices: pricesOf(record) };
};

interface SurfaceTable {
  readonly date: string;
  readonly models: Readonly<Record<string, readonly SurfaceRecord[]>>;
}

interface SurfaceRecord {
  readonly id: string;
  readonly input?: number;
  readonly output?: number;
}

const pricesOf = ({ input, output }: SurfaceRecord): Prices | undefined => {
  if (input === undefined || output === undefined) return undefined;
  const price = pricePerMillion(input);
  return {
    version: table.date,
    bands: [
      {
        abovePromptTokens: 0,
        input: price,
        output: pricePerMillion(output),
        cacheRead: price,
        cacheWrite5m: price,
        cacheWrite30m: price,
        cacheWrite1h: price,
        cacheWrite12h: price,
      },
    ],
  };
};
