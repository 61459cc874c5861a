import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Model, PriceBand, Tier } from '../core/model.ts';
import { pricePerMillion, roundToNano, toUsd, usdText } from '../core/money.ts';
import { noUsage, promptTokens, type Usage } from '../core/usage.ts';
import {
  costOf,
  createCatalogue,
  type ModelSource,
  modelOverride,
  modelsOf,
  reservationOf,
  spreadOf,
  tierLists,
} from './index.ts';
import { lineUpTier, priceBandTier } from './tiers.ts';

const source = (name: string, dialect: ModelSource['dialect'] = 'openai-chat'): ModelSource => ({
  name,
  catalogue: name,
  dialect,
  custom: {},
});
const both = [...modelsOf(source('openai')), ...modelsOf(source('anthropic', 'anthropic-messages'))];
const catalogue = createCatalogue(both);
const model = (name: string) => {
  const found = catalogue.find(name);
  if (!found) throw new Error(`no model ${name}`);
  return found;
};

describe('tiers', () => {
  it.each<[string, Tier]>([
    ['gpt-5-nano', 'light'],
    ['gpt-6-luna', 'light'],
    ['gpt-4o-mini', 'light'],
    ['gpt-5-mini', 'mid'],
    ['gpt-6.1-terra', 'mid'],
    ['o4-mini', 'mid'],
    ['gpt-5.4', 'frontier'],
    ['gpt-6-sol', 'frontier'],
    ['gpt-6-astra', 'frontier'],
    ['gpt-5.4-pro', 'frontier'],
    ['o3', 'frontier'],
    ['claude-haiku-4-5', 'light'],
    ['claude-haiku-5-5', 'light'],
    ['claude-sonnet-5', 'mid'],
    ['claude-opus-5-5', 'frontier'],
    ['claude-fable-5-1', 'frontier'],
    ['gemini-3.5-flash-lite', 'light'],
    ['gemini-3.8-flash', 'mid'],
    ['gemini-2.5-pro', 'frontier'],
    ['ministral-8b-latest', 'light'],
    ['mistral-small-2603', 'light'],
    ['mistral-medium-2604', 'mid'],
    ['mistral-large-2512', 'frontier'],
    ['deepseek-v4-flash', 'light'],
    ['deepseek-v4-pro', 'frontier'],
    ['grok-4.7', 'frontier'],
    ['meta-llama/llama-3.3-70b-instruct', 'mid'],
    ['llama-3.1-8b-instant', 'light'],
    ['Qwen/Qwen3.8-Flash', 'light'],
    ['Qwen/Qwen3.8-Max', 'frontier'],
    ['openai/gpt-oss-120b', 'mid'],
    ['openai/gpt-oss-20b', 'light'],
    ['glm-5.3', 'frontier'],
    ['glm-5.3-flash', 'light'],
    ['kimi-k3', 'frontier'],
    ['MiniMax-M3', 'mid'],
  ])('%s is %s by its place in the line-up', (name, tier) => {
    expect(lineUpTier(name)).toBe(tier);
  });

  it('falls back on price bands where no line-up is known', () => {
    expect(lineUpTier('some-new-thing')).toBeUndefined();
    expect([0, 0.99, 1, 9.99, 10, 30].map(priceBandTier)).toEqual([
      'light',
      'light',
      'mid',
      'mid',
      'frontier',
      'frontier',
    ]);
  });

  it('lists the newest model of each family first and leaves out what it cannot reach', () => {
    const { lists, warnings } = tierLists(both, ({ capabilities, provider }) =>
      capabilities.toolDialects.includes(provider === 'openai' ? 'openai-chat' : 'anthropic-messages'),
    );

    expect(lists.light).toContain('anthropic/claude-haiku-5-5');
    expect(lists.mid).toContain('anthropic/claude-sonnet-5-5');
    expect(lists.mid).not.toContain('anthropic/claude-sonnet-4-5');
    expect(lists.frontier.some((id) => id.includes('gpt-5.6'))).toBe(false);
    expect(warnings).toEqual([]);
  });

  it('lets an empty tier borrow from its neighbour, and says so', () => {
    const { lists, warnings } = tierLists(modelsOf(source('deepseek')), () => true);

    expect(lists.mid).toEqual(lists.frontier);
    expect(warnings).toEqual(['No model is in the mid tier; it borrows those of frontier.']);
  });
});

