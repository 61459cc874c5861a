import { describe, expect, it } from 'vitest';
import { cutPaths, uncut } from './config-cut.ts';

describe('a configuration without what could not be read', () => {
  it('loses keys, entries, and what misses something it needs', () => {
    const value = { log: { level: 'x', other: 1 }, keys: [{ name: 'a' }, { name: 'b' }] };

    const cut = cutPaths(uncut(value), [
      ['log', 'level'],
      ['keys', 0, 'hash'],
    ]);

    expect(cut.value).toEqual({ log: { other: 1 }, keys: [{ name: 'b' }] });
    expect(cut.leftOut).toEqual([
      ['log', 'level'],
      ['keys', 0],
    ]);
  });

  it('remembers where the rest of a list stood, through several cuts', () => {
    const once = cutPaths(uncut({ keys: ['a', 'b', 'c', 'd', 'e'] }), [
      ['keys', 0],
      ['keys', 2],
      ['keys', 2],
    ]);
    const twice = cutPaths(once, [['keys', 1]]);

    expect(once.value).toEqual({ keys: ['b', 'd', 'e'] });
    expect(twice.value).toEqual({ keys: ['b', 'e'] });
    expect(twice.original(['keys', 0, 'name'])).toEqual(['keys', 1, 'name']);
    expect(twice.original(['keys', 1])).toEqual(['keys', 4]);
    expect(twice.original(['other', 1])).toEqual(['other', 1]);
    expect(twice.leftOut.at(-1)).toEqual(['keys', 3]);
  });

  it('is what it was where nothing is at the path', () => {
    const cut = cutPaths(uncut({ a: 1 }), [['b', 'c'], []]);

    expect(cut.value).toEqual({ a: 1 });
  });
});
