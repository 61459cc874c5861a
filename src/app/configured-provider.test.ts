import { describe, expect, it } from 'vitest';
import { pathFor } from '../providers/endpoint-for.ts';
import { configFromText } from './config.ts';
import { configuredProvider } from './configured-provider.ts';

const environment = { OPENAI_API_KEY: 'key-of-the-environment' };

const configured = (yaml: string) => {
  const { config, findings } = configFromText(`providers:\n  p:\n${yaml.replace(/^/gm, '    ')}`, {
    environment,
    folder: '/',
  });
  const provider = config?.providers.p;
  if (!provider) throw new Error(findings.map(({ message }) => message).join('\n'));
  return configuredProvider('p', provider, undefined);
};

const accounts = (yaml: string) =>
  configured(yaml).credentials.map(({ name, key, weight, baseUrl }) => [name, key, weight, baseUrl.href]);

describe('a provider’s accounts', () => {
  it('are one, by the key that is written or found', () => {
    expect(accounts('type: openai')).toEqual([
      ['p', 'key-of-the-environment', 1, 'https://api.openai.com/v1'],
    ]);
    expect(accounts('type: openai\nkey: key-a')).toEqual([['p', 'key-a', 1, 'https://api.openai.com/v1']]);
    expect(accounts('type: ollama\nmodels: { m: { prices: { input: 0, output: 0 } } }')).toEqual([
      ['p', undefined, 1, 'http://127.0.0.1:11434/v1'],
    ]);
  });

  it('are many, each with its name, weight and region', () => {
    const yaml = [
      'type: azure-openai',
      'baseUrl: https://one.openai.azure.com/openai/v1',
      'only: [gpt-5.1]',
      'keys:',
      '  - { key: key-a, weight: 3 }',
      '  - { key: key-b }',
      '  - { key: key-a, baseUrl: "https://two.openai.azure.com/openai/v1", name: two }',
    ].join('\n');

    expect(accounts(yaml)).toEqual([
      ['p', 'key-a', 3, 'https://one.openai.azure.com/openai/v1'],
      ['p#2', 'key-b', 1, 'https://one.openai.azure.com/openai/v1'],
      ['two', 'key-a', 1, 'https://two.openai.azure.com/openai/v1'],
    ]);
  });

  it('keep to the keys of the file: what is in the environment is not added', () => {
    expect(accounts('type: openai\nkeys: [{ key: key-a }]')).toHaveLength(1);
  });
});

describe('dated paths', () => {
  const pathOf = (version = '') => {
    const { kind } = configured(
      `type: azure-openai-deployments\nkey: key-a\nonly: [gpt-5.1]\nbaseUrl: https://x.openai.azure.com/openai${version}`,
    );
    return pathFor(kind.endpoints[0], 'my gpt/5', true);
  };

  it('have the kind’s date, or the one that is written', () => {
    expect(pathOf()).toBe('/deployments/my%20gpt/5/chat/completions?api-version=2024-10-21');
    expect(pathOf('\napiVersion: 2025-01-01-preview')).toContain('?api-version=2025-01-01-preview');
  });
});

it('keeps a kind’s quirks but for those that are written', () => {
  const { quirks } = configured('type: mistral\nkey: key-a\nquirks: { hasNoStreamOptions: false }');

  expect(quirks).toMatchObject({ callIds: 'nine-alphanumerics', hasNoStreamOptions: false });
});
