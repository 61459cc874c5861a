import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpaqueReasoning } from '../core/chat.ts';
import { isSealed, openSealed, sealMark, sealReasoning } from './sealed-reasoning.ts';

const opaque: fc.Arbitrary<OpaqueReasoning> = fc.record(
  {
    vendor: fc.constantFrom('anthropic', 'openai', 'google'),
    kind: fc.constantFrom('signature', 'redacted', 'encrypted', 'thought-signature'),
    data: fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
    id: fc.string(),
    owner: fc.record({ provider: fc.string(), model: fc.string() }),
  },
  { requiredKeys: ['vendor', 'kind', 'data'] },
);

describe('sealed reasoning', () => {
  it('comes back as it was, in plain ASCII', () => {
    fc.assert(
      fc.property(opaque, (one) => {
        const sealed = sealReasoning(one);

        expect(sealed).toMatch(/^[\w.-]+$/);
        expect(openSealed(sealed)).toEqual(one);
      }),
    );
  });

  it('is known by its mark, in a text and in the bytes of a body', () => {
    const sealed = sealReasoning({ vendor: 'google', kind: 'thought-signature', data: 'x' });

    expect(isSealed(sealed)).toBe(true);
    expect(isSealed('EqQBCkgIARAB')).toBe(false);
    expect(Buffer.from(JSON.stringify({ signature: sealed })).indexOf(sealMark)).toBeGreaterThan(0);
  });

  it('is nothing where it was tampered with', () => {
    for (const text of ['tierwise.1.', 'tierwise.1.e30', 'tierwise.1.WzEsMiwzXQ', 'plain'])
      expect(openSealed(text)).toBeUndefined();
  });
});
