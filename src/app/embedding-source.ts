import { surfaceModel } from '../catalog/surface-models.ts';
import type { ModelId, Prices } from '../core/model.ts';
import { pricePerMillion } from '../core/money.ts';
import type { EmbeddingKind } from '../core/prediction.ts';
import type { EmbeddingSource } from '../gateway/embedder.ts';
import type { Provider } from '../providers/provider.ts';
import type { Config } from './config.ts';

type EmbeddingsConfig = NonNullable<Config['embeddings']>;

/** Who is asked for embeddings; undefined where the configuration names nobody. */
export const embeddingSourceOf = (
  { embeddings }: Pick<Config, 'embeddings'>,
  providers: ReadonlyMap<string, Provider>,
  trainedWith: () => EmbeddingKind | undefined,
): EmbeddingSource | undefined => {
  const provider = embeddings && providers.get(embeddings.provider);
  if (!provider) return undefined;
  const { model, dimensions, deadlineMs, cache } = embeddings;
  return {
    provider,
    model,
    id: `${provider.name}/${model}` as ModelId,
    prices: pricesOf(embeddings, provider),
    dimensions,
    deadlineMs,
    cached: cache,
    kind: () => {
      const kind = trainedWith();
      return kind && fits(kind, embeddings) ? kind : undefined;
    },
  };
};

/** Whether these are the embeddings that a policy was trained with. */
export const fits = (
  kind: EmbeddingKind,
  { model, dimensions }: Pick<EmbeddingsConfig, 'model' | 'dimensions'>,
): boolean => kind.model === model && (dimensions === undefined || kind.dimensions === dimensions);

const pricesOf = ({ model, price }: EmbeddingsConfig, { kind }: Provider): Prices | undefined => {
  if (price === undefined) return surfaceModel(kind.catalogue ?? '', model)?.prices;
  const each = pricePerMillion(price);
  return {
    version: 'config',
    bands: [
      {
        abovePromptTokens: 0,
        input: each,
        output: each,
        cacheRead: each,
        cacheWrite5m: each,
        cacheWrite30m: each,
        cacheWrite1h: each,
        cacheWrite12h: each,
      },
    ],
  };
};
