import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decided } from '../core/exchange.ts';
import { sampleModel } from '../testing/sample-model.ts';
import { answerHeaders, ascii } from './headers.ts';

describe('what people name', () => {
  it('ends no header, whatever it holds and wherever it is cut', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 700 }),
          fc.nat(4).map((shift) => 'x'.repeat(505 + shift) + '😀'.repeat(20)),
          fc.constantFrom('a\r\nset-cookie: b', '\0', '\ud800', 'é', '\u2028', '\x7f'),
        ),
        (text) => {
          const value = ascii(text);

          expect(value).toMatch(/^[\x20-\x7e]*$/);
          expect(value.length).toBeLessThanOrEqual(1536);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('stays readable where it can', () => {
    expect(ascii('quick edits; cheapest first')).toBe('quick edits; cheapest first');
    expect(ascii('für')).toBe('f%C3%BCr');
  });
});

describe('an answer', () => {
  const headersOf = (decision: object) =>
    answerHeaders(
      { id: 'x', decision } as unknown as Decided,
      sampleModel('small'),
      [],
      undefined,
      undefined,
    );

  it('names the policy that was asked, and why it chose', () => {
    const reasons = [
      'p/small is predicted to succeed in 91 % (86-94; frontier 93 %)',
      'the cheapest that holds',
    ];

    expect(headersOf({ reasons, policy: 'ours@3f2a9c41' })).toMatchObject({
      'x-tierwise-policy': 'ours@3f2a9c41',
      'x-tierwise-reason': reasons.join('; '),
    });
  });

  it('names none where rules decided', () => {
    expect(headersOf({ reasons: ['rule "a": light'] })).not.toHaveProperty('x-tierwise-policy');
  });
});
