import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createShingles } from './shingles.ts';

const shingles = createShingles();

const likenessOf = (one: string, other: string): number => {
  shingles.read(one);
  return shingles.likeness(other);
};

/** Of texts in small letters and single spaces: what is to be counted, counted plainly. */
const plainly = (one: string, other: string): number => {
  const stretches = (text: string) =>
    new Set(Array.from({ length: Math.max(0, text.length - 3) }, (_, at) => text.slice(at, at + 4)));
  const [own, theirs] = [stretches(one), stretches(other)];
  const all = new Set([...own, ...theirs]).size;
  return all === 0 ? 0 : (own.size + theirs.size - all) / all;
};

const words = fc
  .array(fc.constantFrom('the', 'order', 'fix', 'login', 'тест', '登录', 'a', 'x'), { maxLength: 60 })
  .map((list) => list.join(' '));

describe('the likeness of two texts', () => {
  it('is the share of their stretches of four letters that both have', () => {
    fc.assert(
      fc.property(words, words, (one, other) => {
        expect(likenessOf(one, other)).toBe(plainly(one, other));
      }),
    );
  });

  it('does not mind capitals, marks and spaces', () => {
    expect(likenessOf('Fix the login-test now', '"fix"   THE login: test NOW')).toBe(1);
  });

  it('can be asked of one text again and again', () => {
    shingles.read('Why does the login test fail');

    const [first, other, again] = [
      'why does the login test fail',
      'bread and butter',
      'why does the login test fail',
    ].map((text) => shingles.likeness(text));

    expect([first, other, again]).toEqual([1, 0, 1]);
  });

  it('looks at the beginning of what is long', () => {
    const beginning = 'one two three four five '.repeat(50).slice(0, 1_000);

    expect(likenessOf(beginning, `${beginning} and something else entirely`)).toBe(1);
  });
});
