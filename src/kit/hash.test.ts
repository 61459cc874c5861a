import { describe, expect, it } from 'vitest';
import { emptyHash, hashOf, hashWith, spreadHash } from './hash.ts';

describe('a hash of a text', () => {
  it("is FNV-1a's, so that what was kept by it is found again", () => {
    expect(hashOf('') >>> 0).toBe(0x811c9dc5);
    expect(hashOf('a') >>> 0).toBe(0xe40c292c);
    expect(hashOf('foobar') >>> 0).toBe(0xbf9cf968);
  });

  it('is the same unit by unit, and goes on from where another ended', () => {
    const unitByUnit = [...'müller'].reduce(
      (hash, letter) => hashWith(hash, letter.charCodeAt(0)),
      emptyHash,
    );

    expect(unitByUnit).toBe(hashOf('müller'));
    expect(hashOf('ller', hashOf('mü'))).toBe(hashOf('müller'));
  });

  it("is spread by MurmurHash3's finaliser", () => {
    expect([0, 1, -1].map(spreadHash)).toEqual([0, 0x514e28b7, 0x81f16f39]);
  });
});
