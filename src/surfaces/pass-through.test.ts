import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKey, hashKey } from '../access/keys.ts';
import { dialects } from '../dialects/index.ts';
import {
  type FakeUpstream,
  fakeUpstream,
  type Script,
  sendFrames,
  sendJson,
} from '../testing/fake-upstream.ts';
import { type TestGateway, type TestGatewayOptions, testGateway } from '../testing/test-gateway.ts';

const embedded = {
  object: 'list',
  data: [{ embedding: [0.1, 0.2] }],
  usage: { prompt_tokens: 7, total_tokens: 7 },
};

interface Behind {
  readonly gateway: TestGateway;
  readonly upstream: FakeUpstream;
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
}

const behind = async (script: Script, options: TestGatewayOptions = {}): Promise<Behind> => {
  const upstream = await fakeUpstream(script);
  onTestFinished(() => upstream.close());
  const gateway = await testGateway([{ name: 'one', url: upstream.url, kind: 'openai' }], dialects, options);
  onTestFinished(() => gateway.close());
  const post: Behind['post'] = (path, body, headers = {}) =>
    fetch(`${gateway.url}${path}`, {
      method: 'POST',
      body: typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body),
      headers,
    });
  return { gateway, upstream, post };
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
    expect(guessed).toMatchObject({ isEstimated: true, warnings: [] });
    expect(guessed?.attempts[0]?.usage.inputTokens).toBeGreaterThan(80);
    expect(unpriced).toMatchObject({ isEstimated: true, cost: 0n, warnings: ['price unknown'] });
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

    expect(await gateway.settled(1)).toMatchObject([{ cost: 0n, isEstimated: false, warnings: [] }]);
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

describe('a form', () => {
  const form = (model: string, file: Uint8Array): FormData => {
    const data = new FormData();
    data.append('file', new Blob([file as Uint8Array<ArrayBuffer>]), 'model.wav');
    data.append('model', model);
    data.append('language', 'en');
    return data;
  };

  it('goes on untouched, whatever its file holds', async () => {
    const { gateway, upstream, post } = await behind(
      sendJson({ text: 'hello', usage: { type: 'duration', seconds: 3 } }),
    );
    const file = Buffer.from(
      'RIFF\r\n--x\r\ncontent-disposition: form-data; name="model"\r\n\r\nother\0\xff',
      'latin1',
    );

    const response = await post('/v1/audio/transcriptions', form('whisper-1', file));

    expect(response.status).toBe(200);
    expect(upstream.seen[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(upstream.seen[0]?.body).toContain('name="language"\r\n\r\nen');
    expect(await gateway.settled(1)).toMatchObject([{ model: 'p-one/whisper-1', isEstimated: true }]);
  });

  it('is sent with the provider’s name for the model', async () => {
    const { upstream, post } = await behind(sendJson({ text: 'hello' }));

    await post('/v1/audio/transcriptions', form('p-one/whisper-1', Buffer.from('RIFF')));

    expect(upstream.seen[0]?.body).toContain('name="model"\r\n\r\nwhisper-1\r\n--');
  });

  it('gets the model that stands in the path', async () => {
    const { upstream, post } = await behind(sendJson({ text: 'hello' }));
    const data = new FormData();
    data.append('file', new Blob(['RIFF']), 'a.wav');

    await post('/openai/deployments/whisper-1/audio/transcriptions', data);

    expect(upstream.seen[0]).toMatchObject({ path: '/v1/audio/transcriptions' });
    expect(upstream.seen[0]?.body).toMatch(
      /^--.+\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--/,
    );
  });

  it('with two models is refused: what is billed and what is sent would be two things', async () => {
    const { upstream, post } = await behind(sendJson({ text: 'hello' }));
    const twice = form('whisper-1', Buffer.from('RIFF'));
    twice.append('model', 'gpt-4o-transcribe');

    const response = await post('/v1/audio/transcriptions', twice);

    expect(response.status).toBe(400);
    expect(upstream.seen).toHaveLength(0);
  });

  it.each(['--b', '--b\r\nno head', '--b\r\n\r\n\r\n--b'])('that is none is refused: %j', async (body) => {
    const { post, upstream } = await behind(sendJson({}));

    const response = await post('/v1/audio/transcriptions', body, {
      'content-type': 'multipart/form-data; boundary=b',
    });

    expect(response.status).toBe(400);
    expect(upstream.seen).toHaveLength(0);
  });
});

describe('files', () => {
  it('are uploaded while they come in, listed and taken away', async () => {
    const { gateway, upstream, post } = await behind(sendJson({ id: 'file-1', object: 'file' }));
    const data = new FormData();
    data.append('purpose', 'batch');
    data.append('file', new Blob(['{"a":1}\n'.repeat(50_000)]), 'batch.jsonl');

    await post('/v1/files', data);
    await fetch(`${gateway.url}/v1/files?purpose=batch&limit=2&evil=1&after=../x`);
    await fetch(`${gateway.url}/v1/files/file-1`, { method: 'DELETE' });
    await fetch(`${gateway.url}/v1/files/file-1/content`);

    expect(upstream.seen.map(({ path }) => path)).toEqual([
      '/v1/files',
      '/v1/files?purpose=batch&limit=2',
      '/v1/files/file-1',
      '/v1/files/file-1/content',
    ]);
    expect(upstream.seen[0]?.body.length).toBeGreaterThan(400_000);
    expect(await gateway.settled(4)).toMatchObject([{ cost: 0n }, {}, {}, { outcome: 'ok' }]);
  });

  it('are held to their limit, whether it is told or not', async () => {
    const { gateway, post } = await behind(sendJson({ id: 'file-1' }), {
      server: { uploadLimitBytes: 10_000 },
    });

    const told = await post('/v1/files', 'x'.repeat(20_000));
    const untold = await chunkedPost(gateway.url, '/v1/files', 'x'.repeat(20_000));

    expect(told.status).toBe(413);
    expect(untold).toMatch(/^HTTP\/1.1 413 /);
  });

  it('of one account are not shown to many callers', async () => {
    const keys = ['a', 'b'].map((name) => ({ name, secret: createKey() }));
    const { gateway, upstream } = await behind(sendJson({ data: [] }), {
      keys: keys.map(({ name, secret }) => ({ name, hash: hashKey(secret) })),
    });

    const response = await fetch(`${gateway.url}/v1/files`, {
      headers: { 'api-key': keys[0]?.secret ?? '' },
    });

    expect(response.status).toBe(403);
    expect(upstream.seen).toHaveLength(0);
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

/** A body whose length nobody says. */
const chunkedPost = (url: string, path: string, body: string): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      if (text.includes('}')) {
        socket.destroy();
        resolve(text);
      }
    });
    socket.on('error', () => resolve(text));
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
  });
