import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { DownloadError, download } from '../providers/download.ts';
import { ollama } from '../providers/local.ts';
import { chatAnswer, fakeUpstream, sendJson } from '../testing/fake-upstream.ts';
import { testGateway } from '../testing/test-gateway.ts';
import type { FetchMedia } from './inline-media.ts';

const png = Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1');
const fetchesPng: FetchMedia = async () => ({ bytes: png, mediaType: 'image/png' });

const url = (name: string) => ({ type: 'image_url', image_url: { url: `https://pictures.example/${name}` } });

const asking = async (fetchMedia: FetchMedia, content: readonly unknown[], kind: string = ollama.type) => {
  const upstream = await fakeUpstream(sendJson(chatAnswer('a cat')));
  onTestFinished(() => upstream.close());
  const gateway = await testGateway([{ name: 'one', url: upstream.url, kind }], dialects, { fetchMedia });
  onTestFinished(() => gateway.close());
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
  });
  const sent = upstream.seen[0] && JSON.parse(upstream.seen[0].body);
  return { status: response.status, body: await response.text(), content: sent?.messages[0].content };
};

describe('a picture named by its address', () => {
  it('becomes its data for a server that fetches none', async () => {
    const asked: string[] = [];
    const fetchMedia: FetchMedia = (address) => {
      asked.push(address);
      return fetchesPng(address);
    };

    const { status, content } = await asking(fetchMedia, [
      { type: 'text', text: 'what?' },
      url('a'),
      url('b'),
      url('a'),
    ]);

    expect(status).toBe(200);
    expect(asked.sort()).toEqual(['https://pictures.example/a', 'https://pictures.example/b']);
    expect(content).toHaveLength(4);
    for (const part of content.slice(1))
      expect(part.image_url.url).toBe(`data:image/png;base64,${png.toString('base64')}`);
  });

  it('is left alone for a server that fetches itself', async () => {
    const { content } = await asking(
      () => Promise.reject(new Error('never')),
      [url('a')],
      'openai-compatible',
    );

    expect(content).toEqual([url('a')]);
  });

  it('that cannot be fetched is a mistake of the request, and says what to do', async () => {
    const { status, body } = await asking(
      () => Promise.reject(new DownloadError('its host is not on the open internet')),
      [url('a')],
    );

    expect(status).toBe(400);
    expect(JSON.parse(body).error).toMatchObject({ param: 'image_url' });
    expect(body).toMatch(/pictures\.example\/a.*not on the open internet.*Send the data itself/);
  });

  it('is not waited for by anybody once its caller is gone', async () => {
    const asked: string[] = [];
    const gateway = await testGateway(
      [{ name: 'one', url: 'http://127.0.0.1:9', kind: ollama.type }],
      dialects,
      {
        fetchMedia: (address) => {
          asked.push(address);
          return new Promise(() => undefined);
        },
      },
    );
    onTestFinished(() => gateway.close());
    const leaving = new AbortController();
    const response = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: [url('a')] }] }),
      signal: leaving.signal,
    });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    leaving.abort();

    await expect(response).rejects.toThrow();
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'client-gone', attempts: [], cost: 0n }]);
    expect(gateway.intents).toHaveLength(0);
  });

  it('is not waited for where the gateway stops', async () => {
    const asked: string[] = [];
    const gateway = await testGateway(
      [{ name: 'one', url: 'http://127.0.0.1:9', kind: ollama.type }],
      dialects,
      {
        fetchMedia: (address) => {
          asked.push(address);
          return new Promise(() => undefined);
        },
      },
    );
    onTestFinished(() => gateway.close());
    const response = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: [url('a')] }] }),
    });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    await gateway.stop(0);

    expect((await response).headers.get('x-tierwise-error')).toBe('shutting-down');
  });

  it('is the last that is fetched where one of them cannot be', async () => {
    let asked = 0;
    const { status } = await asking(
      async (address) => {
        asked += 1;
        if (address.endsWith('/0')) throw new DownloadError('it is gone');
        await new Promise((resolve) => setImmediate(resolve));
        return fetchesPng(address);
      },
      Array.from({ length: 20 }, (_, at) => url(String(at))),
    );

    expect(status).toBe(400);
    expect(asked).toBeLessThan(8);
  });

  it('is not fetched for ever: so many of them, and so many bytes', async () => {
    const many = await asking(
      fetchesPng,
      Array.from({ length: 21 }, (_, at) => url(String(at))),
    );
    const large = await asking(
      async () => ({ bytes: Buffer.alloc(15_000_000), mediaType: 'image/png' }),
      [url('a'), url('b'), url('c')],
    );

    expect([many.status, large.status]).toEqual([400, 400]);
  });

  it('never makes the gateway ask its own machine', async () => {
    let connections = 0;
    const sentinel = createServer().on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => sentinel.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void sentinel.close());
    const { port } = sentinel.address() as { port: number };
    const real: FetchMedia = (address) =>
      download(address, { bytes: 1000, totalMs: 1000, privateNetworks: false });

    for (const host of [
      '127.0.0.1',
      '127.1',
      'localhost',
      '2130706433',
      '[::ffff:127.0.0.1]',
      '0x7f000001',
      '0',
    ])
      for (const scheme of ['https', 'http']) {
        const { status } = await asking(real, [
          { type: 'image_url', image_url: { url: `${scheme}://${host}:${port}/x` } },
        ]);
        expect(status, host).toBe(400);
      }

    expect(connections).toBe(0);
  });
});