describe('the catalogue', () => {
  it.each([
    ['claude-opus-4-6[1m]', 'anthropic/claude-opus-4-6'],
    ['anthropic/claude-sonnet-5', 'anthropic/claude-sonnet-5'],
    ['GPT-5.4', 'openai/gpt-5.4'],
    ['claude-sonnet-5-20260629', 'anthropic/claude-sonnet-5'],
  ])('finds %s', (name, id) => {
    expect(catalogue.find(name)?.id).toBe(id);
  });

  it('does not find what is not there', () => {
    expect(catalogue.find('gpt-99')).toBeUndefined();
    expect(catalogue.find('__proto__')).toBeUndefined();
  });

  it('knows which GPT models take tools on Responses only', () => {
    expect(model('gpt-5.6-terra').capabilities.toolDialects).toEqual(['openai-responses']);
    expect(model('gpt-6-sol').capabilities.toolDialects).toContain('openai-chat');
  });

  it('applies corrections from the configuration to the very digit', () => {
    const correction = modelOverride.parse({
      tier: 'light',
      prices: { input: '0.6', output: 3.6, cacheRead: 0.06 },
    });

    const changed = modelsOf(source('openai'), { 'openai/gpt-5.4-mini': correction }).find(
      ({ name }) => name === 'gpt-5.4-mini',
    );

    expect(changed).toMatchObject({ tier: 'light', tierFrom: 'config', prices: { version: 'config' } });
    expect(changed?.prices.bands[0]).toMatchObject({
      input: 600_000n,
      output: 3_600_000n,
      cacheRead: 60_000n,
      cacheWrite1h: 600_000n,
    });
  });

  it('shows how far the tiers of a provider lie apart', () => {
    const [anthropic] = spreadOf(modelsOf(source('anthropic', 'anthropic-messages')));

    expect(anthropic?.cheapest.light?.model).toBe('anthropic/claude-haiku-5-5');
    expect(anthropic?.factor).toBeGreaterThan(16);
  });
});

