import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localCaller } from '../core/caller.ts';
import type { ExchangeId } from '../core/exchange.ts';
import type { Predictor } from '../core/prediction.ts';
import { timeSortedId } from '../kit/ids.ts';
import { embeddedRows, kind } from '../learning/embedded-rows.cases.ts';
import { hierarchical } from '../learning/trainers/hierarchical.ts';
import { createPredictor } from '../routing/classifier/predictor.ts';
import { readReceived } from '../server/received.ts';
import { configFromText } from './config.ts';
import { embeddingsUnused } from './embedding-source.ts';
import { composeSnapshot } from './snapshot.ts';

const configured = { provider: 'openai', model: kind.model };

const snapshotOf = (rest: object, predictor: Predictor) => {
  const { config, findings } = configFromText(
    JSON.stringify({
      providers: { openai: { type: 'openai', key: 'a' } },
      tiers: { light: ['openai/gpt-5-nano'], mid: ['openai/gpt-5-mini'], frontier: ['openai/gpt-5'] },
      routes: { auto: { strategy: { type: 'classifier', tradeOff: 0.3, evidence: 0 } } },
      ...rest,
    }),
    { environment: {}, folder: '/nowhere' },
  );
  if (!config) throw new Error(JSON.stringify(findings));
  return composeSnapshot(config, {
    isHealthy: () => true,
    waitMs: () => 0,
    now: () => 0,
    simulation: undefined,
    predictor: () => predictor,
  }).snapshot;
};

describe('a configuration with embeddings', () => {
  it('decides to the byte what one without decides, wherever none was asked', () => {
    const models = ['gpt-5-nano', 'gpt-5'] as const;
    const options = { name: 'own', seed: 1, sources: [] };
    const rows = embeddedRows(0, 200, () => true, models);
    const bare = embeddedRows(0, 200, () => false, models);
    const trained = createPredictor(hierarchical.train(rows, { ...options, embedding: kind }));
    const without = createPredictor(hierarchical.train(bare, options));
    const named = { ...trained, policy: without.policy };
    const [one, other] = [snapshotOf({ embeddings: configured }, named), snapshotOf({}, without)];
    const dialect = one.dialects.get('openai-chat');
    if (!dialect) throw new Error('Chat is not spoken');
    const id = timeSortedId(0) as ExchangeId;

    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 4 }), (content, toolCount) => {
        const tools = Array.from({ length: toolCount }, (_, at) => ({
          type: 'function',
          function: { name: `tool_${at}`, parameters: { type: 'object' } },
        }));
        const body = {
          model: 'auto',
          messages: [{ role: 'user', content: `a${content}` }],
          ...(toolCount > 0 && { tools }),
        };
        const received = readReceived({
          ...{ id, receivedAt: 0, dialect, headers: {}, bytes: Buffer.from(JSON.stringify(body)) },
          ...{ query: '', wanted: {}, dialects: one.dialects },
        });
        const admitted = { ...received, caller: localCaller, route: 'auto' };

        const textOf = (decision: object): string =>
          JSON.stringify(decision, (_, value) => (typeof value === 'bigint' ? String(value) : value));
        expect(trained.embedding).toEqual(kind);
        expect(textOf(one.decide(admitted).decision)).toBe(textOf(other.decide(admitted).decision));
      }),
      { numRuns: 50 },
    );
  });

  it('asks for what the policy in force was trained with, and for nothing else', () => {
    const trainedWith = (embedding: Predictor['embedding']): Predictor => ({
      policy: 'own@1',
      embedding,
      predict: () => [],
    });
    const kindOf = (embeddings: object, embedding: Predictor['embedding']) =>
      snapshotOf({ embeddings: { ...configured, ...embeddings } }, trainedWith(embedding)).embeddings?.kind();

    expect(kindOf({}, kind)).toEqual(kind);
    expect(kindOf({ dimensions: kind.dimensions }, kind)).toEqual(kind);
    expect(kindOf({ dimensions: 64 }, kind)).toBeUndefined();
    expect(kindOf({ model: 'text-embedding-3-large' }, kind)).toBeUndefined();
    expect(kindOf({}, undefined)).toBeUndefined();
  });

  it('knows what they cost from the catalogue, or as it is told', () => {
    const priceOf = (rest: object): bigint | undefined =>
      snapshotOf({ embeddings: { ...configured, ...rest } }, { policy: 'own@1', predict: () => [] })
        .embeddings?.prices?.bands[0]?.input;

    expect(priceOf({})).toBe(20_000n);
    expect(priceOf({ price: 0.1 })).toBe(100_000n);
    expect(priceOf({ model: 'nobody-knows' })).toBeUndefined();
  });
});

describe('embeddings that nobody is asked for', () => {
  const embeddings = { ...configured, dimensions: undefined, deadlineMs: 80, cache: 1, price: undefined };

  it.each([
    ['no policy', undefined, {}, 'no policy is in force'],
    ['a policy without', { policy: 'own@1' }, {}, 'the policy own@1 was trained without them'],
    [
      'another model',
      { policy: 'own@1', embedding: kind },
      { model: 'other' },
      'was trained with 128 numbers of text-embedding-3-small, not with other',
    ],
    [
      'another length',
      { policy: 'own@1', embedding: kind },
      { dimensions: 64 },
      'not with 64 of text-embedding-3-small',
    ],
  ])('for %s are told of, with the way out', (_, policy, rest, said) => {
    const unused = embeddingsUnused({ embeddings: { ...embeddings, ...rest } }, policy);

    expect(unused?.message).toContain(said);
    expect(unused?.suggestion).toContain('tierwise train --embeddings');
  });

  it('are no trouble where none are configured, or the policy was trained with them', () => {
    expect(embeddingsUnused({ embeddings: undefined }, undefined)).toBeUndefined();
    expect(embeddingsUnused({ embeddings }, { policy: 'own@1', embedding: kind })).toBeUndefined();
  });
});
