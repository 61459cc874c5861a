/**
 * Writes src/catalog/models/*.json from a models.dev-shaped file and prints what changed.
 *
 *   npm run refresh-catalog -- FILE.json[.gz] --date 2026-09-28 [--write]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { CatalogueFile, CatalogueRecord } from '../src/catalog/data.ts';

/** Providers whose models are kept; others of the file are passed over. */
const wanted = [
  'openai',
  'anthropic',
  'google',
  'mistral',
  'deepseek',
  'xai',
  'groq',
  'cerebras',
  'togetherai',
  'fireworks-ai',
  'openrouter',
  'moonshotai',
  'zai',
  'minimax',
  'alibaba',
  'cohere',
  'deepinfra',
];

const price = z.object({
  input: z.number(),
  output: z.number(),
  cache_read: z.number().optional(),
  cache_write: z.number().optional(),
});

const sourceModel = z.object({
  id: z.string(),
  name: z.string(),
  family: z.string().optional(),
  reasoning: z.boolean(),
  reasoning_options: z
    .array(
      z.looseObject({
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
  limit: z.object({ context: z.number(), output: z.number() }),
  cost: price
    .extend({
      tiers: z.array(price.extend({ tier: z.object({ type: z.string(), size: z.number() }) })).optional(),
    })
    .optional(),
});
const sourceFile = z.record(z.string(), z.object({ models: z.record(z.string(), sourceModel) }));
type SourceModel = z.infer<typeof sourceModel>;

const isChat = ({ id, modalities, limit, cost, family }: SourceModel): boolean =>
  cost !== undefined &&
  modalities.output.length === 1 &&
  modalities.output[0] === 'text' &&
  modalities.input.includes('text') &&
  limit.context > 0 &&
  limit.output > 0 &&
  !/embed|rerank|moderation|guard|transcribe|tts|whisper|realtime|ocr/.test(`${family ?? ''} ${id}`);

const recordOf = (model: SourceModel): CatalogueRecord => {
  const { cost } = model;
  if (!cost) throw new Error(`${model.id} has no price`);
  const effort = model.reasoning_options?.find(({ type }) => type === 'effort');
  const budget = model.reasoning_options?.find(({ type }) => type === 'budget_tokens');
  return {
    id: model.id,
    name: model.name,
    ...(model.family && { family: model.family }),
    ...(model.release_date && { released: model.release_date }),
    ...(model.status === 'deprecated' && { isDeprecated: true }),
    context: model.limit.context,
    output: model.limit.output,
    input: model.modalities.input,
    tools: model.tool_call,
    ...(model.structured_output !== undefined && { schema: model.structured_output }),
    sampling: model.temperature ?? true,
    reasoning: model.reasoning,
    ...(effort?.values && { efforts: effort.values.filter((value) => value !== null) }),
    ...(budget && { budget: [budget.min ?? 0, budget.max ?? model.limit.output] as const }),
    prices: [
      { above: 0, ...bandOf(cost) },
      ...(cost.tiers ?? [])
        .filter(({ tier }) => tier.type === 'context')
        .map((band) => ({ above: band.tier.size, ...bandOf(band) }))
        .sort((a, b) => a.above - b.above),
    ],
  };
};

const bandOf = ({ input, output, cache_read, cache_write }: z.infer<typeof price>) => ({
  input,
  output,
  ...(cache_read !== undefined && { cacheRead: cache_read }),
  ...(cache_write !== undefined && { cacheWrite: cache_write }),
});

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { date: { type: 'string' }, write: { type: 'boolean', default: false } },
});
const [file] = positionals;
if (!file || !values.date) {
  console.error('usage: refresh-catalog FILE.json[.gz] --date YYYY-MM-DD [--write]');
  process.exit(2);
}
const bytes = readFileSync(file);
const source = sourceFile.parse(JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()));

for (const provider of wanted) {
  const models = source[provider]?.models;
  if (!models) continue;
  const records = Object.values(models)
    .filter(isChat)
    .map(recordOf)
    .sort((a, b) => a.id.localeCompare(b.id, 'en'));
  const path = join(import.meta.dirname, '../src/catalog/models', `${provider}.json`);
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as CatalogueFile).models : [];
  const old = new Map(before.map((record) => [record.id, record]));
  console.log(`${provider}: ${records.length} models`);
  for (const record of records) {
    const known = old.get(record.id);
    old.delete(record.id);
    if (!known) console.log(`  + ${record.id}`);
    else if (JSON.stringify(known.prices) !== JSON.stringify(record.prices))
      console.log(`  $ ${record.id}: ${JSON.stringify(known.prices)} -> ${JSON.stringify(record.prices)}`);
    else if (JSON.stringify(known) !== JSON.stringify(record)) console.log(`  ~ ${record.id}`);
  }
  for (const id of old.keys()) console.log(`  - ${id}`);
  // one model a line, so that a difference is read at a glance
  const lines = records.map((record) => `    ${JSON.stringify(record)}`).join(',\n');
  if (values.write)
    writeFileSync(
      path,
      `{\n  "date": "${values.date}",\n  "source": "models.dev",\n  "models": [\n${lines}\n  ]\n}\n`,
    );
}
if (!values.write) console.log('nothing written; add --write');
