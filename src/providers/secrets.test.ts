import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blotOut, holdsSecret } from './secrets.ts';

const secret = 'sk-live-0123456789abcdefABCDEF';

describe('a secret in a text', () => {
  it.each([
    ['whole', `Incorrect key: ${secret}.`],
    ['its beginning', 'Incorrect key: sk-live-0123****'],
    ['its end', 'Incorrect key: ****efABCDEF'],
    ['a piece of its middle', 'x89abcdefAx'],
  ])('is found and blotted out: %s', (_name, text) => {
    expect(holdsSecret(text, secret)).toBe(true);
    expect(holdsSecret(blotOut(text, secret), secret)).toBe(false);
  });

  it('is not seen where it is not', () => {
    const text = 'Incorrect key: sk-****DEF';

    expect(blotOut(text, secret)).toBe(text);
    expect(blotOut(text, undefined)).toBe(text);
    expect(blotOut(text, '')).toBe(text);
  });

  it('is blotted out wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constant(secret))), (parts) => {
        expect(holdsSecret(blotOut(parts.join(''), secret), secret)).toBe(false);
      }),
    );
  });
});
