import { describe, expect, it } from 'vitest';
import { createCatalogue } from './catalogue.ts';
import { modelsOf } from './models-of.ts';

const openai = modelsOf({ name: 'openai', catalogue: 'openai', dialects: ['openai-chat'], custom: {} });
const anthropic = modelsOf({
  name: 'claude',
  catalogue: 'anthropic',
  dialects: ['anthropic-messages'],
  custom: {},
});
const openrouter = modelsOf({
  name: 'openrouter',
  catalogue: 'openrouter',
  dialects: ['openai-chat'],
  custom: {},
});

describe('a catalogue', () => {
  const catalogue = createCatalogue([...openai, ...anthropic, ...openrouter]);

  it.each([
    ['by its id', 'claude/claude-opus-5-5', 'claude/claude-opus-5-5'],
    ['by its bare name', 'gpt-5.4', 'openai/gpt-5.4'],
    ['in any case', 'GPT-5.4', 'openai/gpt-5.4'],
    ['with the mark of Claude Code', 'claude-opus-4-6[1m]', 'claude/claude-opus-4-6'],
    ["with its maker's prefix", 'openai-eu/gpt-6-sol', 'openai/gpt-6-sol'],
    [
      'by the very name a host has for it',
      'anthropic/claude-sonnet-5',
      'openrouter/anthropic/claude-sonnet-5',
    ],
    ['with a date it has', 'claude-haiku-4-5-20251001', 'claude/claude-haiku-4-5-20251001'],
    ['with a date it does not have', 'claude-sonnet-5-20260629', 'claude/claude-sonnet-5'],
    ['with a date with dashes', 'gpt-5.4-2026-03-05', 'openai/gpt-5.4'],
    ['by the latest of its name', 'claude-opus-5-5-latest', 'claude/claude-opus-5-5'],
    [
      'as Amazon Bedrock writes it',
      'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      'claude/claude-haiku-4-5-20251001',
    ],
    ['as Bedrock writes newer ones', 'anthropic.claude-opus-4-6-v1', 'claude/claude-opus-4-6'],
    ['as Google Vertex writes it', 'claude-haiku-4-5@20251001', 'claude/claude-haiku-4-5'],
    ['with all of that', 'Anthropic/Claude-Opus-4-5-20251101[1m]', 'claude/claude-opus-4-5-20251101'],
    [
      'under the name a host has for it',
      'deepseek/deepseek-v4-pro-0813',
      'openrouter/deepseek/deepseek-v4-pro-0813',
    ],
    [
      'without the maker a host puts before it',
      'deepseek-v4-pro-0813',
      'openrouter/deepseek/deepseek-v4-pro-0813',
    ],
  ])('finds a model %s', (_, name, id) => {
    expect(catalogue.find(name)?.id).toBe(id);
  });

  it('reads dots for dashes where a host writes them so', () => {
    const host = createCatalogue(openrouter);

    expect(host.find('claude-opus-4-5-20251101')?.id).toBe('openrouter/anthropic/claude-opus-4.5');
  });

  it('prefers the provider that stands first', () => {
    expect(createCatalogue([...openrouter, ...openai]).find('gpt-5.4')?.id).toBe('openai/gpt-5.4');
    expect(createCatalogue([...openrouter, ...openai]).find('openai/gpt-5.4')?.id).toBe('openai/gpt-5.4');
    expect(catalogue.find('claude-haiku-4.5')?.id).toBe('openrouter/anthropic/claude-haiku-4.5');
  });

  it.each([
    'gpt-99',
    '',
    '/',
    '[1m]',
    '__proto__',
    'constructor',
    '~',
    '~claude-opus-5-5',
    `${'a/'.repeat(50_000)}x`,
  ])('does not find %.20s', (name) => {
    expect(catalogue.find(name)).toBeUndefined();
  });

  it('gets by the very id only', () => {
    expect(catalogue.get('openai/gpt-5.4')?.name).toBe('gpt-5.4');
    expect(catalogue.get('gpt-5.4')).toBeUndefined();
    expect(catalogue.list()).toHaveLength(openai.length + anthropic.length + openrouter.length);
  });
});
