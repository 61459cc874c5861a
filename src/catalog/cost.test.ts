import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceBand, Prices } from '../core/model.ts';
import { type PicoUsdPerToken, usdText } from '../core/money.ts';
import { noUsage, type Usage } from '../core/usage.ts';
import { costOf, isPriced } from './cost.ts';
import { modelsOf } from './models-of.ts';

const models = new Map(
  (['openai', 'anthropic', 'google', 'alibaba', 'openrouter'] as const)
    .flatMap((vendor) => modelsOf({ name: vendor, catalogue: vendor, dialects: ['openai-chat'], custom: {} }))
    .map((model) => [model.id as string, model]),
);
const pricesOf = (id: string): Prices => {
  const model = models.get(id);
  if (!model) throw new Error(`no model ${id}`);
  return model.prices;
};
const usd = (id: string, usage: Partial<Usage>): string =>
  usdText(costOf({ ...noUsage, ...usage }, pricesOf(id)));

describe('the cost of an answer', () => {
  it('is what the worked example of switching models says', () => {
    const read = { cacheReadTokens: 100_000, outputTokens: 1000 };

    expect(usd('anthropic/claude-opus-5-5', read)).toBe('0.04');
    expect(usd('anthropic/claude-sonnet-5-5', { cacheWrite5mTokens: 100_000, outputTokens: 1000 })).toBe(
      '0.26',
    );
    expect(usd('anthropic/claude-sonnet-5-5', read)).toBe('0.02');
    expect(usd('openai/gpt-6.1-terra', { cacheWrite30mTokens: 100_000, outputTokens: 1000 })).toBe('0.13');
    expect(usd('openai/gpt-6.1-terra', read)).toBe('0.01');
  });

  it('charges each lifetime of a cache at its own price', () => {
    expect(usd('anthropic/claude-opus-5-5', { cacheWrite5mTokens: 1_000_000 })).toBe('5');
    expect(usd('anthropic/claude-opus-5-5', { cacheWrite1hTokens: 1_000_000 })).toBe('8');
    expect(usd('openai/gpt-6-sol', { cacheWrite30mTokens: 100_000 })).toBe('0.25');
    expect(usd('openai/gpt-6-sol', { cacheWrite12hTokens: 100_000 })).toBe('0.5');
    expect(usd('openrouter/anthropic/claude-haiku-4.5', { cacheWrite1hTokens: 1_000_000 })).toBe('2');
  });

  it('prices lifetimes another vendor sells as the next shorter one here', () => {
    expect(usd('anthropic/claude-opus-5-5', { cacheWrite30mTokens: 1_000_000 })).toBe('5');
    expect(usd('anthropic/claude-opus-5-5', { cacheWrite12hTokens: 1_000_000 })).toBe('8');
    expect(usd('openai/gpt-6-sol', { cacheWrite1hTokens: 100_000 })).toBe('0.25');
    expect(usd('openai/gpt-5.5', { cacheWrite1hTokens: 100_000 })).toBe('0.5');
  });

  it('bills the whole request in the band its prompt falls in, cached tokens counted', () => {
    expect(usd('anthropic/claude-haiku-5-5', { inputTokens: 100_000, outputTokens: 1000 })).toBe('0.0105');
    expect(usd('anthropic/claude-haiku-5-5', { inputTokens: 100_001, outputTokens: 1000 })).toBe('0.0525005');
    expect(usd('openai/gpt-6-sol', { inputTokens: 172_000, cacheReadTokens: 100_000 })).toBe('0.364');
    expect(usd('openai/gpt-6-sol', { inputTokens: 200_000, cacheReadTokens: 100_000 })).toBe('0.84');
    expect(usd('google/gemini-2.5-pro', { inputTokens: 200_001, reasoningTokens: 1000 })).toBe('0.5150025');
  });

  it('is that of the tier which the answer says it was served on, where that has prices', () => {
    const usual = pricesOf('openai/gpt-5.5');
    const prices = { ...usual, serviceTiers: { flex: pricesOf('openai/gpt-5').bands } };
    const usage = { ...noUsage, outputTokens: 1000 };

    expect(costOf(usage, prices, 'flex')).toBe(costOf(usage, pricesOf('openai/gpt-5')));
    for (const tier of [undefined, 'default', 'priority', 'constructor'])
      expect(costOf(usage, prices, tier)).toBe(costOf(usage, usual));
    expect([undefined, 'default', 'on_demand', 'flex'].every((tier) => isPriced(prices, tier))).toBe(true);
    expect(isPriced(prices, 'priority')).toBe(false);
  });

  it('takes reasoning for output, unless the vendor charges reasoned answers apart', () => {
    expect(usd('openai/gpt-5', { outputTokens: 400, reasoningTokens: 600 })).toBe('0.01');
    expect(usd('alibaba/qwen-plus', { outputTokens: 1000 })).toBe('0.0012');
    expect(usd('alibaba/qwen-plus', { outputTokens: 400, reasoningTokens: 600 })).toBe('0.004');
  });

  it('is nothing for nothing, and never nothing where a token has a price', () => {
    expect(usd('openai/gpt-5', {})).toBe('0');
    for (const { prices, id } of models.values())
      for (const band of prices.bands)
        if (band.input > 0n)
          expect(
            [band.cacheRead, band.cacheWrite5m, band.cacheWrite12h].every((price) => price > 0n),
            id,
          ).toBe(true);
  });
});

