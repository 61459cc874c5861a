import { describe, expect, it } from 'vitest';
import type { DialectName } from '../core/model.ts';
import { type CatalogueModel, modelsOf } from './models-of.ts';
import { modelOverride } from './overrides.ts';
import { cheapestPerTier, spreadOf } from './spread.ts';
import { tierLists } from './tier-lists.ts';

const of = (vendor: string, dialect: DialectName = 'openai-chat'): readonly CatalogueModel[] =>
  modelsOf({ name: vendor, catalogue: vendor, dialects: [dialect], custom: {} });
const both = [...of('openai'), ...of('anthropic', 'anthropic-messages')];
const all = (): boolean => true;

describe('default tiers', () => {
  it('start with the newest of each provider, the cheaper one first', () => {
    const { lists, warnings } = tierLists(both, all);

    expect(lists.light.slice(0, 2)).toEqual(['anthropic/claude-haiku-5-5', 'openai/gpt-6-luna']);
    expect(lists.mid.slice(0, 2)).toEqual(['openai/gpt-6.1-terra', 'anthropic/claude-sonnet-5-5']);
    expect(lists.frontier.slice(0, 2)).toEqual(['openai/gpt-6-sol', 'anthropic/claude-opus-5-5']);
    expect(warnings).toEqual([]);
  });

  it('hold of each family one model, and none that is deprecated, dated, special or long outdone', () => {
    const listed = Object.values(tierLists(both, all).lists).flat();

    expect(listed.filter((id) => /haiku/.test(id))).toEqual(['anthropic/claude-haiku-5-5']);
    expect(listed.filter((id) => /codex|-pro|-20\d\d|o1|o3|gpt-4|daybreak/.test(id))).toEqual([]);
  });

  it('leave out what cannot be reached', () => {
    const { lists } = tierLists(both, ({ capabilities, provider }) =>
      capabilities.toolDialects.includes(provider === 'openai' ? 'openai-chat' : 'anthropic-messages'),
    );

    expect(
      Object.values(lists)
        .flat()
        .filter((id) => /gpt-5\.[456]/.test(id)),
    ).toEqual([]);
  });

  it('borrow from the neighbour where a tier is empty, and say so', () => {
    expect(tierLists(of('deepseek'), all)).toEqual({
      lists: {
        light: ['deepseek/deepseek-flash'],
        mid: ['deepseek/deepseek-flash'],
        frontier: ['deepseek/deepseek-v4-pro'],
      },
      warnings: ['No model is in the light tier; it borrows those of mid.'],
    });
    const onlyFlagship = tierLists(of('moonshotai'), all);
    expect(onlyFlagship.lists.light).toEqual(onlyFlagship.lists.frontier);
    expect(onlyFlagship.warnings).toHaveLength(2);
    expect(tierLists(of('groq'), all).warnings).toEqual([
      'No model is in the frontier tier; it borrows those of mid.',
    ]);
  });

  it('are empty, without a warning, where there is no model at all', () => {
    expect(tierLists([], all)).toEqual({ lists: { light: [], mid: [], frontier: [] }, warnings: [] });
  });

  it("put the user's own models first, free ones too", () => {
    const own = modelsOf({
      name: 'local',
      catalogue: undefined,
      dialects: ['openai-chat'],
      custom: {
        'qwen3:8b': {
          prices: modelOverride.parse({ prices: { input: 0, output: 0 } }).prices ?? { bands: [] },
        },
      },
    });

    const { lists } = tierLists([...both, ...own], all);

    expect(lists.light[0]).toBe('local/qwen3:8b');
  });

  it('stay a handful at a host with everything, and never start with what is lent for nothing', () => {
    const models = of('openrouter');
    const { lists } = tierLists(models, all);

    for (const ids of Object.values(lists)) {
      expect(ids.length).toBeLessThanOrEqual(12);
      for (const id of ids)
        expect(models.find((model) => model.id === id)?.prices.bands[0]?.input).not.toBe(0n);
    }
    expect(lists.frontier).toContain('openrouter/anthropic/claude-opus-5.5');
  });
});

describe('the spread of prices', () => {
  it('says how far the tiers of each provider lie apart, widest first', () => {
    const spreads = spreadOf([...both, ...of('xai')]);

    expect(spreads.map(({ provider }) => provider)).toEqual(['anthropic', 'openai', 'xai']);
    expect(spreads[0]).toMatchObject({
      cheapest: { light: { model: 'anthropic/claude-haiku-5-5', blendedUsd: 0.2 } },
      factor: 40,
    });
    expect(spreads[2]?.factor).toBeNull();
  });

  it('names the cheapest of each tier, whoever sells it', () => {
    expect(cheapestPerTier([...both, ...of('google')])).toMatchObject({
      mid: { model: 'google/gemini-3.8-flash', blendedUsd: 1.5 },
    });
  });
});
