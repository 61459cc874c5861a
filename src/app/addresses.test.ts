import { describe, expect, it } from 'vitest';
import { isLoopback, isMetadataService, isNearby } from './addresses.ts';

describe('addresses', () => {
  it.each(['127.0.0.1', '127.9.9.9', 'localhost', 'LOCALHOST', '::1', '[::1]', '::ffff:127.0.0.1'])(
    'takes %s as this machine',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it.each(['0.0.0.0', '::', '192.168.1.2', 'example.com', '127.0.0.1.example.com', '', '1'])(
    'does not take %s as this machine',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );

  it('knows the own network from the rest of the world', () => {
    expect(['10.1.2.3', 'ollama', 'gpu.internal', '192.168.0.4', 'fd12::1'].every(isNearby)).toBe(true);
    expect(['8.8.8.8', 'api.openai.com', '2001:db8::1'].some(isNearby)).toBe(false);
  });

  it('knows where clouds keep credentials', () => {
    expect(
      ['169.254.169.254', '::ffff:169.254.169.254', 'metadata.google.internal'].every(isMetadataService),
    ).toBe(true);
    expect(isMetadataService('10.0.0.1')).toBe(false);
  });
});
