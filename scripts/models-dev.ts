import { z } from 'zod';
import type { CatalogueRecord, PriceRecord } from '../src/catalog/data.ts';

/** Vendors whose models are kept; others of a file are passed over. */
export const vendors = [
  'alibaba',
  'anthropic',
  'cerebras',
  'cohere',
  'deepinfra',
  'deepseek',
  'fireworks-ai',
  'google',
  'groq',
  'minimax',
  'mistral',
  'moonshotai',
  'openai',
  'openrouter',
  'togetherai',
  'xai',
  'zai',
] as const;

const price = z.object({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  reasoning: z.number().nonnegative().optional(),
  cache_read: z.number().nonnegative().optional(),
  cache_write: z.number().nonnegative().optional(),
});

const sourceModel = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  family: z.string().optional(),
  reasoning: z.boolean(),
  reasoning_options: z
    .array(
      z.object({
        type: z.string(),
        values: z.array(z.string().nullable()).optional(),
        min: z.number().optional(),
        max: z.number().optional(),
      }),
    )
    .optional(),
  tool_call: z.boolean(),
  structured_output: z.boolean().optional(),
  temperature: z.boolean().optional(),
  release_date: z.string().optional(),
  modalities: z.object({ input: z.array(z.string()), output: z.array(z.string()) }),
  status: z.string().optional(),
  limit: z.object({ context: z.number(), input: z.number().optional(), output: z.number() }),
  cost: price
    .extend({
      tiers: z.array(price.extend({ tier: z.object({ type: z.string(), size: z.number() }) })).optional(),
    })
    .optional(),
});
type SourceModel = z.output<typeof sourceModel>;
type Priced = SourceModel & { readonly cost: NonNullable<SourceModel['cost']> };

/** A file as models.dev publishes it; unknown fields are passed over. */
export const modelsDev = z.record(z.string(), z.object({ models: z.record(z.string(), sourceModel) }));

/** Chat models of one vendor as our files keep them, by id; what has no price is left out, never taken for free. */
export const recordsFrom = (models: Readonly<Record<string, SourceModel>>): readonly CatalogueRecord[] =>
  Object.values(models)
    .filter((model): model is Priced => isChat(model) && model.cost !== undefined)
    .map(recordOf)
    .sort((a, b) => (a.id < b.id ? -1 : 1));

const otherTrades =
  /embed|rerank|moderation|guard|safety|transcribe|\btts\b|whisper|realtime|-live-|\bocr\b|\basr\b|-mt-?\d?-|-mt2|translate|^~|^openrouter\//;

const isChat = ({ id, modalities, limit, family }: SourceModel): boolean =>
  modalities.output.length === 1 &&
  modalities.output[0] === 'text' &&
  modalities.input.includes('text') &&
  limit.context > 0 &&
  limit.output > 0 &&
  !otherTrades.test(id) &&
  !/embed|rerank/.test(family ?? '');

const recordOf = (model: Priced): CatalogueRecord => {
  const { cost, limit } = model;
  const effort = model.reasoning_options?.find(({ type }) => type === 'effort');
  const budget = model.reasoning_options?.find(({ type }) => type === 'budget_tokens');
  return {
    id: model.id,
    name: model.name,
    ...(model.family !== undefined && { family: model.family }),
    ...(model.release_date !== undefined && { released: model.release_date }),
    ...(model.status === 'deprecated' && { isDeprecated: true }),
    context: limit.context,
    ...(limit.input !== undefined && limit.input < limit.context && { prompt: limit.input }),
    output: limit.output,
    input: model.modalities.input,
    tools: model.tool_call,
    ...(model.structured_output !== undefined && { schema: model.structured_output }),
    sampling: model.temperature ?? true,
    reasoning: model.reasoning,
    ...(effort?.values && { efforts: effort.values.filter((value) => value !== null) }),
    ...(budget && { budget: [budget.min ?? 0, budget.max ?? limit.output] as const }),
    prices: [
      bandFrom(0, cost),
      ...(cost.tiers ?? [])
        .filter(({ tier }) => tier.type === 'context')
        .map((band) => bandFrom(band.tier.size, band))
        .sort((a, b) => a.above - b.above),
    ],
  };
};

const bandFrom = (above: number, band: z.output<typeof price>): PriceRecord => ({
  above,
  input: toMillionths(band.input),
  output: toMillionths(band.output),
  ...(band.reasoning !== undefined &&
    band.reasoning > band.output && { reasonedOutput: toMillionths(band.reasoning) }),
  ...(band.cache_read !== undefined && { cacheRead: toMillionths(band.cache_read) }),
  ...(band.cache_write !== undefined && { cacheWrite: toMillionths(band.cache_write) }),
});

/** A price is exact to a millionth of a dollar: 0.1 + 0.2 of somebody's arithmetic is not. */
const toMillionths = (usd: number): number => Number(usd.toFixed(6));
