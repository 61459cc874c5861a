import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hashKey } from '../access/keys.ts';
import { chatFrames, sendFrames, sendJson } from '../testing/fake-upstream.ts';
import { rawPost } from '../testing/raw-connection.ts';
import { answer, behind, body, chatPath, streamBody } from './door.cases.ts';

describe('a method', () => {
  it.each([
    ['HEAD', '/', 200],
    ['GET', '/', 200],
    ['HEAD', '/v1/models', 200],
    ['OPTIONS', chatPath, 405],
    ['GET', chatPath, 405],
    ['PUT', '/v1/messages', 405],
    ['POST', '/v1/models', 405],
    ['DELETE', '/v1/models/auto', 405],
    ['OPTIONS', '*', 400],
    ['GET', '/nothing', 404],
  ])('%s on %s gets a defined answer', async (method, path, status) => {
    const { caller } = await behind(answer);

    caller.write(`${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);

    const text = await caller.closed();
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (status === 405) expect(text).toMatch(/\r\nallow: (?:POST|GET, HEAD)\r\n/i);
    if (method === 'HEAD') expect(text.split('\r\n\r\n')[1]).toBe('');
  });

  it('that would switch to WebSockets is told in the dialect that they are not spoken here', async () => {
    const { caller } = await behind(answer);

    caller.write(
      `GET ${chatPath} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n`,
    );

    expect(await caller.until(/upgrade_required[\s\S]*\}$/)).toMatch(/^HTTP\/1.1 426 /);
  });

  it('that offers HTTP/2 beside is served without', async () => {
    const { caller } = await behind(answer);

    caller.write(
      rawPost(chatPath, body, [
        'connection: Upgrade, HTTP2-Settings',
        'upgrade: h2c',
        'http2-settings: AAMAAABk',
      ]),
    );

    expect(await caller.until(/"total_tokens":15/)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('CONNECT is refused', async () => {
    const { caller } = await behind(answer);

    caller.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n');

    expect(await caller.closed()).not.toMatch(/ 200 /);
  });
});

describe('a caller that waits to be asked for its body', () => {
  const head = (length: number, rest = ''): string =>
    `POST ${chatPath} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n${rest}\r\n`;

  it('is asked for it', async () => {
    const { caller } = await behind(answer);
    caller.write(head(Buffer.byteLength(body)));
    await caller.until(/^HTTP\/1.1 100 /);

    caller.write(body);

    await caller.until(/HTTP\/1.1 200 [\s\S]*"total_tokens":15/);
  });

  it('is not where it would be refused', async () => {
    const { caller } = await behind(answer, { keys: [{ name: 'team', hash: hashKey('k') }] });
    caller.write(head(100));
    expect(await caller.until(/"message"/)).toMatch(/^HTTP\/1.1 401 /);

    const { caller: large } = await behind(answer, { server: { bodyLimitBytes: 50 } });
    large.write(head(100));
    expect(await large.until(/"message"/)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('for something else gets a 417', async () => {
    const { caller } = await behind(answer);

    caller.write(`POST ${chatPath} HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\ncontent-length: 0\r\n\r\n`);

    await caller.until(/^HTTP\/1.1 417 /);
  });
});

describe('HTTP/1.0', () => {
  it('is answered whole', async () => {
    const { caller } = await behind(answer);

    caller.write(`POST ${chatPath} HTTP/1.0\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

    expect(await caller.closed()).toMatch(/^HTTP\/1.1 200 [\s\S]*"total_tokens":15\}\}$/);
  });

  it('is streamed to the end of the connection, without chunks', async () => {
    const frames = chatFrames(['4', '2'], { input: 1, output: 1 });
    const { gateway, caller } = await behind(sendFrames(frames));

    caller.write(
      `POST ${chatPath} HTTP/1.0\r\ncontent-length: ${Buffer.byteLength(streamBody)}\r\n\r\n${streamBody}`,
    );

    const text = await caller.closed();
    expect(text).not.toMatch(/transfer-encoding|trailer:/i);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'ok' }]);
  });
});

