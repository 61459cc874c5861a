import { describe, expect, it } from 'vitest';
import { configFromText } from '../app/config.ts';
import { findingText } from '../app/config-findings.ts';
import { type ConfigAnswers, configTemplate, strategyChoices } from './config-template.ts';

const environment = { OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'b', GROQ_KEY: 'c' };

const read = (answers: Partial<ConfigAnswers>) => {
  const text = configTemplate({
    vendors: ['openai', 'anthropic'],
    server: undefined,
    strategy: 'matrix',
    mode: 'route',
    port: 4100,
    storesTexts: false,
    ...answers,
  });
  return { ...configFromText(text, { environment, folder: '/' }), text };
};

describe('a configuration that init writes', () => {
  it.each(strategyChoices)('is sound with the strategy %s', (strategy) => {
    const { config, findings } = read({ strategy });

    expect(findings.map(findingText)).toEqual([]);
    const types = { matrix: 'rules', 'written-out': 'rules', hybrid: 'hybrid' } as Record<string, string>;
    expect(config?.routes.auto?.strategy?.type).toBe(types[strategy] ?? 'fixed');
  });

  it('learns while it runs where a policy is to choose', () => {
    expect(read({ strategy: 'hybrid' }).config?.learning).toMatchObject({ minLabels: 50 });
    expect(read({ strategy: 'matrix' }).config?.learning).toBeUndefined();
  });

  it('says what was answered', () => {
    const { config } = read({ vendors: ['anthropic'], mode: 'observe', port: 4242, storesTexts: true });

    expect(config).toMatchObject({
      server: { port: 4242, host: '127.0.0.1' },
      routes: { auto: { mode: 'observe' } },
      ledger: { texts: { store: true, keepDays: 7 } },
    });
    expect(Object.keys(config?.providers ?? {})).toEqual(['anthropic']);
  });

  it("takes a server of one's own, with models the catalogue does not know", () => {
    const { config, findings } = read({
      vendors: [],
      server: {
        name: 'groq',
        baseUrl: 'https://api.groq.com/openai/v1',
        keyVariable: 'GROQ_KEY',
        models: ['qwen3:8b'],
      },
    });

    expect(findings.map(({ code }) => code)).toEqual(['empty-tier']);
    expect(config?.providers.groq).toMatchObject({ key: 'c', models: { 'qwen3:8b': { tier: 'light' } } });
  });

  it('runs on simulated providers where none was chosen', () => {
    const { config, text } = read({ vendors: [] });

    expect(config?.providersFrom).toBe('environment');
    expect(text).toContain('# providers:');
  });

  it('holds no key', () => {
    expect(read({}).text).toContain(`key: \${OPENAI_API_KEY}`);
  });
});
