import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKey, hashKey } from '../access/keys.ts';
import { dialects } from '../dialects/index.ts';
import { fakeUpstream, sendFrames, sendJson } from '../testing/fake-upstream.ts';
import { testGateway } from '../testing/test-gateway.ts';
import { behind } from './behind.cases.ts';

const embedded = {
  object: 'list',
  data: [{ embedding: [0.1, 0.2] }],
  usage: { prompt_tokens: 7, total_tokens: 7 },
};

describe('what is passed through', () => {
  it('goes to the provider as it came but for the model’s name, and is priced by its tokens', async () => {
    const { gateway, upstream, post } = await behind(sendJson(embedded));

    const response = await post(
      '/v1/embeddings',
      '{ "input":"hello",  "model": "p-one/text-embedding-3-small","dimensions":256}',
    );

    expect(await response.json()).toEqual(embedded);
    expect(response.headers.get('x-tierwise-model')).toBe('p-one/text-embedding-3-small');
    expect(upstream.seen[0]).toMatchObject({
      path: '/v1/embeddings',
      body: '{ "input":"hello",  "model": "text-embedding-3-small","dimensions":256}',
    });
    expect(upstream.seen[0]?.headers.authorization).toBe('Bearer upstream-secret');
    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({
      outcome: 'ok',
      status: 200,
      model: 'p-one/text-embedding-3-small',
      tier: null,
      isEstimated: false,
      cost: 140n,
      baselineCost: 140n,
      decision: { mode: 'pinned', route: 'pass-through', strategy: 'embeddings' },
      attempts: [{ usage: { inputTokens: 7 } }],
    });
    expect(gateway.intents).toMatchObject([{ model: 'p-one/text-embedding-3-small' }]);
  });

  it('is marked as a guess where nobody told its tokens, and where nobody knows its price', async () => {
    const { gateway, post } = await behind(sendJson({ data: [] }));

    await post('/v1/embeddings', { model: 'text-embedding-3-small', input: 'x'.repeat(400) });
    await post('/v1/embeddings', { model: 'of-tomorrow', input: 'x' });

    const [guessed, unpriced] = await gateway.settled(2);
    expect(guessed).toMatchObject({ isEstimated: true });
    expect(guessed?.decision.reasons).not.toContain('price unknown');
    expect(guessed?.attempts[0]?.usage.inputTokens).toBeGreaterThan(80);
    expect(unpriced).toMatchObject({ isEstimated: true, cost: 0n });
    expect(unpriced?.decision.reasons).toContain('price unknown');
  });

  it('finds the tokens behind megabytes of pictures', async () => {
    const picture = { b64_json: 'A'.repeat(3_000_000) };
    const usage = { input_tokens: 50, output_tokens: 4160, total_tokens: 4210 };
    const { gateway, post } = await behind(sendJson({ created: 1, data: [picture], usage }));

    const response = await post('/v1/images/generations', { model: 'gpt-image-1', prompt: 'a cat' });

    expect(((await response.json()) as { data: [{ b64_json: string }] }).data[0].b64_json).toHaveLength(
      3_000_000,
    );
    const [exchange] = await gateway.settled(1);
    expect(exchange?.attempts[0]?.usage).toMatchObject({ inputTokens: 50, outputTokens: 4160 });
  });

  it('costs nothing where its vendor takes nothing', async () => {
    const { gateway, post } = await behind(sendJson({ id: 'modr-1', results: [{ flagged: false }] }));

    await post('/v1/moderations', { input: 'harmless' });

    expect(await gateway.settled(1)).toMatchObject([{ cost: 0n, isEstimated: false }]);
  });

  it('streams as it comes', async () => {
    const frames = [
      'data: {"choices":[{"text":"4"}]}\n\n',
      'data: {"choices":[{"text":"2"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n',
      'data: [DONE]\n\n',
    ];
    const { gateway, post } = await behind(sendFrames(frames));

    const response = await post('/v1/completions', {
      model: 'gpt-3.5-turbo-instruct',
      prompt: 'six times seven',
      stream: true,
      max_tokens: 5,
    });

    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toBe(frames.join(''));
    expect(await gateway.settled(1)).toMatchObject([
      {
        isStream: true,
        outcome: 'ok',
        cost: 8500n,
        attempts: [{ usage: { inputTokens: 3, outputTokens: 2 } }],
      },
    ]);
  });

  it('may be anything but text', async () => {
    const sound = Buffer.from([0xff, 0xfb, 0x00, 0x0d, 0x0a, 0x80]);
    const { post } = await behind((response) =>
      response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(sound),
    );

    const response = await post('/v1/audio/speech', { model: 'tts-1', input: 'hello', voice: 'alloy' });

    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(sound);
  });
});

