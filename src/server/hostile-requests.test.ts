import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createKey, hashKey } from '../access/keys.ts';
import { rawConnection, rawPost } from '../testing/raw-connection.ts';
import { answer, behind, body, chatPath } from './door.cases.ts';

describe('a request that can be read in two ways', () => {
  it.each<[string, string]>([
    ['two Hosts', `GET /v1/models HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n`],
    ['no Host', 'GET /v1/models HTTP/1.1\r\n\r\n'],
    ['an absolute address', 'GET http://evil.example/v1/models HTTP/1.1\r\nhost: evil.example\r\n\r\n'],
    [
      'both lengths',
      `POST ${chatPath} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'two lengths',
      `POST ${chatPath} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello`,
    ],
    ['a negative length', `POST ${chatPath} HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n`],
    [
      'chunks in HTTP/1.0',
      `POST ${chatPath} HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a line feed alone', `GET /v1/models HTTP/1.1\nhost: x\n\n`],
    ['a folded header', 'GET /v1/models HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c\r\n\r\n'],
    ['a space before the colon', 'GET /v1/models HTTP/1.1\r\nhost : x\r\n\r\n'],
    ['a NUL', 'GET /v1/models HTTP/1.1\r\nhost: x\r\nx-a: \0\r\n\r\n'],
    ['a broken chunk', `POST ${chatPath} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00'],
    ['a path with a broken escape', 'GET /v1/models/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    ['a path that climbs', 'GET /v1/models/..%2f..%2fetc HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    ['a path with a NUL', 'GET /v1/models/a%00b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ])('is refused: %s', async (_name, text) => {
    const { caller, upstream } = await behind(answer);

    caller.write(text);

    const told = await caller.until(/"message"[\s\S]*\}$/);
    expect(told).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(told).toContain('invalid_request_error');
    expect(upstream.seen).toHaveLength(0);
  });

  it.each(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-tierwise-key'])(
    'by two values of "%s" is refused, by the same one twice served',
    async (name) => {
      const key = createKey();
      const { gateway, upstream } = await behind(answer, { keys: [{ name: 'team', hash: hashKey(key) }] });
      const value = name === 'authorization' ? `Bearer ${key}` : key;
      const ask = async (second: string): Promise<string> => {
        const caller = await rawConnection(gateway.url);
        caller.write(
          rawPost(chatPath, body, [`${name}: ${value}`, `${name}: ${second}`, 'connection: close']),
        );
        return caller.closed();
      };

      const [twoKeys, oneKey] = [await ask(`${value}x`), await ask(value)];

      expect(twoKeys).toMatch(/^HTTP\/1.1 401 /);
      expect(oneKey).toMatch(/^HTTP\/1.1 200 /);
      expect(upstream.seen).toHaveLength(1);
    },
  );
});

describe('a request that never ends', () => {
  it('in its headers is cut off, in the dialect', async () => {
    const { caller } = await behind(answer);

    caller.write(`POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(40_000)}`);

    const told = await caller.until(/"message"[\s\S]*\}$/);
    expect(told).toMatch(/^HTTP\/1.1 431 /);
    expect(told).toContain('"type":"error"');
    await caller.closed();
  });

  it('in its body is refused at the limit’s byte, chunked or not, and at once where it says so', async () => {
    for (const [headers, piece] of [
      ['transfer-encoding: chunked', `400\r\n${'x'.repeat(1024)}\r\n`],
      ['content-length: 4000', 'x'.repeat(1024)],
      ['content-length: 100000000000', ''],
    ] as const) {
      const { caller } = await behind(answer, { server: { bodyLimitBytes: 2000 } });
      caller.write(`POST ${chatPath} HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n`);
      caller.write(piece.repeat(2));

      expect(await caller.until(/"message"[\s\S]*\}$/)).toMatch(/^HTTP\/1.1 413 /);
    }
  });

  it('after it was refused is not read for ever', async () => {
    const key = createKey();
    const { caller } = await behind(answer, {
      server: { bodyLimitBytes: 2000 },
      keys: [{ name: 'team', hash: hashKey(key) }],
    });
    caller.write(`POST ${chatPath} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`);
    await caller.until(/ 401 /);
    const timer = setInterval(() => caller.write(`400\r\n${'x'.repeat(1024)}\r\n`), 10);

    await caller.closed();

    clearInterval(timer);
  });

  it('in its answer’s reading leaves nothing behind', async () => {
    const { gateway, caller } = await behind(answer);
    caller.write(`POST ${chatPath} HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{"model":`);
    await sleep(50);

    caller.reset();

    await sleep(50);
    expect(gateway.exchanges).toHaveLength(0);
    expect(gateway.faults).toHaveLength(0);
  });
});
