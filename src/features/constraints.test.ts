import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countConstraints } from './constraints.ts';

describe('the conditions put on an answer', () => {
  it.each([
    ['Write a poem about autumn', 0],
    ['Write a poem of 12 lines, without rhymes', 2],
    ['Answer in exactly 200 words. It must mention the harbour. Never use the passive.', 3],
    ['The summary must be at most 5 sentences and must not name anybody', 1],
    ['写一篇300字的文章，不要提到天气，必须包含三个例子', 3],
    ['Schreib höchstens 100 Wörter, ohne Fremdwörter', 2],
    ['Напиши не более 100 слов, без терминов', 2],
    ['اكتب 100 كلمة فقط، بدون مقدمة', 2],
    ['केवल 100 शब्दों में लिखो', 1],
    ['반드시 500자 이내로 써 줘', 1],
    ['100単語以内で、必ず例を一つ入れて', 2],
    ['There are 12 apples and 30 pears', 0],
  ])('in "%s" are %d', (ask, count) => {
    expect(countConstraints(ask)).toBe(count);
  });

  it('are not looked for in code', () => {
    expect(
      countConstraints('Explain this:\n```js\n// must never exceed 10 lines\nif (only) return;\n```'),
    ).toBe(0);
  });

  it('are counted to the end of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (ask) => {
        expect(countConstraints(ask)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
