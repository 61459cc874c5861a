import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { rawPost } from '../testing/raw-connection.ts';
import { answer, behind, body, chatPath } from './door.cases.ts';
import { smuggled } from './smuggling.cases.ts';

const statusLines = /HTTP\/1\.1 (\d{3}) /g;

describe('a request within a request (D8)', () => {
  it.each(smuggled)('is never answered, and its cover is refused: $name', async ({ text }) => {
    const { caller, upstream, gateway } = await behind(answer);

    caller.write(text);
    const told = await caller.until(/"message"[\s\S]*?\}/);
    // a second answer would follow at once
    await sleep(20);

    const statuses = [...caller.text.matchAll(statusLines)].map(([, status]) => Number(status));
    expect(statuses[0]).toBeGreaterThanOrEqual(400);
    expect(statuses[0]).toBeLessThan(500);
    expect(told).not.toContain('hidden');
    expect(statuses, 'what was hidden is no request').toHaveLength(1);
    expect(upstream.seen).toHaveLength(0);
    expect(gateway.exchanges).toHaveLength(0);
  });

  it('is the body that it stands in, where a length says so', async () => {
    const { caller } = await behind(answer);
    const inner = 'GET /v1/hidden HTTP/1.1\r\nhost: x\r\n\r\n';

    caller.write(`GET /v1/models HTTP/1.1\r\nhost: x\r\ncontent-length: ${inner.length}\r\n\r\n${inner}`);
    caller.write('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');

    const text = await caller.closed();
    expect([...text.matchAll(statusLines)].map(([, status]) => status)).toEqual(['200', '200']);
    expect(text).not.toContain('hidden');
  });

  it('is a request of its own behind a whole one: answers come in order', async () => {
    const { caller, gateway } = await behind(answer);

    caller.write(rawPost(chatPath, body) + rawPost('/v1/messages', '{}', ['connection: close']));

    const text = await caller.closed();
    expect([...text.matchAll(statusLines)].map(([, status]) => status)).toEqual(['200', '400']);
    expect(text.indexOf('"total_tokens":15')).toBeLessThan(text.indexOf('"type":"error"'));
    expect(gateway.exchanges).toHaveLength(1);
  });
});

describe('a body that could be read in two ways (B9)', () => {
  const models = ['auto', 'other'].map((name) => JSON.stringify(name));
  const [first, second] = models;

  it.each([
    `{"model":${first},"messages":[],"model":${second}}`,
    `{"model":${first},"messages":[{"role":"user","content":"hi"}],"\\u006dodel":${second}}`,
    `{"messages":[{"role":"user","content":"hi"}],"model":${first},"messages":[]}`,
    `{"model":${first},"stream":false,"stream":true,"messages":[]}`,
  ])('is refused: what is routed, billed and sent has to be one: %s', async (text) => {
    const { caller, upstream, gateway } = await behind(answer);

    caller.write(rawPost(chatPath, text));

    expect(await caller.until(/"message"/)).toMatch(/^HTTP\/1.1 400 /);
    expect(upstream.seen).toHaveLength(0);
    expect(gateway.exchanges).toHaveLength(0);
  });

  it.each<[string, Buffer]>([
    ['half a character', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['half a pair, encoded', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ])('is refused where it is no UTF-8: %s', async (_name, content) => {
    const { caller, upstream } = await behind(answer);
    const [head, tail] = ['{"model":"auto","messages":[{"role":"user","content":', '}]}'];
    const bytes = Buffer.concat([Buffer.from(head ?? ''), content, Buffer.from(tail ?? '')]);

    caller.write(`POST ${chatPath} HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes.length}\r\n\r\n`);
    caller.write(bytes);

    expect(await caller.until(/"message"/)).toMatch(/^HTTP\/1.1 400 /);
    expect(upstream.seen).toHaveLength(0);
  });

  it('passes with its numbers, escapes and halves of pairs as they were written', async () => {
    const { caller, upstream } = await behind(answer);
    const rest = '"seed":12345678901234567890123,"x":[1e400,0.1000,-0],"y":"\\ud800 \\u0000 \\/ é"';
    const text = `{"model":"auto","messages":[{"role":"user","content":"hi"}],${rest}}`;

    caller.write(rawPost(chatPath, text));

    await caller.until(/"total_tokens":15/);
    expect(upstream.seen[0]?.body).toContain(rest);
  });

  it('has a model inside of messages and tools that means nothing', async () => {
    const { caller, upstream, gateway } = await behind(answer);
    const text = JSON.stringify({
      messages: [{ role: 'user', content: '{"model":"evil"}', model: 'evil' }],
      metadata: { model: 'evil' },
      model: 'auto',
    });

    caller.write(rawPost(chatPath, text));

    await caller.until(/"total_tokens":15/);
    expect(upstream.seen[0]?.body).toBe(text.replace('"model":"auto"', '"model":"one"'));
    expect(await gateway.settled(1)).toMatchObject([{ askedModel: 'auto', model: 'p-one/one' }]);
  });
});

describe('HTTP itself (B16)', () => {
  it.each<[string, string, number | undefined, RegExp]>([
    ['a HEAD', 'HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 200, /\r\n\r\n$/],
    [
      'a HEAD of models',
      'HEAD /v1/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      200,
      /\r\n\r\n$/,
    ],
    [
      'a browser’s question beforehand',
      `OPTIONS ${chatPath} HTTP/1.1\r\nhost: x\r\norigin: https://a.example\r\naccess-control-request-method: POST\r\nconnection: close\r\n\r\n`,
      405,
      /allow: POST/i,
    ],
    [
      'an unknown method',
      `BREW ${chatPath} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      400,
      /message/,
    ],
    ['TRACE', 'TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 405, /allow: GET, HEAD/i],
    [
      'a WebSocket',
      'GET /v1/responses HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      426,
      /upgrade_required/,
    ],
    [
      'a WebSocket on a realtime path',
      'GET /v1/realtime?model=x HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: WebSocket\r\n\r\n',
      426,
      /upgrade_required/,
    ],
    ['an older HTTP', 'GET /healthz HTTP/1.0\r\n\r\n', 200, /"ok"/],
    [
      'a wish that nobody can fulfil',
      `POST ${chatPath} HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
      417,
      /./,
    ],
  ])('%s has a defined answer', async (_name, text, status, pattern) => {
    const { caller } = await behind(answer);

    caller.write(text);

    const told = await caller.closed();
    expect(told).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(told).toMatch(pattern);
    expect(told).not.toMatch(/access-control-allow/i);
  });
});
