import { describe, expect, it } from 'vitest';
import { createKey, hashKey } from '../access/keys.ts';
import {
  chatAnswer,
  type FakeUpstream,
  messagesAnswer,
  type Script,
  sendFrames,
  sendJson,
} from '../testing/fake-upstream.ts';
import type { TestGateway, TestGatewayOptions } from '../testing/test-gateway.ts';
import { anthropic, chat, gatewayOf, head, one, upstreamOf } from './setting.cases.ts';

const ours = createKey();
const keys = [{ name: 'team', hash: hashKey(ours) }];
const said = (upstream: FakeUpstream): string => JSON.stringify(upstream.seen);

describe('a caller’s own key', () => {
  const twoHosts = async (options: TestGatewayOptions = {}, ...own: readonly Script[]) => {
    const vendor = await upstreamOf(...(own.length > 0 ? own : [sendJson(messagesAnswer('42'))]));
    const elsewhere = await upstreamOf(sendJson(chatAnswer('42')));
    const gateway = await gatewayOf(
      [
        { name: 'vendor', url: vendor.url, kind: 'anthropic' },
        { name: 'elsewhere', url: elsewhere.url, kind: 'openai-compatible' },
      ],
      { keys, passThrough: ['vendor'], ...options },
    );
    return { vendor, elsewhere, gateway };
  };
  const asTeam = { 'x-tierwise-key': ours, 'x-api-key': 'sk-ant-callers-own-key' };

  it('goes to its provider instead of ours, and nothing of the gateway’s does', async () => {
    const { vendor, gateway } = await twoHosts();

    await anthropic(gateway, {}, { headers: { ...asTeam, 'anthropic-workspace-id': 'w1' } });

    expect(vendor.seen[0]?.headers).toMatchObject({
      'x-api-key': 'sk-ant-callers-own-key',
      'anthropic-workspace-id': 'w1',
    });
    expect(said(vendor)).not.toContain(ours);
    expect(said(vendor)).not.toContain('x-tierwise');
    expect(said(vendor)).not.toContain('upstream-secret');
  });

  it('never goes to another host, also where its own fails', async () => {
    const { elsewhere, gateway } = await twoHosts(
      {},
      sendJson({ type: 'error', error: { type: 'overloaded_error', message: 'x' } }, 529),
    );

    const answer = await anthropic(gateway, {}, { headers: asTeam });

    expect(answer.status).toBe(200);
    expect(elsewhere.seen).toHaveLength(1);
    expect(said(elsewhere)).not.toContain('callers-own-key');
    expect(elsewhere.seen[0]?.headers.authorization).toBe('Bearer upstream-secret');
  });

  it.each([
    ['the very key that opened the door', { authorization: `Bearer ${ours}` }],
    ['the same key twice', { 'x-tierwise-key': ours, 'x-api-key': ours }],
    ['another key of ours', { 'x-tierwise-key': ours, 'x-api-key': createKey() }],
  ])('is never %s', async (_name, headers) => {
    const { vendor, gateway } = await twoHosts();

    await anthropic(gateway, {}, { headers });

    expect(vendor.seen[0]?.headers['x-api-key']).toBe('upstream-secret');
    expect(said(vendor)).not.toContain('tw_');
  });

  it('that its provider refuses is the caller’s affair: told in the provider’s words, held against nobody', async () => {
    const words = { type: 'error', error: { type: 'authentication_error', message: 'no such key' } };
    const vendor = await upstreamOf(sendJson(words, 401));
    const gateway = await gatewayOf([{ name: 'vendor', url: vendor.url, kind: 'anthropic' }], {
      keys,
      passThrough: ['vendor'],
    });

    const answers: Response[] = [];
    for (let calls = 0; calls < 6; calls += 1)
      answers.push(await anthropic(gateway, {}, { headers: asTeam }));
    vendor.script(sendJson(messagesAnswer('42')));
    const other = await anthropic(gateway, {}, { headers: { 'x-tierwise-key': ours } });

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401]);
    expect(await answers[0]?.json()).toEqual(words);
    expect(other.status).toBe(200);
  });

  it('is not what a client without keys to show is made to send', async () => {
    const { vendor, gateway } = await twoHosts({ keys: [], passThrough: [] });

    await anthropic(gateway, {}, { headers: { 'x-api-key': 'whatever' } });

    expect(vendor.seen[0]?.headers['x-api-key']).toBe('upstream-secret');
  });
});

