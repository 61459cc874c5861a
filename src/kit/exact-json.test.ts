import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExact } from './exact-json.ts';

describe('JSON read exactly', () => {
  it.each([
    '{"id":12345678901234567890,"list":[-9007199254740993,1],"text":"12345678901234567890"}',
    '{"deep":{"__proto__":{"n":10000000000000000000001}}}',
  ])('is written again with the same digits: %s', (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text);
  });

  it('is what JSON.parse makes of it where no number is long', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);

        expect(JSON.stringify(parseExact(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
    expect(parseExact('12345678901234567890')).toBe(Number('12345678901234567890'));
    expect(() => parseExact('{1234567890123456')).toThrow(SyntaxError);
  });
});
