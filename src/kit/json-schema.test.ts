import { describe, expect, it } from 'vitest';
import { misfitOf } from './json-schema.ts';

const order = {
  type: 'object',
  properties: {
    id: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-z]+$' },
    items: {
      type: 'array',
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      items: { $ref: '#/$defs/item' },
    },
    state: { enum: ['new', 'done'] },
    note: { type: ['string', 'null'] },
    pair: { prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
  },
  required: ['id', 'items'],
  additionalProperties: false,
  $defs: {
    item: {
      type: 'object',
      properties: {
        price: { type: 'number', minimum: 0, exclusiveMaximum: 100, multipleOf: 0.01 },
        count: { type: 'integer' },
      },
      required: ['price'],
    },
  },
};
const sound = { id: 'abc', items: [{ price: 9.99, count: 2 }], state: 'new', note: null, pair: ['a', 1] };

describe('a value', () => {
  it('fits', () => {
    expect(misfitOf(sound, order)).toBeUndefined();
  });

  it.each([
    ['is of another type', { ...sound, id: 7 }, '`$.id` has to be of type string'],
    ['lacks a member', { id: 'abc' }, '`$.items` is missing'],
    ['has a member too many', { ...sound, other: 1 }, '`$.other` may not be there'],
    ['is wrong far within', { ...sound, items: [{ price: 1 }, { price: '2' }] }, '`$.items[1].price`'],
    ['is too short', { ...sound, id: 'a' }, 'shorter than 2'],
    ['is too long', { ...sound, id: 'abcde' }, 'longer than 4'],
    ['matches no pattern', { ...sound, id: 'AB' }, 'pattern'],
    ['has too few items', { ...sound, items: [] }, 'fewer than 1'],
    [
      'has too many items',
      { ...sound, items: [{ price: 1 }, { price: 2 }, { price: 3 }, { price: 4 }] },
      'more than 3',
    ],
    [
      'has an item twice',
      {
        ...sound,
        items: [
          { price: 1, count: 1 },
          { count: 1, price: 1 },
        ],
      },
      'same item twice',
    ],
    ['is too small', { ...sound, items: [{ price: -1 }] }, 'less than 0'],
    ['is too large', { ...sound, items: [{ price: 100 }] }, 'not less than 100'],
    ['is no multiple', { ...sound, items: [{ price: 0.001 }] }, 'multiple'],
    ['is not whole', { ...sound, items: [{ price: 1, count: 1.5 }] }, 'integer'],
    ['is none of the choices', { ...sound, state: 'old' }, 'none of the values'],
    ['goes on behind its list', { ...sound, pair: ['a', 1, 2] }, '`$.pair[2]` may not be there'],
  ])('is told of where it %s', (_about, value, complaint) => {
    expect(misfitOf(value, order)).toContain(complaint);
  });

  it.each([
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, 1, undefined],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, true, 'none of the 2 kinds'],
    [{ anyOf: [{ type: 'string' }] }, true, 'type string'],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, 1.5, undefined],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, 1, 'more than one'],
    [{ allOf: [{ type: 'number' }, { minimum: 3 }] }, 1, 'less than 3'],
    [{ not: { type: 'null' } }, null, 'may not be'],
    [{ const: { a: 1, b: [2] } }, { b: [2], a: 1 }, undefined],
    [{ const: 1 }, 2, 'the one value'],
    [{ contains: { type: 'null' } }, [1, null], undefined],
    [{ contains: { type: 'null' } }, [1], 'no item of the kind'],
    [
      { patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
      { 'x-a': 'b' },
      undefined,
    ],
    [{ patternProperties: { '^x-': { type: 'string' } } }, { 'x-a': 1 }, '`$.x-a`'],
    [{ minProperties: 1 }, {}, 'fewer than 1'],
    [{ type: 'string', nullable: true }, null, undefined],
    [{ format: 'email', unheardOf: 7 }, 'x', undefined],
    [true, 1, undefined],
  ])('is held to %j: %j', (schema, value, complaint) => {
    const misfit = misfitOf(value, schema);

    if (complaint === undefined) expect(misfit).toBeUndefined();
    else expect(misfit).toContain(complaint);
  });

  it('is followed down a schema that holds itself', () => {
    const tree = { type: 'object', properties: { child: { $ref: '#' } }, additionalProperties: false };

    expect(misfitOf({ child: { child: {} } }, tree)).toBeUndefined();
    expect(misfitOf({ child: { child: { leaf: 1 } } }, tree)).toContain('`$.child.child.leaf`');
  });
});

describe('a schema that would never end', () => {
  it.each([
    ['in circles', { $ref: '#' }, 1],
    ['in two ways at every step', { anyOf: [{ $ref: '#' }, { $ref: '#' }] }, 1],
    ['in a pattern', { pattern: '^(a+)+$' }, `${'a'.repeat(5000)}!`],
  ])('is given up on, or done in no time: %s', (_about, schema, value) => {
    const misfit = misfitOf(value, schema);

    expect(misfit === undefined || misfit.includes('pattern')).toBe(true);
  });

  it.each([
    ['a pattern as long as a book', 'abc', { pattern: `${'(a|b)*'.repeat(50_000)}x` }],
    ['a pattern of many steps on a long text', 'ab'.repeat(100_000), { pattern: '^(?:[a-z]?){999}$' }],
    [
      'many patterns on many names',
      Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`k${at}`, 1])),
      {
        patternProperties: Object.fromEntries(
          Array.from({ length: 300 }, (_, at) => [`[a-z]{200}${at}`, {}]),
        ),
        additionalProperties: false,
      },
    ],
    [
      'a long list of choices of long texts',
      'x',
      { enum: Array.from({ length: 300 }, (_, at) => `${at}${'c'.repeat(10_000)}`) },
    ],
  ])('lets everything hold rather than look at %s', (_, value, schema) => {
    expect(misfitOf(value, schema)).toBeUndefined();
  });

  it('still looks at many values by the same long list of choices', () => {
    const choices = Array.from({ length: 2000 }, (_, at) => `choice ${at}`);
    const list = Array.from({ length: 5000 }, (_, at) => `choice ${at % 2000}`);

    expect(misfitOf(list, { items: { enum: choices } })).toBeUndefined();
    expect(misfitOf([...list, 'another'], { items: { enum: choices } })).toContain('$[5000]');
  });

  it.each([{ enum: [1] }, { const: 1 }, { items: { uniqueItems: true } }])(
    'does not break on a value that stands in itself very deep (%j)',
    (schema) => {
      const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);

      expect(misfitOf([deep], schema)).toBeUndefined();
    },
  );

  it('says nothing of what Object.prototype has', () => {
    expect(misfitOf({}, { properties: {}, required: ['toString'] })).toContain('`$.toString` is missing');
    expect(misfitOf({ a: 1 }, { $ref: '#/constructor' })).toBeUndefined();
  });
});
