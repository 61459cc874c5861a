import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../core/json.ts';
import { strictSchema, toolSchema } from './openai-schema.ts';

const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
};

describe('a schema for strict answers', () => {
  it('is the same where OpenAI takes it as it is', () => {
    expect(strictSchema(person)).toEqual({ schema: person, demandsMore: false });
  });

  it('closes objects that were left open, and says so where it has to demand more', () => {
    const open = { type: 'object', properties: person.properties, required: ['name'] };

    expect(strictSchema(open)).toEqual({ schema: person, demandsMore: true });
  });

  it('demands nothing more of what may be null anyway', () => {
    const nullable = { type: 'object', properties: { a: { type: ['string', 'null'] } } };

    expect(strictSchema(nullable)).toEqual({
      schema: { ...nullable, required: ['a'], additionalProperties: false },
      demandsMore: false,
    });
  });

  it('says in the description what it has no keyword for', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        code: { type: 'string', minLength: 2, description: 'A code.' },
        link: { type: 'string', format: 'uri', default: 'x' },
        tags: { type: 'array', items: { type: 'string' }, uniqueItems: true, maxItems: 3 },
      },
      required: ['code', 'link', 'tags'],
    };

    expect(strictSchema(schema)?.schema).toEqual({
      type: 'object',
      properties: {
        code: { type: 'string', description: 'A code.\nminLength: 2' },
        link: { type: 'string', description: 'format: "uri"; default: "x"' },
        tags: {
          type: 'array',
          items: { type: 'string' },
          maxItems: 3,
          description: 'uniqueItems: true',
        },
      },
      required: ['code', 'link', 'tags'],
      additionalProperties: false,
    });
  });

  it('knows other words for the same: oneOf, one allOf, nullable, values without a type, recursion', () => {
    const schema = {
      type: 'object',
      properties: {
        either: { oneOf: [{ type: 'string' }, { type: 'null' }] },
        wrapped: { allOf: [{ type: 'number' }], description: 'N' },
        maybe: { type: 'string', nullable: true },
        kind: { enum: ['a', 'b'] },
        child: { $ref: '#', description: 'the next' },
      },
      required: ['either', 'wrapped', 'maybe', 'kind', 'child'],
    };

    expect(strictSchema(schema)?.schema.properties).toEqual({
      either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      wrapped: { type: 'number', description: 'N' },
      maybe: { type: ['string', 'null'] },
      kind: { enum: ['a', 'b'], type: 'string' },
      child: { $ref: '#' },
    });
  });

  const inside = (inner: JsonObject): JsonObject => ({ type: 'object', properties: { a: inner } });

  it.each<readonly [string, JsonObject]>([
    ['a list at the root', { type: 'array', items: {} }],
    ['a choice at the root', { anyOf: [person] }],
    ['a map', inside({ type: 'object', additionalProperties: { type: 'string' } })],
    ['an open object', inside({ type: 'object', properties: {}, additionalProperties: true })],
    ['any object', inside({ type: 'object' })],
    ['anything', inside({})],
    ['a list of anything', inside({ type: 'array' })],
    ['a tuple', inside({ type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'string' } })],
    ['several allOf', inside({ allOf: [person, { type: 'object', properties: {} }] })],
    ['a reference to elsewhere', inside({ $ref: 'https://example.com/schema' })],
    ['properties by pattern', inside({ ...person, patternProperties: {} })],
  ])('cannot be had of %s', (_, schema) => {
    expect(strictSchema(schema)).toBeUndefined();
  });

  it('gives up on deep nesting, and never throws', () => {
    let deep: JsonObject = person;
    for (let level = 0; level < 12; level++) deep = inside(deep);

    expect(strictSchema(deep)).toBeUndefined();
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const schema = { type: 'object', properties: { a, b }, allOf: [b], required: a } as JsonObject;
        strictSchema(schema);
        strictSchema(toolSchema({ properties: { a: schema } }));
      }),
      { numRuns: 300 },
    );
  });
});
