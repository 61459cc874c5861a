import { describe, expect, it } from 'vitest';
import type { Model, ModelId } from '../core/model.ts';
import { pricePerMillion } from '../core/money.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { sampleModel, samplePrices } from '../testing/sample-model.ts';
import { expectedCost, type Warmth } from './expected-cost.ts';

const [plain] = samplePrices(4).bands;
const modelOf = (name: string, prices: object): Model =>
  sampleModel(name, {
    prices: { version: 'test', bands: [{ ...(plain as NonNullable<typeof plain>), ...prices }] },
  });

const opus = modelOf('opus', {
  output: pricePerMillion(20),
  cacheRead: pricePerMillion(0.2),
  cacheWrite5m: pricePerMillion(5),
});
const terra = modelOf('terra', {
  input: pricePerMillion(1),
  output: pricePerMillion(5),
  cacheRead: pricePerMillion(0.05),
  cacheWrite5m: pricePerMillion(1),
  cacheWrite30m: pricePerMillion(1.25),
});
const features = { ...sampleFeatures({ promptTokens: 100_000 }), now: 1_000 };
const held: Warmth = { model: opus.id, warmTokens: 100_000, warmUntil: 2_000 };

describe('what a request would cost', () => {
  it('is its prompt and a usual answer, where nothing more is known', () => {
    expect(expectedCost(opus, features)).toBe(410_000_000n);
  });

  it('never counts more of an answer than the caller allows', () => {
    expect(expectedCost(opus, { ...features, maxOutputTokens: 100 })).toBe(402_000_000n);
    expect(expectedCost(opus, { ...features, maxOutputTokens: 100 }, undefined, 9_999)).toBe(402_000_000n);
    expect(expectedCost(opus, { ...features, maxOutputTokens: 9_999 })).toBe(410_000_000n);
  });

  it('goes by what is predicted, else by the answers so far', () => {
    expect(expectedCost(opus, { ...features, answerTokens: 2_000 })).toBe(440_000_000n);
    expect(expectedCost(opus, { ...features, answerTokens: 2_000 }, undefined, 1_000)).toBe(420_000_000n);
  });

  it('is that of reading where the conversation is warm, and of writing anew where it is not', () => {
    expect(expectedCost(opus, features, held, 1_000)).toBe(40_000_000n);
    expect(expectedCost(terra, features, held, 1_000)).toBe(130_000_000n);
  });

  it('is that of writing once the cache has gone cold', () => {
    expect(expectedCost(opus, { ...features, now: 2_000 }, held, 1_000)).toBe(520_000_000n);
  });

  it('writes what is new since', () => {
    expect(expectedCost(opus, features, { ...held, warmTokens: 60_000 }, 1_000)).toBe(232_000_000n);
  });

  it('knows no cache in a conversation that never had one', () => {
    const uncached: Warmth = { model: 'p/x' as ModelId, warmTokens: 0, warmUntil: 0 };

    expect(expectedCost(opus, features, uncached)).toBe(expectedCost(opus, features));
  });
});