describe('a key', () => {
  const canary = 'upstream-secret';
  const pieces = [canary, 'upstream-s', 'm-secret', ours];
  const clean = (text: string): void => {
    for (const piece of pieces) expect(text).not.toContain(piece);
  };
  const everything = async (gateway: TestGateway, response: Response): Promise<string> =>
    JSON.stringify(
      [
        [...response.headers],
        await response.text(),
        gateway.exchanges,
        gateway.intents,
        gateway.faults.map(String),
      ],
      (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value),
    );

  it.each<[string, Script, object]>([
    ['400', sendJson({ error: { message: `you said ${canary}`, type: 'x' } }, 400), {}],
    ['401', sendJson({ error: { message: `you said ${canary}`, type: 'x' } }, 401), {}],
    ['403 of another field', sendJson({ error: { message: 'no', type: 'x', key: canary } }, 403), {}],
    ['429 with its beginning', sendJson({ error: { message: 'upstream-s*****', type: 'x' } }, 429), {}],
    ['500 with its end', sendJson({ error: { message: '*****m-secret', type: 'x' } }, 500), {}],
    ['an error in 200', sendJson({ error: { message: canary, type: 'x' } }), {}],
    [
      'a first event',
      sendFrames([`data: {"error":{"message":"${canary}","type":"x"}}\n\n`]),
      { stream: true },
    ],
    [
      'a later event',
      sendFrames([...head, `data: {"error":{"message":"${canary}","type":"x"}}\n\n`]),
      { stream: true },
    ],
    [
      'a header',
      sendJson({ error: { message: 'x', type: 'x' } }, 400, { 'x-echo': canary, 'retry-after': canary }),
      {},
    ],
    ['an encoding', sendJson({}, 200, { 'content-encoding': canary }), {}],
  ])(
    'that an upstream repeats gets neither to the caller nor into the ledger: %s',
    async (_name, script, rest) => {
      for (const ask of [chat, anthropic]) {
        const { gateway } = await one(script, { gateway: { keys } });

        const response = await ask(gateway, rest, { headers: { authorization: `Bearer ${ours}` } });

        clean(await everything(gateway, response));
        expect(gateway.exchanges).toHaveLength(1);
      }
    },
  );

  it('of the caller gets nowhere either, from whatever header or query it came in', async () => {
    const upstream = await upstreamOf(sendJson(chatAnswer('42')));
    const gateway = await gatewayOf([{ name: 'one', url: upstream.url, kind: 'openai-compatible' }], {
      keys,
    });

    for (const name of ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-tierwise-key']) {
      const value = name === 'authorization' ? `Bearer ${ours}` : ours;
      const response = await fetch(`${gateway.url}/v1/chat/completions?key=${ours}`, {
        method: 'POST',
        body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] }),
        headers: { [name]: value, 'openai-organization': 'org', 'openai-project': 'proj', cookie: ours },
      });
      expect(response.status).toBe(200);
      clean(await everything(gateway, response));
    }

    clean(JSON.stringify(upstream.seen.map(({ path, body }) => [path, body])));
    expect(said(upstream)).not.toContain(ours);
    for (const { headers, path } of upstream.seen) {
      expect(path).toBe('/v1/chat/completions');
      expect(Object.keys(headers).toSorted()).toEqual([
        'accept',
        'accept-encoding',
        'authorization',
        'connection',
        'content-length',
        'content-type',
        'host',
        'user-agent',
      ]);
    }
  });

  it('is not in what a wrong path, key or body is answered with', async () => {
    const { gateway } = await one(sendJson(chatAnswer('42')), { gateway: { keys } });
    const wrong = createKey();
    const post = (path: string, key: string, body: string) =>
      fetch(gateway.url + path, { method: 'POST', body, headers: { authorization: `Bearer ${key}` } });

    for (const response of [
      await post(`/v1/nothing?key=${ours}`, ours, ''),
      await post('/v1/chat/completions', wrong, '{}'),
      await post('/v1/chat/completions', ours, `{"model":"${ours}`),
      await post('/v1/chat/completions', ours, '{}'),
    ]) {
      const text = JSON.stringify([[...response.headers], await response.text()]);
      expect(response.status).toBeGreaterThanOrEqual(400);
      clean(text);
      expect(text).not.toContain(wrong);
    }
  });
});
