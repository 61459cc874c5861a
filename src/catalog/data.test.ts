import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { modalities } from '../core/model.ts';
import { type CatalogueFile, catalogueFile, catalogueProviders } from './data.ts';
import newer from './facts/newer-models.json' with { type: 'json' };
import { modelsOf } from './models-of.ts';

const price = z.number().nonnegative();
const record = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  family: z.string().optional(),
  released: z
    .string()
    .regex(/^20\d\d-[01]\d(-[0-3]\d)?$/)
    .optional(),
  isDeprecated: z.literal(true).optional(),
  date: z.string().optional(),
  context: z.int().positive(),
  prompt: z.int().positive().optional(),
  output: z.int().positive(),
  input: z.array(z.enum(modalities)).min(1),
  tools: z.boolean(),
  schema: z.boolean().optional(),
  sampling: z.boolean(),
  reasoning: z.boolean(),
  efforts: z.array(z.string()).optional(),
  budget: z.tuple([z.number(), z.number()]).optional(),
  prices: z
    .array(
      z.strictObject({
        above: z.int().nonnegative(),
        input: price,
        output: price,
        reasonedOutput: price.optional(),
        cacheRead: price.optional(),
        cacheWrite: price.optional(),
      }),
    )
    .min(1),
});
const file = z.strictObject({
  date: z.string().regex(/^20\d\d-\d\d-\d\d$/),
  source: z.string().min(1),
  models: z.array(record).min(1),
});

const source = join(import.meta.dirname, '../../../shared/data/catalog/models-dev.json.gz');

describe('the data files', () => {
  it.each(catalogueProviders())('of %s keep to their shape', (provider) => {
    const { models } = file.parse(catalogueFile(provider));

    expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
    for (const { prices, id } of models) {
      const thresholds = prices.map(({ above }) => above);
      expect(thresholds[0], id).toBe(0);
      expect(
        [...new Set(thresholds)].sort((a, b) => a - b),
        id,
      ).toEqual(thresholds);
    }
  });

  it.each(catalogueProviders())('of %s become models with whole prices and limits', (provider) => {
    for (const model of modelsOf({
      name: provider,
      catalogue: provider,
      dialects: ['openai-chat'],
      custom: {},
    })) {
      expect(model.maxOutputTokens, model.id).toBeLessThanOrEqual(model.contextTokens);
      expect(model.prices.version).toMatch(/^2026-\d\d-\d\d$/);
      for (const band of model.prices.bands)
        for (const price of [band.cacheWrite5m, band.cacheWrite30m, band.cacheWrite1h, band.cacheWrite12h])
          expect(price >= band.input, model.id).toBe(true);
    }
  });

  it('do not lead out of their folder', () => {
    expect(catalogueFile('../facts/newer-models')).toBeUndefined();
    expect(catalogueFile('nobody')).toBeUndefined();
  });

  it('are joined by what vendors have announced since, under its own date', () => {
    const added = Object.entries(newer.models).flatMap(([provider, models]) =>
      models.map(({ id }) => ({ provider, id })),
    );

    expect(added.length).toBeGreaterThan(0);
    for (const { provider, id } of added)
      expect(catalogueFile(provider)?.models.find((model) => model.id === id)?.date).toBe(newer.date);
  });

  it.skipIf(!existsSync(source))(
    'say of prices and limits what their source says (skipped without it)',
    () => {
      const vendors = JSON.parse(gunzipSync(readFileSync(source)).toString('utf8'));
      let compared = 0;
      for (const provider of catalogueProviders()) {
        const path = join(import.meta.dirname, 'models', `${provider}.json`);
        const { models } = JSON.parse(readFileSync(path, 'utf8')) as CatalogueFile;
        for (const { id, prices, context, output, isDeprecated } of models) {
          const { cost, limit, status } = vendors[provider].models[id];
          const bands = [cost, ...(cost.tiers ?? [])];
          expect(
            prices.map((band) => [band.input, band.output, band.cacheRead, band.cacheWrite]),
            id,
          ).toEqual(bands.map((band) => [band.input, band.output, band.cache_read, band.cache_write]));
          expect([context, output, isDeprecated], id).toEqual([
            limit.context,
            limit.output,
            status === 'deprecated' ? true : undefined,
          ]);
          compared += 1;
        }
      }
      expect(compared).toBeGreaterThan(600);
    },
  );
});
