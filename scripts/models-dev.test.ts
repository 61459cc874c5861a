import { describe, expect, it } from 'vitest';
import { differenceOf, fileText } from './catalogue-difference.ts';
import { modelsDev, recordsFrom } from './models-dev.ts';

const chat = {
  id: 'm-1',
  name: 'M 1',
  reasoning: true,
  reasoning_options: [{ type: 'effort', values: ['low', null, 'high'] }],
  tool_call: true,
  temperature: false,
  release_date: '2026-01-02',
  modalities: { input: ['text', 'image'], output: ['text'] },
  limit: { context: 1000, input: 800, output: 200 },
  cost: {
    input: 0.1 + 0.2,
    output: 2,
    reasoning: 6,
    cache_read: 0.03,
    tiers: [{ input: 1, output: 4, tier: { type: 'context', size: 500 } }],
  },
};
const recordsOf = (...models: readonly object[]) =>
  recordsFrom(
    modelsDev.parse({ vendor: { models: Object.fromEntries(models.map((model, index) => [index, model])) } })
      .vendor?.models ?? {},
  );

describe('reading a models.dev file', () => {
  it('keeps what we use of a chat model', () => {
    expect(recordsOf({ ...chat, status: 'deprecated', whatever: 1 })).toEqual([
      {
        id: 'm-1',
        name: 'M 1',
        released: '2026-01-02',
        isDeprecated: true,
        context: 1000,
        prompt: 800,
        output: 200,
        input: ['text', 'image'],
        tools: true,
        sampling: false,
        reasoning: true,
        efforts: ['low', 'high'],
        prices: [
          { above: 0, input: 0.3, output: 2, reasonedOutput: 6, cacheRead: 0.03 },
          { above: 500, input: 1, output: 4 },
        ],
      },
    ]);
  });

  it.each([
    ['without a price', { cost: undefined }],
    ['that embed', { id: 'text-embedding-9' }],
    ['that moderate', { id: 'omni-moderation' }],
    ['that guard', { id: 'llama-guard-9' }],
    ['that speak live', { id: 'gpt-realtime-9' }],
    ['that draw', { modalities: { input: ['text'], output: ['text', 'image'] } }],
    ['that only listen', { modalities: { input: ['audio'], output: ['text'] } }],
    ['without a context', { limit: { context: 0, output: 0 } }],
    ['that are moving aliases', { id: '~maker/model-latest' }],
  ])('leaves out models %s', (_, change) => {
    expect(recordsOf({ ...chat, ...change })).toEqual([]);
  });

  it('refuses a negative price', () => {
    expect(() => recordsOf({ ...chat, cost: { input: -1, output: 1 } })).toThrow();
  });
});

describe('the difference of a refresh', () => {
  const [before] = recordsOf(chat);
  if (!before) throw new Error('no record');

  it('tells what is new, gone, priced anew or changed otherwise', () => {
    const repriced = { ...before, prices: [{ above: 0, input: 1, output: 2 }] };

    expect(
      differenceOf(
        [before],
        [
          { ...repriced, context: 2000 },
          { ...repriced, id: 'm-2' },
        ],
      ),
    ).toEqual({
      added: ['m-2: 1/2'],
      gone: [],
      repriced: ['m-1: 0.3/2 reasoned 6 read 0.03, 1/4 above 500 → 1/2'],
      changed: ['m-1: context'],
    });
    expect(differenceOf([before], []).gone).toEqual(['m-1']);
    expect(Object.values(differenceOf([before], [before])).flat()).toEqual([]);
  });

  it('is written one model a line', () => {
    const text = fileText({ date: '2026-01-01', source: 's', models: [before, before] });

    expect(JSON.parse(text).models).toHaveLength(2);
    expect(text.split('\n').filter((line) => line.includes('"id"'))).toHaveLength(2);
  });
});
