import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DownloadLimits, type DownloadParts, download, sniff } from './download.ts';

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100)]);
const limits: DownloadLimits = { bytes: 1000, totalMs: 2000, privateNetworks: false };

interface Net extends DownloadParts {
  /** What was dialled, in order. */
  readonly dialled: readonly string[];
  /** Requests that the server behind every address saw. */
  readonly seen: readonly IncomingMessage[];
}

/** A network in which names mean what the test says, and one server answers at every address. */
const net = async (
  answer: RequestListener,
  hosts: Record<string, readonly string[][]> = {},
): Promise<Net> => {
  const seen: IncomingMessage[] = [];
  const server: Server = createServer((incoming, response) => {
    seen.push(incoming);
    answer(incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const dialled: string[] = [];
  const lookups = new Map<string, number>();
  return {
    dialled,
    seen,
    resolve: async (host) => {
      const answers = hosts[host] ?? [['93.184.216.34']];
      const count = lookups.get(host) ?? 0;
      lookups.set(host, count + 1);
      return answers[Math.min(count, answers.length - 1)] ?? [];
    },
    dial: (url, address, signal) => {
      dialled.push(address);
      return new Promise((resolve, reject) => {
        request({
          host: '127.0.0.1',
          port,
          path: url.pathname + url.search,
          headers: { host: url.host },
          signal,
        })
          .on('response', resolve)
          .on('error', reject)
          .end();
      });
    },
  };
};

const picture: RequestListener = (_, response) =>
  response.writeHead(200, { 'content-type': 'text/plain' }).end(png);

describe('what a caller names by an address', () => {
  it('is fetched, and is what its bytes say', async () => {
    const parts = await net(picture);

    const { bytes, mediaType } = await download('https://pictures.example/a.png?size=1', limits, parts);

    expect(bytes).toEqual(png);
    expect(mediaType).toBe('image/png');
    expect(parts.seen[0]).toMatchObject({ url: '/a.png?size=1', headers: { host: 'pictures.example' } });
  });

  // no address of the machine or its networks, however it is written (SCENARIOS D6)
  it.each([
    'https://127.0.0.1/x',
    'https://127.1/x',
    'https://2130706433/x',
    'https://0x7f000001/x',
    'https://0x7f.1/x',
    'https://017700000001/x',
    'https://0177.0.0.01/x',
    'https://0/x',
    'https://0.0.0.0/x',
    'https://10.1.2.3/x',
    'https://172.16.0.1/x',
    'https://192.168.1.1/x',
    'https://100.64.0.1/x',
    'https://169.254.169.254/latest/meta-data/',
    'https://0xa9fea9fe/x',
    'https://2852039166/x',
    'https://168.63.129.16/x',
    'https://192.0.0.192/x',
    'https://198.18.0.1/x',
    'https://224.0.0.1/x',
    'https://255.255.255.255/x',
    'https://[::1]/x',
    'https://[::]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://[::ffff:7f00:1]/x',
    'https://[::ffff:169.254.169.254]/x',
    'https://[::ffff:a9fe:a9fe]/x',
    'https://[::127.0.0.1]/x',
    'https://[64:ff9b::7f00:1]/x',
    'https://[2002:7f00:1::]/x',
    'https://[2001:0:7f00:1::]/x',
    'https://[fd00:ec2::254]/x',
    'https://[fc00::1]/x',
    'https://[fe80::1]/x',
    'https://[ff02::1]/x',
    'https://[2001:db8::1]/x',
    'https://１２７.0.0.1/x',
    'https://127。0。0。1/x',
    'https://inside.example/x',
    'https://both.example/x',
    'https://metadata.google.internal/x',
    'https://none.example/x',
    'http://pictures.example/x',
    'gopher://pictures.example/x',
    'file:///etc/passwd',
    'ftp://pictures.example/x',
    'data:image/png;base64,AAAA',
    'javascript:alert(1)',
    'https://user@pictures.example/x',
    'https://user:word@pictures.example/x',
    'https://pictures.example@127.0.0.1/x',
    'https://127.0.0.1#@pictures.example/',
    'https://pictures.example:99999/x',
    '//127.0.0.1/x',
    '127.0.0.1',
    '',
    `https://pictures.example/${'x'.repeat(10_000)}`,
  ])('is never asked for at %s', async (address) => {
    const parts = await net(picture, {
      'inside.example': [['10.0.0.5']],
      'both.example': [['93.184.216.34', '127.0.0.1']],
      'metadata.google.internal': [['169.254.169.254']],
      'none.example': [[]],
    });

    await expect(download(address, limits, parts)).rejects.toThrow(
      /not on the open internet|only https|cannot be read|name or a password|no address/,
    );

    expect(parts.dialled).toEqual([]);
    expect(parts.seen).toHaveLength(0);
  });

  it('is asked for where it was looked at, whatever its name means a moment later', async () => {
    const parts = await net(picture, { 'rebinding.example': [['93.184.216.34'], ['127.0.0.1']] });

    await download('https://rebinding.example/x', limits, parts);

    expect(parts.dialled).toEqual(['93.184.216.34']);
    await expect(download('https://rebinding.example/x', limits, parts)).rejects.toThrow(/open internet/);
    expect(parts.dialled).toHaveLength(1);
  });

  it.each([
    'https://127.0.0.1/x',
    'https://inside.example/x',
    'http://pictures.example/x',
    '//[::1]/x',
    'https://user@pictures.example/',
    'gopher://pictures.example/',
  ])('is looked at again after a redirect: %s', async (location) => {
    const parts = await net((_, response) => response.writeHead(302, { location }).end(), {
      'inside.example': [['192.168.0.1']],
    });

    await expect(download('https://pictures.example/x', limits, parts)).rejects.toThrow();

    expect(parts.dialled).toEqual(['93.184.216.34']);
  });

  it('may be redirected a few times, and not for ever', async () => {
    let left = 3;
    const parts = await net((incoming, response) => {
      left -= 1;
      if (left < 0) picture(incoming, response);
      else response.writeHead(307, { location: `/${left}` }).end();
    });

    expect((await download('https://pictures.example/x', limits, parts)).mediaType).toBe('image/png');

    left = 99;
    await expect(download('https://pictures.example/x', limits, parts)).rejects.toThrow(/redirected/);
  });

  it('may be on private networks where that is switched on, but never where clouds keep their secrets', async () => {
    const open = { ...limits, privateNetworks: true };
    const parts = await net(picture, {
      'inside.example': [['10.0.0.5']],
      'metadata.google.internal': [['169.254.169.254']],
      'mapped.example': [['::ffff:169.254.169.254']],
    });

    await download('https://inside.example/x', open, parts);

    for (const address of [
      'https://169.254.169.254/latest',
      'https://[::ffff:a9fe:a9fe]/latest',
      'https://[fd00:ec2::254]/latest',
      'https://100.100.100.200/latest',
      'https://168.63.129.16/machine',
      'https://metadata.google.internal/computeMetadata',
      'https://mapped.example/x',
    ])
      await expect(download(address, open, parts), address).rejects.toThrow(/open internet/);
    expect(parts.dialled).toEqual(['10.0.0.5']);
  });

  it('is no larger than the limit, whether its length is told or not', async () => {
    const told = await net((_, response) =>
      response.writeHead(200, { 'content-length': 5000 }).end(Buffer.alloc(5000)),
    );
    const untold = await net((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(Buffer.alloc(500)), 1);
      response.on('close', () => clearInterval(timer));
    });

    for (const parts of [told, untold])
      await expect(download('https://pictures.example/x', limits, parts)).rejects.toThrow(/larger than 1000/);
  });

  it('comes within its time: from the look-up to the last byte', async () => {
    const short = { ...limits, totalMs: 100 };
    const silent = await net(() => undefined);
    const dripping = await net((_, response) => response.writeHead(200).write('\x89'));
    const lost: DownloadParts = { ...silent, resolve: () => new Promise(() => undefined) };

    for (const parts of [silent, dripping, lost])
      await expect(download('https://pictures.example/x', short, parts)).rejects.toThrow(
        /within 0.1 seconds/,
      );
  });

  it.each<[string, number, Buffer | string]>([
    ['an error', 500, png],
    ['a page', 200, '<html>secret of the intranet</html>'],
    ['nothing', 200, ''],
    ['a drawing with scripts', 200, '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['half a mark', 200, '\x89PN'],
  ])('is no model’s food where it is %s, and nothing of it is told', async (_name, status, body) => {
    const parts = await net((_, response) =>
      response.writeHead(status, { 'content-type': 'image/png' }).end(body),
    );

    const error = await download('https://pictures.example/x', limits, parts).catch((cause: Error) => cause);

    expect(error).toBeInstanceOf(Error);
    expect(String((error as Error).message)).not.toContain('intranet');
  });

  it('never crashes and never dials inside, whatever is written', async () => {
    const parts = await net(picture);
    const piece = fc.oneof(
      fc.constantFrom(
        'https:',
        '//',
        '/',
        '@',
        ':',
        '#',
        '?',
        '\\',
        '.',
        '127',
        '0x7f',
        '[',
        ']',
        '::1',
        '%00',
        '\r\n',
        'localhost',
        '169.254.169.254',
      ),
      fc.string({ maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        await download(`https://${pieces.join('')}`, limits, parts).catch(() => undefined);
        for (const address of parts.dialled) expect(address).toMatch(/^(?!127\.|10\.|169\.254\.|0\.)[\d.]+$/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the first bytes', () => {
  it.each<[string, string | undefined]>([
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['GIF89a', 'image/gif'],
    ['RIFF\0\0\0\0WEBPVP8 ', 'image/webp'],
    ['RIFF\0\0\0\0WAVEfmt ', undefined],
    ['%PDF-1.7', 'application/pdf'],
    ['BM', undefined],
  ])('%j tell what it is', (bytes, type) => expect(sniff(Buffer.from(bytes, 'latin1'))).toBe(type));
});
