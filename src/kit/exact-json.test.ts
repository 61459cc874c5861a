import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactText, parseExact, parseNoting } from './exact-json.ts';

describe('JSON read exactly', () => {
  it.each([
    '{"id":12345678901234567890,"list":[-9007199254740993,1],"text":"12345678901234567890"}',
    '{"deep":{"__proto__":{"n":10000000000000000000001}}}',
  ])('is written again with the same digits: %s', (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text);
  });

  it.each([' ', '\t', '\n', '\r\n', ''])('has its numbers wherever they stand: after %j', (space) => {
    const number = '-12345678901234567890';

    for (const list of [`[${space}${number}]`, `[1,${space}${number}]`])
      expect(JSON.stringify(parseExact(`{"a":${space}${list}}`))).toContain(number);
    expect(JSON.stringify(parseExact(`{"a":${space}${number}}`))).toContain(number);
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

describe('JSON read with a note of long numbers', () => {
  it('has numbers in it, and the same digits when a part of it is written', () => {
    const text = '{"id":12345678901234567890,"list":[1,-9007199254740993,{"n":1e400}],"small":1.50}';
    const body = parseNoting(`{"maximum":9223372036854775807,"part":${text}}`) as { part: { id: number } };

    expect(body.part.id).toBe(Number('12345678901234567890'));
    expect(exactText(body.part)).toBe(
      '{"id":12345678901234567890,"list":[1,-9007199254740993,{"n":null}],"small":1.5}',
    );
    expect(exactText({ ...body.part })).toContain('12345678901234567000');
  });

  it('is written as JSON.stringify would where no number is long', () => {
    fc.assert(
      fc.property(fc.object({ depthSize: 'small' }), (value) => {
        const text = JSON.stringify(value);

        expect(exactText(parseNoting(text) as object)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });
});
