import type { Model, ModelId, Tier } from '../core/model.ts';
import { tiers } from '../core/model.ts';
import { pricePerMillion } from '../core/money.ts';
import { mean } from '../kit/statistics.ts';
import type { TokenPrice } from './evaluate-pool.ts';
import type { TrainingRow } from './trainer.ts';

/** A model that is known by its recorded name only, for predictors that want to be asked about models. */
export const recordedModel = (name: string, tier: Tier, price?: TokenPrice): Model => {
  const input = pricePerMillion(price?.inputUsd ?? 0);
  const output = pricePerMillion(price?.outputUsd ?? 0);
  return {
    id: name as ModelId,
    provider: 'recorded',
    name,
    displayName: name,
    tier,
    tierFrom: 'config',
    prices: {
      version: 'recorded',
      bands: [
        {
          abovePromptTokens: 0,
          input,
          output,
          cacheRead: input,
          cacheWrite5m: input,
          cacheWrite30m: input,
          cacheWrite1h: input,
          cacheWrite12h: input,
        },
      ],
    },
    contextTokens: 1_000_000,
    maxOutputTokens: 100_000,
    capabilities: {
      input: ['text'],
      tools: true,
      forcedTools: true,
      structuredOutput: 'schema',
      reasoning: { type: 'none' },
      sampling: 'yes',
      stop: true,
      prefill: true,
      systemRole: 'system',
      maxTokensField: 'max_tokens',
      dialects: ['openai-chat'],
      toolDialects: ['openai-chat'],
      midSystem: true,
      hasSystemPrompt: true,
      schemaWithTools: true,
      toolResultImages: true,
      fetchesImages: true,
      boundReasoning: false,
    },
  };
};

/** Tiers of models of which nothing else is known: by their mean score, in thirds; of two, the lower is light. */
export const tiersByScore = (
  rows: readonly TrainingRow[],
  models: readonly string[],
): ReadonlyMap<string, Tier> => {
  const ranked = models
    .map((model) => ({ model, score: mean(rows.flatMap(({ outcomes }) => outcomes[model]?.score ?? [])) }))
    .sort((left, right) => left.score - right.score || (left.model < right.model ? -1 : 1));
  const last = Math.max(1, ranked.length - 1);
  return new Map(
    ranked.map(({ model }, at) => [model, tiers[Math.min(2, Math.floor((3 * at) / last))] ?? 'frontier']),
  );
};
