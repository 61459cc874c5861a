import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputUnwrapper, unwrapInput, wrapInput } from './custom-calls.ts';

const inPieces = (text: string, size: number): string => {
  const unwrapper = new InputUnwrapper();
  let out = '';
  for (let at = 0; at < text.length; at += size) out += unwrapper.push(text.slice(at, at + size));
  return out + unwrapper.end();
};

describe('a custom call that went as a function', () => {
  it('gives its text back, whole or in pieces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(2),
        (text, size, indent) => {
          const wrapped = JSON.stringify(wrapInput(text), null, indent);

          expect(unwrapInput(wrapped)).toBe(text);
          expect(inPieces(wrapped, size)).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives on as it comes', () => {
    const unwrapper = new InputUnwrapper();

    expect(unwrapper.push('{ "input": "*** Begin\\')).toBe('*** Begin');
    expect(unwrapper.push('nPatch')).toBe('\nPatch');
    expect(unwrapper.push('"}')).toBe('');
    expect(unwrapper.end()).toBe('');
  });

  it('is left as it is where the model did not wrap it', () => {
    expect(inPieces('*** Begin Patch', 4)).toBe('*** Begin Patch');
    expect(unwrapInput('{"other":1}')).toBe('{"other":1}');
    expect(unwrapInput('{"why":"late","input":"text"}')).toBe('text');
    expect(unwrapInput('')).toBe('');
  });
});