describe('any cost', () => {
  const tokens = fc.oneof(fc.nat(20), fc.nat(2_000_000), fc.constant(1_000_000_000));
  const usage = fc.record({
    inputTokens: tokens,
    cacheReadTokens: tokens,
    cacheWrite5mTokens: tokens,
    cacheWrite30mTokens: tokens,
    cacheWrite1hTokens: tokens,
    cacheWrite12hTokens: tokens,
    outputTokens: tokens,
    reasoningTokens: tokens,
  });
  const price = fc.bigInt(0n, 200_000_000n).map((pico) => pico as PicoUsdPerToken);
  const band = fc.record({
    input: price,
    output: price,
    cacheRead: price,
    cacheWrite5m: price,
    cacheWrite30m: price,
    cacheWrite1h: price,
    cacheWrite12h: price,
  });
  const prices = fc
    .tuple(band, fc.array(fc.tuple(fc.integer({ min: 1, max: 3_000_000 }), band), { maxLength: 3 }))
    .map(
      ([first, more]): Prices => ({
        version: 'test',
        bands: [
          { abovePromptTokens: 0, ...first },
          ...more.map(([above, rest]) => ({ abovePromptTokens: above, ...rest })),
        ].sort((a, b) => a.abovePromptTokens - b.abovePromptTokens),
      }),
    );

  it('is the exact sum of decimal fractions, rounded half to even', () => {
    fc.assert(
      fc.property(usage, prices, (used, table) => {
        expect(usdText(costOf(used, table))).toBe(byHand(used, table));
      }),
      { numRuns: 500 },
    );
  });

  it('grows with every token within a band', () => {
    fc.assert(
      fc.property(usage, band, (used, only) => {
        const table: Prices = { version: 'test', bands: [{ abovePromptTokens: 0, ...only }] };
        const more = {
          ...used,
          outputTokens: used.outputTokens + 1,
          cacheReadTokens: used.cacheReadTokens + 1,
        };

        expect(costOf(more, table) >= costOf(used, table)).toBe(true);
      }),
    );
  });
});

/** The same by another way: school arithmetic on decimal digits, with no code of ours. */
const byHand = (used: Usage, { bands }: Prices): string => {
  const prompt =
    used.inputTokens +
    used.cacheReadTokens +
    used.cacheWrite5mTokens +
    used.cacheWrite30mTokens +
    used.cacheWrite1hTokens +
    used.cacheWrite12hTokens;
  const band = bands.reduce<PriceBand | undefined>(
    (found, one) => (one.abovePromptTokens === 0 || one.abovePromptTokens < prompt ? one : found),
    undefined,
  );
  if (!band) throw new Error('no band');
  const rows: readonly (readonly [count: number, price: bigint])[] = [
    [used.inputTokens, band.input],
    [used.cacheReadTokens, band.cacheRead],
    [used.cacheWrite5mTokens, band.cacheWrite5m],
    [used.cacheWrite30mTokens, band.cacheWrite30m],
    [used.cacheWrite1hTokens, band.cacheWrite1h],
    [used.cacheWrite12hTokens, band.cacheWrite12h],
    [used.outputTokens, band.output],
    [used.reasoningTokens, band.output],
  ];
  const digits = rows
    .reduce((sum, [count, price]) => sum + BigInt(count) * price, 0n)
    .toString()
    .padStart(13, '0');
  const kept = BigInt(digits.slice(0, -3));
  const cut = digits.slice(-3);
  const isUp = cut > '500' || (cut === '500' && /[13579]$/.test(digits.slice(0, -3)));
  const nano = (kept + (isUp ? 1n : 0n)).toString().padStart(10, '0');
  return `${nano.slice(0, -9)}.${nano.slice(-9)}`.replace(/\.?0+$/, '');
};