describe('a caller', () => {
  it('gets only the models its key is for', async () => {
    const secret = createKey();
    const { post, upstream } = await behind(sendJson(embedded), {
      keys: [{ name: 'team', hash: hashKey(secret), models: ['p-one/text-*'] }],
    });
    const ask = (path: string, model: string) =>
      post(path, { model, input: 'x' }, { authorization: `Bearer ${secret}` });

    const statuses = [
      (await ask('/v1/embeddings', 'text-embedding-3-small')).status,
      (await ask('/v1/embeddings', 'other')).status,
      (await ask('/v1/embeddings', 'p-one/other')).status,
      (await ask('/v1/moderations', '')).status,
      (await post('/v1/embeddings', { model: 'text-embedding-3-small', input: 'x' })).status,
    ];

    expect(statuses).toEqual([200, 403, 403, 403, 401]);
    expect(upstream.seen).toHaveLength(1);
  });

  it('names providers that are configured, and never an address', async () => {
    const { post, upstream } = await behind(sendJson(embedded));

    for (const model of ['http://169.254.169.254/x', '//evil.example/x', '../../admin', 'evil.example/x'])
      await post('/v1/embeddings', { model, input: 'x' });

    for (const { path, headers } of upstream.seen) {
      expect(path).toBe('/v1/embeddings');
      expect(headers.host).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('pays with its own key where the gateway takes it, and has its files for itself', async () => {
    const secrets = [createKey(), createKey()];
    const { upstream, gateway } = await behind(sendJson({ data: [] }), {
      keys: secrets.map((secret, at) => ({ name: `team-${at}`, hash: hashKey(secret) })),
      passThrough: ['one'],
    });
    const headers = { 'x-tierwise-key': secrets[0] ?? '', authorization: 'Bearer sk-of-the-caller' };

    const files = await fetch(`${gateway.url}/v1/files`, { headers });
    await fetch(`${gateway.url}/v1/embeddings`, {
      method: 'POST',
      headers,
      body: '{"model":"m","input":"x"}',
    });

    expect(files.status).toBe(200);
    expect(upstream.seen.map(({ headers: sent }) => sent.authorization)).toEqual([
      'Bearer sk-of-the-caller',
      'Bearer sk-of-the-caller',
    ]);
    for (const { headers: sent } of upstream.seen) expect(sent['x-tierwise-key']).toBeUndefined();
  });

  it('is told of itself in the record: its tags and its conversation', async () => {
    const { gateway, post } = await behind(sendJson(embedded));

    await post(
      '/v1/embeddings',
      { model: 'm', input: 'x' },
      { 'x-tierwise-tags': 'team=search', 'x-tierwise-session': 's-1' },
    );

    expect(await gateway.settled(1)).toMatchObject([{ tags: { team: 'search' }, session: 's-1' }]);
  });

  it('is told that routes and tiers choose among chat models only', async () => {
    const { post, upstream } = await behind(sendJson(embedded));

    const response = await post('/v1/embeddings', { model: 'auto', input: 'x' });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'model' } });
    expect(upstream.seen).toHaveLength(0);
  });

  it('that hangs up ends the call, and pays for what was sent', async () => {
    const { gateway, upstream } = await behind((response) => response.writeHead(200).write('{'));
    const caller = new AbortController();
    const asked = fetch(`${gateway.url}/v1/embeddings`, {
      method: 'POST',
      body: JSON.stringify({ model: 'text-embedding-3-small', input: 'x'.repeat(4000) }),
      signal: caller.signal,
    }).then((response) => response.text());
    while (upstream.seen.length === 0) await sleep(5);

    caller.abort();

    await expect(asked).rejects.toThrow();
    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({ outcome: 'client-gone', isEstimated: true });
    expect(exchange?.cost).toBeGreaterThan(0n);
  });
});

