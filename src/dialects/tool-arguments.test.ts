import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgumentsMender, toolInput } from './tool-arguments.ts';

const mended = (text: string, size: number, isCut = false): unknown => {
  const mender = new ArgumentsMender();
  let out = '';
  for (let at = 0; at < text.length; at += size) out += mender.push(text.slice(at, at + size));
  return JSON.parse(out + mender.end(isCut));
};

const inputs = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });

describe('tool arguments in pieces', () => {
  it('pass as they are where they are an object', () => {
    fc.assert(
      fc.property(inputs, fc.integer({ min: 1, max: 9 }), fc.nat(2), (input, size, indent) => {
        const text = JSON.stringify(input, null, indent);

        expect(mended(text, size)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('are closed wherever the answer was cut', () => {
    const text = JSON.stringify({ a: [1.5e3, -2, true, null, { b: 'q"\\é\u0001' }], c: {}, 'd"': [] });
    for (let end = 0; end <= text.length; end++)
      for (const size of [1, 3, 100]) expect(mended(text.slice(0, end), size, true)).toBeTypeOf('object');

    expect(mended('{"path":"/a","content":"half', 5, true)).toEqual({ path: '/a', content: 'half' });
  });

  it('are one legal object whatever the model wrote, the same whole or in pieces', () => {
    const junk = fc.array(
      fc.oneof(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"',
          ':',
          ',',
          '\\',
          '\\u12',
          'true',
          'nul',
          '-',
          '1.',
          'e+',
          ' ',
          '\n',
          '{"a":',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(junk, fc.integer({ min: 1, max: 5 }), fc.boolean(), (pieces, size, isCut) => {
        const text = pieces.join('');
        const value = mended(text, size, isCut);

        expect(value).toBeTypeOf('object');
        expect(Array.isArray(value)).toBe(false);
        expect(mended(text, 1000, isCut)).toEqual(value);
      }),
      { numRuns: 3_000 },
    );
  });

  it('say what could not be read', () => {
    expect(mended('{"a":1 oops}', 4)).toEqual({ a: 1, unparsed_arguments: '{"a":1 oops}' });
    expect(mended('{"a":1', 2)).toEqual({ a: 1, unparsed_arguments: '{"a":1' });
  });

  it('are mended where models often fail: raw new lines, wrong escapes, JSON within a string', () => {
    expect(mended('{"a":"one\ntwo"}', 3)).toEqual({ a: 'one\ntwo' });
    expect(mended(String.raw`{"re":"\d+","it":"\'s"}`, 3)).toEqual({ re: String.raw`\d+`, it: "'s" });
    expect(mended('"{\\"a\\":1}"', 2)).toEqual({ a: 1 });
    expect(mended('', 1)).toEqual({});
  });
});

describe('tool arguments as a whole', () => {
  it('keep keys that only look dangerous', () => {
    const input = toolInput('{"__proto__":{"polluted":true},"constructor":1}');

    expect(JSON.stringify(input)).toBe('{"__proto__":{"polluted":true},"constructor":1}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('do not follow a tower of lists or a million of objects', () => {
    const tower = `{"a":${'['.repeat(100_000)}`;
    const list = `{"a":[${'{},'.repeat(500_000)}{}]}`;

    expect(toolInput(tower)).toHaveProperty('unparsed_arguments', tower);
    expect(toolInput(list)).toHaveProperty('unparsed_arguments', list);
    expect(toolInput(tower.slice(5))).toEqual({ unparsed_arguments: tower.slice(5) });
  });
});
