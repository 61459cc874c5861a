import { describe, expect, it } from 'vitest';
import { type CatalogueModel, modelsOf } from './models-of.ts';
import { customModel, modelOverride } from './overrides.ts';

const openai = { name: 'openai', catalogue: 'openai', dialects: ['openai-chat'], custom: {} } as const;

const corrected = (name: string, override: unknown): CatalogueModel => {
  const found = modelsOf(openai, { [`openai/${name}`]: modelOverride.parse(override) }).find(
    (model) => model.name === name,
  );
  if (!found) throw new Error(`no model ${name}`);
  return found;
};
const own = (name: string, said: unknown): CatalogueModel => {
  const [model] = modelsOf({
    name: 'local',
    catalogue: undefined,
    dialects: ['openai-chat'],
    custom: { [name]: customModel.parse(said) },
  });
  if (!model) throw new Error('no model');
  return model;
};

describe('a correction to the catalogue', () => {
  it('changes what it says, to the very digit, and nothing else', () => {
    const [before] = modelsOf(openai).filter(({ name }) => name === 'gpt-5.4-mini');

    const after = corrected('gpt-5.4-mini', {
      tier: 'light',
      prices: { input: '0.6', output: 3.6, cacheRead: 0.06 },
    });

    expect(after).toMatchObject({ tier: 'light', tierFrom: 'config' });
    expect(after.prices).toEqual({
      version: 'config',
      bands: [
        {
          abovePromptTokens: 0,
          input: 600_000n,
          output: 3_600_000n,
          cacheRead: 60_000n,
          cacheWrite5m: 600_000n,
          cacheWrite30m: 600_000n,
          cacheWrite1h: 600_000n,
          cacheWrite12h: 600_000n,
        },
      ],
    });
    expect(after.capabilities).toEqual(before?.capabilities);
    expect(after.contextTokens).toBe(before?.contextTokens);
  });

  it('takes prices in bands, in any order', () => {
    const { prices } = corrected('gpt-5.4', {
      prices: {
        input: 1,
        output: 2,
        bands: [
          { abovePromptTokens: 500_000, input: 4, output: 8 },
          { abovePromptTokens: 200_000, input: 2, output: 4, cacheWrite1h: 9 },
        ],
      },
    });

    expect(prices.bands.map(({ abovePromptTokens, input }) => [abovePromptTokens, input])).toEqual([
      [0, 1_000_000n],
      [200_000, 2_000_000n],
      [500_000, 4_000_000n],
    ]);
    expect(prices.bands[1]).toMatchObject({ cacheWrite30m: 2_000_000n, cacheWrite12h: 9_000_000n });
  });

  it('takes prices for tiers of service', () => {
    const { prices } = corrected('gpt-5.4', {
      prices: { input: 2, output: 4, serviceTiers: { flex: { input: 1, output: 2 } } },
    });

    expect(prices.serviceTiers?.flex).toMatchObject([
      { abovePromptTokens: 0, input: 1_000_000n, output: 2_000_000n, cacheRead: 1_000_000n },
    ]);
  });

  it('keeps what hangs together together', () => {
    const small = corrected('gpt-5.4', { contextTokens: 50_000 });
    expect([small.contextTokens, small.maxPromptTokens, small.maxOutputTokens]).toEqual([
      50_000, 50_000, 50_000,
    ]);

    const mute = corrected('gpt-6-sol', { capabilities: { tools: false } });
    expect(mute.capabilities).toMatchObject({ tools: false, forcedTools: false, toolDialects: [] });

    const chat = corrected('gpt-5.6', { capabilities: { dialects: ['openai-chat'] } });
    expect(chat.capabilities.toolDialects).toEqual(['openai-chat']);
  });

  it.each([
    [{ prices: { input: -1, output: 1 } }],
    [{ prices: { input: '0.0000001', output: 1 } }],
    [{ prices: { input: 'free', output: 1 } }],
    [{ prices: { input: Number.NaN, output: 1 } }],
    [{ prices: { input: 1 } }],
    [{ price: { input: 1, output: 1 } }],
    [{ tier: 'cheap' }],
    [{ contextTokens: 0 }],
    [{ capabilities: { tool: true } }],
  ])('refuses %j', (override) => {
    expect(modelOverride.safeParse(override).success).toBe(false);
  });

  it('does not stumble over names from the prototype', () => {
    expect(modelsOf(openai, {}).length).toBe(modelsOf(openai).length);
    expect(own('constructor', { prices: { input: 0, output: 0 } }).id).toBe('local/constructor');
  });
});

describe("a user's own model", () => {
  it('may be free, and is placed by its name, else by its price', () => {
    expect(own('qwen3:8b', { prices: { input: 0, output: 0 } })).toMatchObject({
      id: 'local/qwen3:8b',
      tier: 'light',
      tierFrom: 'line-up',
    });
    expect(own('llama3.3:70b', { prices: { input: 0, output: 0 } }).tier).toBe('mid');
    expect(own('house-model', { prices: { input: 2, output: 6 } })).toMatchObject({
      tier: 'mid',
      tierFrom: 'price-band',
    });
    expect(own('house-model', { tier: 'frontier', prices: { input: 0, output: 0 } })).toMatchObject({
      tier: 'frontier',
      tierFrom: 'config',
    });
  });

  it('says how long its prompts may be', () => {
    const said = { prices: { input: 0, output: 0 }, contextTokens: 4096 };

    expect(own('tiny', said)).toMatchObject({ contextTokens: 4096, maxOutputTokens: 4096 });
  });

  it('needs prices', () => {
    expect(customModel.safeParse({ tier: 'light' }).success).toBe(false);
  });
});
