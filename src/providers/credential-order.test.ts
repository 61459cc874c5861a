import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialsFor } from './credential-order.ts';
import type { Credential } from './provider.ts';

const credential = (name: string, weight = 1): Credential => ({
  name,
  weight,
  baseUrl: new URL('https://example.com'),
  key: name,
});
const three = [credential('p'), credential('p#2'), credential('p#3')];
const sessions = Array.from({ length: 6000 }, (_, at) => `session-${at}`);
const shareOf = (name: string, credentials: readonly Credential[]): number =>
  sessions.filter((session) => credentialsFor(credentials, session)[0]?.name === name).length /
  sessions.length;

describe('the order of credentials', () => {
  it('is the same for the same conversation, however the list is written', () => {
    fc.assert(
      fc.property(fc.string(), (session) => {
        const order = credentialsFor(three, session);

        expect(credentialsFor([...three].reverse(), session)).toEqual(order);
        expect(new Set(order)).toEqual(new Set(three));
      }),
    );
  });

  it('spreads conversations evenly, or by weight', () => {
    for (const { name } of three) expect(shareOf(name, three)).toBeCloseTo(1 / 3, 1);

    const weighted = [credential('p', 3), credential('p#2', 1)];
    expect(shareOf('p', weighted)).toBeCloseTo(0.75, 1);
  });

  it('moves only the conversations of one that goes', () => {
    const left = three.slice(0, 2);

    const moved = sessions.filter((session) => {
      const [before] = credentialsFor(three, session);
      return before?.name !== 'p#3' && credentialsFor(left, session)[0] !== before;
    });

    expect(moved).toEqual([]);
  });

  it('sends nobody to one without weight while another is there', () => {
    expect(shareOf('p#2', [credential('p'), credential('p#2', 0)])).toBe(0);
  });
});
