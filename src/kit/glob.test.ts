import { describe, expect, it } from 'vitest';
import { anyGlobTest, globTest } from './glob.ts';

describe('globTest', () => {
  it.each([
    ['claude-opus-*', 'claude-opus-4-6', true],
    ['claude-opus-*', 'claude-sonnet-5', false],
    ['*', '', true],
    ['*/gpt-*-mini', 'openai/gpt-5-mini', true],
    ['*/gpt-*-mini', 'openai/gpt-5', false],
    ['a*a', 'a', false],
    ['a*b*b', 'ab', false],
    ['GPT-5', 'gpt-5', true],
    ['a.b', 'axb', false],
  ])('%s on %s is %s', (pattern, text, fits) => {
    expect(globTest(pattern)(text)).toBe(fits);
  });

  it('takes no time on what makes regular expressions run for ever', () => {
    expect(globTest(`${'*a'.repeat(50)}b`)('a'.repeat(10_000))).toBe(false);
  });

  it('fits where any of several does', () => {
    expect(anyGlobTest(['x*', '*y'])('ay')).toBe(true);
    expect(anyGlobTest([])('ay')).toBe(false);
  });
});
