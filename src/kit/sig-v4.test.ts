import { describe, expect, it } from 'vitest';
import { SigV4 } from './sig-v4.ts';

/** The account, the time and the host that the published test suite signs with. */
const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const at = Date.UTC(2015, 7, 30, 12, 36, 0);
const plain = { method: 'GET', path: '/', query: '', headers: { host: 'example.amazonaws.com' }, body: '' };

const signed = (change: Partial<typeof plain>, secrets: object = {}): Record<string, string> =>
  new SigV4({ ...account, ...secrets }, { region: 'us-east-1', service: 'service' }).sign(
    { ...plain, ...change },
    at,
  );

const signatureOf = (headers: Record<string, string>): string | undefined =>
  headers.authorization?.split('Signature=')[1];

describe('a signature is the one of the published test suite', () => {
  it.each([
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'get-vanilla-query-order-key-case',
      { query: '?Param2=value2&Param1=value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ])('%s', (_name, change, signature) => {
    const headers = signed(change);

    expect(headers.authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    );
    expect(headers['x-amz-date']).toBe('20150830T123600Z');
  });
});

describe('what is signed', () => {
  it('is every part of the request', () => {
    const all = [
      signed({}),
      signed({ method: 'POST' }),
      signed({ path: '/model/a' }),
      signed({ query: '?a=b' }),
      signed({ body: '{}' }),
      signed({ headers: { host: 'another.amazonaws.com' } }),
      signed({ headers: { ...plain.headers, 'content-type': 'application/json' } as typeof plain.headers }),
    ].map(signatureOf);

    expect(new Set(all).size).toBe(all.length);
  });

  it('is a path escaped once more than it is sent, and a slash that was escaped stays apart', () => {
    const colon = signatureOf(signed({ path: '/model/a-v1%3A0/invoke' }));

    expect(colon).not.toBe(signatureOf(signed({ path: '/model/a-v1:0/invoke' })));
    expect(signatureOf(signed({ path: '/model/a%2Fb' }))).not.toBe(
      signatureOf(signed({ path: '/model/a/b' })),
    );
  });

  it('is the session token of a role, which is sent along', () => {
    const headers = signed({}, { sessionToken: 'token' });

    expect(headers['x-amz-security-token']).toBe('token');
    expect(headers.authorization).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token');
  });

  it('is signed with the key of its own day', () => {
    const signer = new SigV4(account, { region: 'us-east-1', service: 'service' });
    const today = signer.sign(plain, at);

    const tomorrow = signer.sign(plain, at + 86_400_000);

    expect(tomorrow.authorization).toContain('/20150831/');
    expect(signer.sign(plain, at)).toEqual(today);
    expect(signed({})).toEqual(today);
  });
});
