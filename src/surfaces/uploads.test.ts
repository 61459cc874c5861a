import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createKey, hashKey } from '../access/keys.ts';
import { sendJson } from '../testing/fake-upstream.ts';
import { behind } from './behind.cases.ts';

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

  it('are with the provider that is named, where that is one', async () => {
    const { gateway, upstream } = await behind(sendJson({ data: [] }));
    const list = (provider: string) =>
      fetch(`${gateway.url}/v1/files`, { headers: { 'x-tierwise-provider': provider } });

    expect((await list('p-one')).status).toBe(200);
    expect((await list('evil.example')).status).toBe(400);
    expect(upstream.seen).toHaveLength(1);
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