describe('a provider with several keys', () => {
  it('is asked with the next one where the first is refused, and not again with the first', async () => {
    const upstream = await fakeUpstream(
      sendJson({ error: { message: 'later' } }, 429, { 'retry-after': '30' }),
      sendJson(embedded),
    );
    onTestFinished(() => upstream.close());
    const gateway = await testGateway(
      [{ name: 'one', url: upstream.url, kind: 'openai', keys: ['first-secret', 'second-secret'] }],
      dialects,
    );
    onTestFinished(() => gateway.close());
    const ask = () =>
      fetch(`${gateway.url}/v1/embeddings`, {
        method: 'POST',
        body: '{"model":"text-embedding-3-small","input":"x"}',
      });

    const statuses = [(await ask()).status, (await ask()).status, (await ask()).status];

    expect(statuses).toEqual([200, 200, 200]);
    const keys = upstream.seen.map(({ headers }) => headers.authorization);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(2);
    expect(new Set(keys.slice(1)).size).toBe(1);
    expect(await gateway.settled(3)).toMatchObject([{ attempts: [{ cost: 0n }, { cost: 140n }] }, {}, {}]);
  });

  it('is left alone while it asks for that, and says so', async () => {
    const { post, upstream } = await behind(
      sendJson({ error: { message: 'later' } }, 429, { 'retry-after': '30' }),
    );

    const statuses = [
      (await post('/v1/embeddings', { model: 'm', input: 'x' })).status,
      (await post('/v1/embeddings', { model: 'm', input: 'x' })).status,
    ];

    expect(statuses).toEqual([429, 429]);
    expect(upstream.seen).toHaveLength(1);
  });
});

describe('a provider that refuses', () => {
  it('is heard in its own words, but not about our account', async () => {
    const { gateway, upstream, post } = await behind(
      sendJson(
        {
          error: { message: 'no such thing', type: 'invalid_request_error', param: 'dimensions', code: null },
        },
        400,
      ),
    );
    const ask = () => post('/v1/embeddings', { model: 'm', input: 'x' });

    expect(await (await ask()).json()).toMatchObject({ error: { message: 'no such thing' } });
    upstream.script(sendJson({ error: { message: 'bad: upstream-secret' } }, 400));
    const third = await ask();
    upstream.script(sendJson({ error: { message: 'Incorrect API key: upstream-secret' } }, 401));
    const second = await ask();

    expect(second.status).toBe(502);
    expect(third.status).toBe(400);
    expect((await second.text()) + (await third.text())).not.toMatch(/upstream-|-secret/);
    expect(await gateway.settled(3)).toMatchObject([
      { cost: 0n, outcome: 'failed' },
      { cost: 0n },
      { cost: 0n },
    ]);
  });

  it('that breaks off in the middle breaks the caller’s connection, too', async () => {
    const { gateway, post } = await behind((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"data":');
      setTimeout(() => response.destroy(), 20);
    });

    await expect(
      post('/v1/embeddings', { model: 'm', input: 'x' }).then((response) => response.text()),
    ).rejects.toThrow();

    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'partial', errorCode: 'upstream-cut' }]);
  });

  it('is not asked at all where the intent cannot be kept', async () => {
    const { post, upstream } = await behind(sendJson(embedded), {
      intend: () => Promise.reject(new Error('disk')),
      hasFaults: true,
    });

    expect((await post('/v1/embeddings', { model: 'm', input: 'x' })).status).toBe(500);
    expect(upstream.seen).toHaveLength(0);
  });
});
