import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { necessaryWords } from './necessary-words.ts';
import { compileRe2 } from './re2.ts';

const sourceOf = (pattern: string): string | undefined => necessaryWords(pattern)?.source;

const word = fc.constantFrom('abc', 'kiss', 'Bcd', 'a', 'c++', 'b.c', 'ß', 'ſab');

const escaped = (text: string): string => text.replace(/[.+]/g, '\\$&');

const atom = fc.oneof(
  { weight: 4, arbitrary: word.map(escaped) },
  fc.constantFrom(
    '\\b',
    '\\w',
    '.',
    '^',
    '$',
    '[^.\\n]',
    '[abc]',
    '\\s',
    'x{0,3}',
    'k{2}',
    '{',
    '\\Qab\\E',
    '[[:alpha:]]',
  ),
);

const { pattern } = fc.letrec<{ pattern: string; group: string; part: string }>((tie) => ({
  group: tie('pattern').chain((inside) => fc.constantFrom(`(${inside})`, `(?:${inside})`, `(?i:${inside})`)),
  part: fc
    .tuple(
      fc.oneof({ depthSize: 'small' }, atom, tie('group')),
      fc.constantFrom('', '', '', '?', '*', '+', '{0,2}', '{1,2}', '+?'),
    )
    .map(([text, often]) => text + often),
  pattern: fc
    .array(fc.array(tie('part'), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
    .map((alternatives) => alternatives.map((parts) => parts.join('')).join('|')),
}));

const text = fc
  .array(
    fc.oneof(word, fc.constantFrom(' ', 'ABC', 'KISS', 'KIſS', '\u212aiss', 'BCD', 'x', '\n', '{', 'SSAB')),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));

describe('words without which a pattern is not found', () => {
  it('stand in every text in which it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', '(?i)'),
        pattern,
        fc.array(text, { maxLength: 5 }),
        (flags, rest, texts) => {
          const whole = flags + rest;
          let re2: ReturnType<typeof compileRe2>;
          try {
            re2 = compileRe2(whole);
          } catch {
            return;
          }
          const words = necessaryWords(whole);
          for (const one of texts) if (re2.test(one)) expect(words?.test(one) ?? true).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['(?i)\\b(invoice|receipts?)\\b', 'invoice|receipt'],
    ['vulnerab\\w+', 'vulnerab'],
    ['\\b(all|every)\\b[^.\\n]{0,60}\\b(files|modules)\\b', 'files|modules'],
    ['foo(bar)?|C\\+\\+11', 'foo|C\\+\\+11'],
    ['(?:error|fault)+', 'error|fault'],
  ])('are found in "%s"', (given, words) => {
    expect(sourceOf(given)).toBe(words);
  });

  it.each([
    ['an alternative has none', 'invoice|.*'],
    ['they may be left out', '(invoice)?'],
    ['they are too short to tell anything', 'go$'],
    ['they are letters of many forms', '(?i)größe'],
    ['the pattern is written in a rarer way', '(?P<name>invoice)'],
    ['it sets flags in the middle', 'in(?i)voice'],
  ])('are not told where %s', (_, given) => {
    expect(sourceOf(given)).toBeUndefined();
  });
});
