import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOfMathematics } from './mathematics.ts';

describe('the share of mathematics', () => {
  it.each([
    ['Compute $\\int_0^1 x^2 \\, dx$.', 0.4],
    ['Solve x^2 - 5x + 6 = 0', 0.6],
    ['Is 2^61 - 1 prime?', 0.4],
    ['求 x^2-5x+6=0 的解', 0.5],
    ['求解方程x^2-5x+6=0', 0.5],
    ['احسب 3x + 5 = 20', 0.5],
    ['समीकरण x^2 - 5x + 6 = 0 को हल कीजिए', 0.3],
    ['\\[ \\sum_{n=1}^{\\infty} \\frac{1}{n^4} \\]', 0.9],
    ['∀ε>0 ∃δ>0: |x−a|<δ', 0.5],
  ])('of "%s" is at least %d', (ask, least) => {
    expect(shareOfMathematics(ask)).toBeGreaterThanOrEqual(least);
  });

  it.each([
    'Write a short letter to my landlord.',
    'The invoice of 2024-01-05 is about $40 and the other one $50.',
    'Is the A/B test and/or the e-mail well-known?',
    'Rename the file in C:\\new\\table please',
    '今天下午3点开会',
    '```js\nconst total = a + b * 2 ** 3;\n```',
    'const total = items.reduce((sum, item) => sum + item.price, 0);',
    '- first\n- second\n- third',
    '',
  ])('of "%s" is next to nothing', (ask) => {
    expect(shareOfMathematics(ask)).toBeLessThan(0.06);
  });

  it('is a share, whatever the text', () => {
    const signs = fc.constantFrom(
      '$',
      '\\',
      '(',
      ')',
      '[',
      '\n',
      ' ',
      'x',
      '7',
      '^',
      '+',
      '=',
      '求',
      '`',
      'frac',
    );

    fc.assert(
      fc.property(fc.array(signs, { maxLength: 200 }), (parts) => {
        const share = shareOfMathematics(parts.join(''));

        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }),
    );
  });
});
