import { surfaceModel } from '../catalog/surface-models.ts';
import type { ModelId, Prices } from '../core/model.ts';
import { pricePerMillion } from '../core/money.ts';
import type { EmbeddingKind, Predictor } from '../core/prediction.ts';
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

/** Why nobody is asked, though embeddings are configured, and what can be done; undefined where somebody is. */
export const embeddingsUnused = (
  { embeddings }: Pick<Config, 'embeddings'>,
  policy: Pick<Predictor, 'policy' | 'embedding'> | undefined,
): { readonly message: string; readonly suggestion: string } | undefined => {
  if (!embeddings) return undefined;
  const { model, dimensions } = embeddings;
  const trainedWith = policy?.embedding;
  if (!trainedWith)
    return {
      message: `Nobody is asked for embeddings: ${policy ? `the policy ${policy.policy} was trained without them` : 'no policy is in force'}.`,
      suggestion: 'Train one with "tierwise train --embeddings".',
    };
  if (fits(trainedWith, embeddings)) return undefined;
  return {
    message: `Nobody is asked for embeddings: the policy ${policy.policy} was trained with ${trainedWith.dimensions} numbers of ${trainedWith.model}, not with ${dimensions === undefined ? '' : `${dimensions} of `}${model}.`,
    suggestion: 'Name those, or train it anew with "tierwise train --embeddings".',
  };
};

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
