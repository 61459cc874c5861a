import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearNames } from './near-names.ts';

const models = [
  'anthropic/claude-sonnet-5',
  'anthropic/claude-opus-5-5',
  'openai/gpt-5.4-nano',
  'openai/gpt-5.4-mini',
];

describe('near names', () => {
  it('finds a word with swapped, missing and wrong letters', () => {
    expect(nearNames('tpye', ['type', 'key', 'baseUrl'])).toEqual(['type']);
    expect(nearNames('baseurl', ['type', 'key', 'baseUrl'])).toEqual(['baseUrl']);
    expect(nearNames('frontir', ['light', 'mid', 'frontier'])).toEqual(['frontier']);
  });

  it('finds a model by its name without the provider', () => {
    expect(nearNames('claude-sonnet-5', models)[0]).toBe('anthropic/claude-sonnet-5');
    expect(nearNames('claude-opus', models)[0]).toBe('anthropic/claude-opus-5-5');
    expect(nearNames('openai/gpt-5.4-nan', models)).toContain('openai/gpt-5.4-nano');
  });

  it('suggests nothing where nothing is near', () => {
    expect(nearNames('zebra', ['light', 'mid', 'frontier'])).toEqual([]);
    expect(nearNames('', ['a', 'b'])).toEqual([]);
    expect(didYouMean('zebra', ['light'])).toBeUndefined();
  });

  it('words the suggestion', () => {
    expect(didYouMean('tpye', ['type'])).toBe('Did you mean "type"?');
    expect(didYouMean('gpt-5.4-nani', models)).toBe(
      'Did you mean "openai/gpt-5.4-nano" or "openai/gpt-5.4-mini"?',
    );
  });

  it('counts a swap of neighbours as one edit', () => {
    expect(editDistance('tpye', 'type')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });
});
