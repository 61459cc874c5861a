import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeUpstream, type Script } from '../testing/fake-upstream.ts';
import { openaiCompatible } from './openai-compatible.ts';
import type { Credential, Provider } from './provider.ts';
import { Egress, type OngoingCall } from './send.ts';

interface Heard {
  readonly pieces: string[];
  end: string;
}

const hear = async (
  script: Script,
  act: (ongoing: OngoingCall) => void = () => undefined,
): Promise<Heard> => {
  const upstream = await fakeUpstream(script);
  const egress = new Egress();
  onTestFinished(async () => {
    await egress.close();
    await upstream.close();
  });
  const credential: Credential = { name: 'p', baseUrl: new URL(upstream.url), key: undefined, weight: 1 };
  const provider: Provider = {
    name: 'p',
    kind: openaiCompatible,
    credentials: [credential],
    quirks: {},
    timeouts: { connectMs: 1000, firstByteMs: 5000, idleMs: 5000, totalMs: 20_000 },
  };
  const heard: Heard = { pieces: [], end: '' };
  return new Promise((resolve) => {
    const end = (how: string): void => {
      heard.end = how;
      resolve(heard);
    };
    const ongoing = egress.send(
      { provider, credential, path: '/x', query: '', method: 'POST', headers: {}, body: Buffer.from('{}') },
      {
        sent: () => undefined,
        started: () => act(ongoing),
        data: (chunk) => heard.pieces.push(chunk.toString()),
        ended: () => end('ended'),
        failed: ({ code, message }) => end(`${code}: ${message}`),
      },
    );
  });
};

const send =
  (encoding: string, body: Buffer): Script =>
  (response) =>
    void response.writeHead(200, { 'content-encoding': encoding }).end(body);
const text = '{"answer":"42"}'.repeat(20_000);

describe('a compressed answer', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['identity', Buffer.from(text)],
  ])('in %s is read', async (encoding, body) => {
    const { pieces, end } = await hear(send(encoding, body));

    expect(end).toBe('ended');
    expect(pieces.join('')).toBe(text);
  });

  it('comes piece by piece as it is sent', async () => {
    const first = gzipSync('data: 1\n\n');
    const { pieces } = await hear((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.write(first.subarray(0, -8));
      setTimeout(() => response.end(first.subarray(-8)), 100);
    });

    expect(pieces).toEqual(['data: 1\n\n']);
  });

  it.each([
    ['an encoding nobody reads', send('compress', Buffer.from('x')), /^upstream-bad: .*"compress"/],
    ['plain bytes that claim to be gzip', send('gzip', Buffer.from(text)), /^upstream-bad: .*Z_DATA_ERROR/],
    ['one that is cut', send('gzip', gzipSync(text).subarray(0, -20)), /^upstream-bad: .*Z_BUF_ERROR/],
  ])('fails as %s', async (_name, script, how) => {
    expect((await hear(script)).end).toMatch(how);
  });

  it.each(['gzip', 'br', 'zstd'] as const)(
    'that is a bomb in %s is cut long before it bursts',
    async (encoding) => {
      const compress = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync }[encoding];
      const bomb = compress(Buffer.alloc(80 * 1024 * 1024));

      const { pieces, end } = await hear(send(encoding, bomb));

      expect(end).toMatch(/^upstream-bad: .*far more/);
      expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBeLessThan(8 * 1024 * 1024);
    },
  );

  it('of a size that no answer has is cut at 64 MB, however little it was compressed', async () => {
    const noise = Buffer.alloc(65 * 1024 * 1024);
    for (let at = 0; at < noise.length; at += 64) noise.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);

    const { pieces, end } = await hear(send('gzip', gzipSync(noise, { level: 1 })));

    expect(end).toMatch(/^upstream-bad: .*far more/);
    expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBeGreaterThan(60 * 1024 * 1024);
  });

  it('waits for a reader that pauses', async () => {
    let resumedAtMs = Infinity;
    const { pieces, end } = await hear(send('gzip', gzipSync(text)), (ongoing) => {
      ongoing.pause();
      setTimeout(() => {
        resumedAtMs = performance.now();
        ongoing.resume();
      }, 100);
    });

    expect(performance.now()).toBeGreaterThanOrEqual(resumedAtMs);
    expect(end).toBe('ended');
    expect(pieces.join('')).toBe(text);
  });
});