describe('several requests on one connection', () => {
  it('sent without waiting are answered in their order, streams too', async () => {
    const { gateway, caller } = await behind(async (response, { body: asked }) => {
      if (!asked.includes('"stream":true')) return void answer(response, undefined as never);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const frame of chatFrames(['4'.repeat(50_000), '2'], { input: 1, output: 1 })) {
        response.write(frame);
        await sleep(10);
      }
      response.end();
    });

    caller.write(rawPost(chatPath, streamBody) + rawPost(chatPath, body) + rawPost(chatPath, streamBody));

    await caller.until(/\[DONE\][\s\S]*"total_tokens":15\}\}[\s\S]*\[DONE\]/);
    expect(await gateway.settled(3)).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }, { outcome: 'ok' }]);
  });

  it('whose connection breaks are all settled', async () => {
    const { gateway, upstream, caller } = await behind((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const frame of chatFrames(['4'], { input: 1, output: 1 }).slice(0, 2)) response.write(frame);
    });
    caller.write(rawPost(chatPath, streamBody).repeat(3));
    await caller.until(/"content":"4"/);
    await vi.waitFor(() => expect(upstream.seen).toHaveLength(3));
    await sleep(50);

    caller.reset();

    const exchanges = await gateway.settled(3);
    expect(exchanges.map(({ outcome }) => outcome)).toEqual(['client-gone', 'client-gone', 'client-gone']);
    await vi.waitFor(() =>
      expect(upstream.seen.every(({ closedEarlyAfterMs }) => closedEarlyAfterMs !== null)).toBe(true),
    );
  });

  it('do not have garbage answered in the middle of a stream', async () => {
    const { caller } = await behind((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const frame of chatFrames(['4'], { input: 1, output: 1 }).slice(0, 2)) response.write(frame);
    });
    caller.write(rawPost(chatPath, streamBody));
    await caller.until(/"content":"4"/);

    caller.write('garbage\r\n\r\n');

    const text = await caller.closed();
    expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(text).not.toContain('[DONE]');
  });
});

describe('an error', () => {
  it.each([
    ['/v1/messages', {}, 'anthropic'],
    ['/v1/messages/nothing', {}, 'anthropic'],
    ['/v1/messages/count_tokens', {}, 'anthropic'],
    [chatPath, {}, 'openai'],
    ['/v1/nothing', {}, 'openai'],
    ['/v1/nothing', { 'anthropic-version': '2023-06-01' }, 'anthropic'],
    [chatPath, { 'anthropic-version': '2023-06-01' }, 'openai'],
  ])('at %s with %o is told as %s would', async (path, headers, vendor) => {
    const { gateway } = await behind(answer);

    const response = await fetch(gateway.url + path, { method: 'POST', body: '{', headers });

    const told = (await response.json()) as {
      type?: string;
      request_id?: string;
      error: { type: string; code?: string };
    };
    expect(told.type).toBe(vendor === 'anthropic' ? 'error' : undefined);
    expect(typeof told.error.type).toBe('string');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9A-Z]{26}$/);
    // only what was decided has a record to look for
    expect(response.headers.get('x-tierwise-exchange')).toBeNull();
  });

  it('names a record where there is one', async () => {
    const { gateway } = await behind(sendJson({ error: { message: 'no', type: 'x' } }, 400));

    const response = await fetch(gateway.url + chatPath, { method: 'POST', body });

    const [exchange] = await gateway.settled(1);
    expect(response.headers.get('x-tierwise-exchange')).toBe(exchange?.id);
  });
});

it('an agent that keeps its connection finds it open again', async () => {
  const { gateway } = await behind(answer);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const ports = new Set<number | undefined>();
  const call = (path: string, sent: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sending = httpRequest(gateway.url + path, { method: 'POST', agent }, (response) => {
        ports.add(response.socket.localPort);
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      });
      sending.on('error', reject);
      sending.end(sent);
    });

  const statuses = [];
  for (const [path, sent] of [
    [chatPath, body],
    [chatPath, '{'],
    ['/nothing', body],
    [chatPath, body],
  ] as const)
    statuses.push(await call(path, sent));

  expect(statuses).toEqual([200, 400, 404, 200]);
  expect(ports.size).toBe(1);
});