describe('cost', () => {
  const usage = (part: Partial<Usage>): Usage => ({ ...noUsage, ...part });
  const usd = (name: string, part: Partial<Usage>) => toUsd(costOf(usage(part), model(name).prices));

  it('is what the price pages say, by hand', () => {
    expect(usd('claude-opus-5-5', { cacheReadTokens: 100_000, outputTokens: 1000 })).toBe(0.04);
    expect(usd('claude-sonnet-5-5', { cacheWrite5mTokens: 100_000, outputTokens: 1000 })).toBe(0.26);
    expect(usd('claude-sonnet-5-5', { cacheReadTokens: 100_000, outputTokens: 1000 })).toBe(0.02);
    expect(usd('gpt-6.1-terra', { cacheWrite30mTokens: 100_000, outputTokens: 1000 })).toBe(0.13);
    expect(usd('claude-opus-5-5', { cacheWrite1hTokens: 1_000_000 })).toBe(8);
    expect(usd('gpt-6-sol', { cacheWrite12hTokens: 100_000 })).toBe(0.5);
  });

  it('bills the whole request in the band its prompt falls in', () => {
    expect(usd('claude-haiku-5-5', { inputTokens: 100_000, outputTokens: 1000 })).toBe(0.0105);
    expect(usd('claude-haiku-5-5', { inputTokens: 100_001, outputTokens: 1000 })).toBe(0.0525005);
    expect(usd('gpt-6-sol', { inputTokens: 200_000, cacheReadTokens: 100_000 })).toBe(0.84);
  });

  const tokens = fc.nat(2_000_000);
  const anyUsage = fc.record({
    inputTokens: tokens,
    cacheReadTokens: tokens,
    cacheWrite5mTokens: tokens,
    cacheWrite30mTokens: tokens,
    cacheWrite1hTokens: tokens,
    cacheWrite12hTokens: tokens,
    outputTokens: tokens,
    reasoningTokens: tokens,
  });

  it('equals an exact rational sum, rounded half to even, for any usage and model', () => {
    fc.assert(
      fc.property(anyUsage, fc.constantFrom(...both), (used, { prices }) => {
        const band =
          prices.bands.findLast(({ abovePromptTokens }) => promptTokens(used) > abovePromptTokens) ??
          prices.bands[0];
        if (!band) throw new Error('no band');
        const rows: [number, bigint][] = [
          [used.inputTokens, band.input],
          [used.cacheReadTokens, band.cacheRead],
          [used.cacheWrite5mTokens, band.cacheWrite5m],
          [used.cacheWrite30mTokens, band.cacheWrite30m],
          [used.cacheWrite1hTokens, band.cacheWrite1h],
          [used.cacheWrite12hTokens, band.cacheWrite12h],
          [used.outputTokens, band.output],
          [used.reasoningTokens, band.output],
        ];
        const pico = rows.reduce((sum, [count, price]) => sum + BigInt(count) * price, 0n);

        const doubled = costOf(used, prices) * 2000n - pico * 2n;

        // within half a nano-dollar, and even where exactly half
        expect(doubled >= -1000n && doubled <= 1000n).toBe(true);
        if (doubled === 1000n || doubled === -1000n) expect(costOf(used, prices) % 2n).toBe(0n);
      }),
    );
  });

  it('never exceeds what was reserved for a body of that size', () => {
    fc.assert(
      fc.property(anyUsage, fc.constantFrom(...both), (used, chosen: Model) => {
        const prompt = promptTokens(used);
        const answer = used.outputTokens + used.reasoningTokens;
        fc.pre(prompt <= chosen.contextTokens && answer <= chosen.maxOutputTokens);

        const { cost } = reservationOf(chosen, { bodyBytes: prompt, images: 0, maxOutputTokens: answer });

        expect(costOf(used, chosen.prices) <= cost).toBe(true);
      }),
    );
  });

  it('charges nothing only where the model is free', () => {
    const free = {
      bands: [{ abovePromptTokens: 0, input: 0n, output: 0n } as unknown as PriceBand],
      version: 'config',
    };

    expect(costOf(usage({ inputTokens: 10, outputTokens: 5 }), free)).toBe(0n);
    for (const { prices, name } of both)
      for (const band of prices.bands)
        expect(band.cacheRead > 0n && band.cacheWrite5m > 0n && band.cacheWrite12h > 0n, name).toBe(true);
  });
});

describe('money', () => {
  it.each([
    ['0.125', 125_000n],
    ['30', 30_000_000n],
    ['1e-3', 1000n],
    ['0.000001', 1n],
  ])('reads a price of $%s a million exactly', (text, pico) => {
    expect(pricePerMillion(text)).toBe(pico);
  });

  it.each(['-1', 'NaN', '0.0000001', 'free', ''])('refuses "%s" as a price', (text) => {
    expect(() => pricePerMillion(text)).toThrow(RangeError);
  });

  it('rounds half to even', () => {
    expect([500n, 1500n, 2500n, 2501n, -500n, -1500n].map(roundToNano)).toEqual([0n, 2n, 2n, 3n, 0n, -2n]);
  });

  it('writes amounts exactly', () => {
    expect(usdText(roundToNano(123_456_000n))).toBe('0.000123456');
    expect(usdText(roundToNano(-1_500_000_000_000n))).toBe('-1.5');
    expect(usdText(roundToNano(0n))).toBe('0');
  });
});
