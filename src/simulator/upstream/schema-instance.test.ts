import { describe, expect, it } from 'vitest';
import { instanceOf } from './schema-instance.ts';

const words = { answer: 'it was high', names: ['Paris'] };

describe('an instance of a JSON schema', () => {
  it.each([
    ['a constant', { const: 7 }, 7],
    ['the choice that the prompt names', { enum: ['low', 'high'] }, 'high'],
    ['numbers inside their bounds', { type: 'number', minimum: 10, maximum: 12 }, 10],
    ['whole multiples', { type: 'integer', multipleOf: 5, minimum: 7 }, 10],
    ['lists of the least length', { type: 'array', items: { type: 'boolean' }, minItems: 2 }, [true, true]],
    ['tuples', { type: 'array', prefixItems: [{ type: 'null' }, { const: 1 }] }, [null, 1]],
    ['what is not null', { anyOf: [{ type: 'null' }, { type: 'string', format: 'date' }] }, '2026-05-04'],
    ['one type of several', { type: ['null', 'boolean'] }, true],
    [
      'texts of their length',
      { type: 'object', properties: { note: { type: 'string', minLength: 18, maxLength: 20 } } },
      { note: 'simulated note....' },
    ],
    [
      'names from the prompt',
      { type: 'object', properties: { city: { type: 'string' } } },
      { city: 'Paris' },
    ],
    ['references', { $ref: '#/$defs/a~1b', $defs: { 'a/b': { const: 'found' } } }, 'found'],
    [
      'all of several',
      { allOf: [{ type: 'object', properties: { a: { const: 1 } } }, { properties: { b: { const: 2 } } }] },
      { a: 1, b: 2 },
    ],
    ['required properties that nobody describes', { type: 'object', required: ['x'] }, { x: 'simulated x' }],
  ])('has %s', (_, schema, expected) => {
    expect(instanceOf(schema, words)).toEqual(expected);
  });

  it.each([
    ['file_path', '/home/ann/note.txt'],
    ['cmd', 'cat /home/ann/note.txt'],
    ['command', 'cat /home/ann/note.txt'],
  ])('has the file of the prompt in "%s"', (name, expected) => {
    const schema = { type: 'object', properties: { [name]: { type: 'string' } } };

    expect(instanceOf(schema, { ...words, path: '/home/ann/note.txt' })).toEqual({ [name]: expected });
  });

  it('ends where a schema refers to itself', () => {
    const schema = {
      type: 'object',
      properties: { next: { $ref: '#' }, id: { type: 'integer' } },
      required: ['id'],
    };

    expect(JSON.stringify(instanceOf(schema, words)).length).toBeLessThan(500);
  });
});
