import { describe, expect, it } from 'vitest';
import { createKey, hashKey, KeyRing, readCredentials } from './keys.ts';

describe('credentials', () => {
  it.each([
    [{ authorization: 'Bearer K' }],
    [{ authorization: 'bearer   K ' }],
    [{ 'x-api-key': 'K' }],
    [{ 'api-key': 'K' }],
    [{ 'x-goog-api-key': 'K' }],
    [{ authorization: 'Bearer K', 'x-api-key': 'K' }],
  ])('are read from %o', (headers) => {
    expect(readCredentials(headers).gatewayKey).toBe('K');
  });

  it('are refused where two forms disagree', () => {
    expect(() => readCredentials({ authorization: 'Bearer A', 'x-api-key': 'B' })).toThrow(
      /Two different keys/,
    );
  });

  it('leave the vendor’s header to the caller’s own key where the gateway’s has its own', () => {
    expect(readCredentials({ 'x-tierwise-key': 'G', 'x-api-key': 'V' })).toEqual({
      gatewayKey: 'G',
      vendorKey: 'V',
    });
  });
});

describe('keys', () => {
  const secret = createKey();
  const ring = new KeyRing([{ name: 'team', hash: hashKey(secret), routes: ['auto'] }]);

  it('tell whose they are', () => {
    expect(ring.callerOf({ gatewayKey: secret, vendorKey: undefined })).toEqual({
      name: 'team',
      routes: ['auto'],
    });
  });

  it('refuse none and unknown ones, each with its own code', () => {
    expect(() => ring.callerOf({ gatewayKey: undefined, vendorKey: undefined })).toThrow(
      expect.objectContaining({ code: 'missing-key' }),
    );
    expect(() => ring.callerOf({ gatewayKey: `${secret}x`, vendorKey: undefined })).toThrow(
      expect.objectContaining({ code: 'invalid-key' }),
    );
  });

  it('are not needed where none is configured', () => {
    expect(new KeyRing([]).callerOf({ gatewayKey: 'whatever', vendorKey: undefined }).name).toBe('local');
  });

  it('have 256 random bits', () => {
    expect(secret).toMatch(/^tw_[\w-]{43}$/);
    expect(createKey()).not.toBe(secret);
  });
});
