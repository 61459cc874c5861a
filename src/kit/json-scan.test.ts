import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMember, JsonScanError, removeMember, scanJson, spliceBytes } from './json-scan.ts';

const scan = (text: string) => scanJson(Buffer.from(text));
const value = (text: string, key: string) => {
  const span = scan(text).keys.get(key);
  return span && Buffer.from(text).subarray(span.start, span.end).toString();
};

describe('scanJson', () => {
  it('finds the values of top-level keys in the original bytes', () => {
    const text = ' { "model" : "auto" ,"n":1.5e3, "deep":{"model":["x",{"model":"}"}]}, "é":"ü\\"}" } ';

    expect(value(text, 'model')).toBe('"auto"');
    expect(value(text, 'n')).toBe('1.5e3');
    expect(value(text, 'deep')).toBe('{"model":["x",{"model":"}"}]}');
    expect(value(text, 'é')).toBe('"ü\\"}"');
  });

  it('tells of numbers that a float may bend, at any depth', () => {
    const isTold = (text: string) => scanJson(Buffer.from(text)).hasLongNumbers;

    expect(isTold('{"a":[{"b":12345678901234567890}]}')).toBe(true);
    expect(isTold('{"a":"12345678901234567890","b":123456789012345,"c":true}')).toBe(false);
  });

  it('knows an escaped key for what it is', () => {
    expect(value('{"mod\\u0065l":"a"}', 'model')).toBe('"a"');
  });

  it('agrees with JSON.parse on every object', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
        fc.nat(3),
        (object, indent) => {
          const text = JSON.stringify(object, null, indent);
          const bytes = Buffer.from(text);
          const parsed = JSON.parse(text) as Record<string, unknown>;

          const { keys } = scanJson(bytes);

          expect(new Set(keys.keys())).toEqual(new Set(Object.keys(parsed)));
          for (const [key, { start, end }] of keys)
            expect(JSON.parse(bytes.subarray(start, end).toString())).toEqual(parsed[key]);
        },
      ),
    );
  });

  it.each([
    ['', /empty/],
    ['[]', /not a JSON object/],
    ['{"a":1', /ends too early/],
    ['{"a":"b', /inside a string/],
    ['{"a":1} x', /goes on/],
    ['{"model":"a","model":"b"}', /"model" twice/],
    ['{"model":"a","mod\\u0065l":"b"}', /"model" twice/],
    [`{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`, /nested deeper/],
    [`{"a":[${Array(300_000).fill('{}').join()}]}`, /objects and arrays/],
    [`{"a":${'9'.repeat(10_000)}}`, /number/],
    [`{"${'k'.repeat(1_000_000)}":1}`, /key of over/],
    [`{"a":[${Array(100).fill(`{${Array(4500).fill('"k":0').join()}}`)}]}`, /members/],
    [`{"a":{${Array.from({ length: 60_000 }, (_, index) => `"k${index}":0`).join()}}}`, /different keys/],
    [`{"a":[${Array(600_000).fill('1').join()}]}`, /values/],
    ['\uFEFF{}', /byte order mark/],
  ])('refuses %.30s', (text, reason) => {
    expect(() => scan(text)).toThrow(JsonScanError);
    expect(() => scan(text)).toThrow(reason);
  });

  it('takes many members of few names, as a hundred thousand messages have', () => {
    const message = '{"role":"user","content":[{"type":"text","text":"x"}]}';

    expect(scan(`{"model":"auto","messages":[${Array(80_000).fill(message).join()}]}`).keys.size).toBe(2);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => scanJson(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toThrow(/UTF-8/);
  });
});

describe('splices', () => {
  it('replace, add and remove members without touching other bytes', () => {
    const text = '{ "model": "auto",\n  "temperature": 1.0 , "big": 12345678901234567890, "last": true}';
    const bytes = Buffer.from(text);
    const found = scanJson(bytes);
    const model = found.keys.get('model');
    const gone = removeMember(bytes, found, 'temperature');
    if (!model || !gone) throw new Error('not found');

    const out = spliceBytes(bytes, [gone, { ...model, text: '"small"' }, addMember(found, 'n', '1')]);

    expect(out.toString()).toBe('{"n":1, "model": "small",\n  "big": 12345678901234567890, "last": true}');
  });

  it('can take out any one member and leave the rest as JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { minKeys: 1 }),
        fc.nat(),
        fc.nat(2),
        (object, pick, indent) => {
          const bytes = Buffer.from(JSON.stringify(object, null, indent));
          const names = Object.keys(object);
          const name = names[pick % names.length] as string;
          const gone = removeMember(bytes, scanJson(bytes), name);

          const left = JSON.parse(spliceBytes(bytes, gone ? [gone] : []).toString());

          const { [name]: _, ...expected } = JSON.parse(bytes.toString());
          expect(left).toEqual(expected);
        },
      ),
    );
  });
});
