import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createKey, hashKey } from '../access/keys.ts';
import { type Behind, behind as behindKind } from '../surfaces/behind.cases.ts';
import {
  chatAnswer,
  chatFrames,
  type FakeUpstream,
  type Script,
  sendFrames,
  sendJson,
} from '../testing/fake-upstream.ts';
import type { TestGatewayOptions } from '../testing/test-gateway.ts';

const behind = (script: Script, options: TestGatewayOptions = {}): Promise<Behind> =>
  behindKind(script, { ...options, kind: 'openai-compatible' });

const messages = [{ role: 'user', content: 'hi' }];
const sent = ({ seen }: FakeUpstream) => JSON.parse(seen.at(-1)?.body ?? 'null');

describe('an editor that posts a Responses body to the path of Chat (pitfall 35)', () => {
  const body = { model: 'auto', instructions: 'be brief', input: [{ role: 'user', content: 'hi' }] };

  it('is answered in Chat’s shape', async () => {
    const { gateway, upstream, post } = await behind(sendJson(chatAnswer('hello')));

    const answer = await (await post('/v1/chat/completions', body)).json();

    expect(answer).toMatchObject({ object: 'chat.completion', choices: [{ message: { content: 'hello' } }] });
    expect(sent(upstream)).toMatchObject({
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'hi' },
      ],
    });
    expect(sent(upstream)).not.toHaveProperty('input');
    expect(await gateway.settled(1)).toMatchObject([{ dialect: 'openai-chat', outcome: 'ok' }]);
  });

  it('is streamed Chat’s chunks', async () => {
    const { post } = await behind(sendFrames(chatFrames(['4', '2'], { input: 1, output: 2 })));

    const text = await (await post('/v1/chat/completions', { ...body, stream: true })).text();

    expect(text).toContain('"object":"chat.completion.chunk"');
    expect(text).not.toContain('event: response.');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('and one that sends both gets what Chat makes of it', async () => {
    const { upstream, post } = await behind(sendJson(chatAnswer('hello')));

    await post('/v1/chat/completions', { model: 'auto', messages, input: 'other' });

    expect(sent(upstream)).toMatchObject({ messages });
  });
});

describe('a client that takes us for Azure', () => {
  it('names its model in the path, whatever stands in the body', async () => {
    const { gateway, upstream, post } = await behind(sendJson(chatAnswer('hello')));

    for (const body of [{ messages }, { messages, model: 'another' }]) {
      const path = '/openai/deployments/gpt-5.5/chat/completions?api-version=2024-10-21';
      expect((await post(path, body)).status).toBe(200);
    }

    expect(sent(upstream)).toMatchObject({ model: 'one', messages });
    expect(await gateway.settled(2)).toMatchObject([{ askedModel: 'gpt-5.5' }, { askedModel: 'gpt-5.5' }]);
    for (const { path } of upstream.seen) expect(path).toBe('/v1/chat/completions');
  });

  it('brings its key in Azure’s header, on every path', async () => {
    const secret = createKey();
    const { upstream, post } = await behind(sendJson(chatAnswer('hello')), {
      keys: [{ name: 'team', hash: hashKey(secret) }],
    });
    const ask = (path: string, key: string) => post(path, { model: 'auto', messages }, { 'api-key': key });

    expect((await ask('/openai/v1/chat/completions', secret)).status).toBe(200);
    expect((await ask('/openai/deployments/x/chat/completions', secret)).status).toBe(200);
    expect((await ask('/openai/v1/chat/completions', `${secret}x`)).status).toBe(401);
    for (const { headers } of upstream.seen) expect(headers['api-key']).toBeUndefined();
  });

  it('gets its embeddings, by the name of the deployment', async () => {
    const { upstream, post } = await behind(
      sendJson({ data: [], usage: { prompt_tokens: 1, total_tokens: 1 } }),
    );

    await post('/openai/deployments/emb/embeddings?api-version=1', { input: 'x' });

    expect(upstream.seen[0]).toMatchObject({ path: '/v1/embeddings' });
    expect(sent(upstream)).toEqual({ model: 'emb', input: 'x' });
  });
});

describe('Gemini without `alt=sse`', () => {
  const contents = [{ role: 'user', parts: [{ text: 'hi' }] }];
  const ask = ({ post }: Behind, query = '') =>
    post(`/v1beta/models/auto:streamGenerateContent${query}`, { contents });

  it('gets its stream as one list', async () => {
    const found = await behind(sendFrames(chatFrames(['4', '2'], { input: 1, output: 2 })));

    const response = await ask(found);

    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const list = (await response.json()) as {
      candidates: { content: { parts: { text: string }[] }; finishReason?: string }[];
    }[];
    expect(list.map(({ candidates }) => candidates[0]?.content.parts[0]?.text ?? '').join('')).toBe('42');
    expect(list.at(-1)?.candidates[0]?.finishReason).toBe('STOP');
  });

  it('gets events where it asks for them', async () => {
    const found = await behind(sendFrames(chatFrames(['4', '2'], { input: 1, output: 2 })));

    const response = await ask(found, '?alt=sse&key=whatever');

    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(await response.text()).toMatch(/^data: \{/);
  });

  it('is told of an error in the middle as the list’s last element', async () => {
    const found = await behind(
      sendFrames(chatFrames(['4'], { input: 1, output: 1 }).slice(0, 2), { isCut: true }),
    );

    const list = (await (await ask(found)).json()) as object[];

    expect(list.at(-1)).toMatchObject({ error: { status: 'UNAVAILABLE' } });
  });

  it('is told of an error before as of any other', async () => {
    const found = await behind(sendJson({ error: { message: 'no' } }, 400));

    const response = await ask(found);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 400 } });
  });
});

describe('a wrong base URL', () => {
  it.each([
    ['/v1/v1/chat/completions', 'http://gateway.example:4100/v1"'],
    ['/chat/completions', 'http://gateway.example:4100/v1"'],
    ['/messages', 'http://gateway.example:4100/v1"'],
    ['/v1/v1/messages', 'http://gateway.example:4100"'],
    ['/v1/v1beta/models/g:generateContent', 'http://gateway.example:4100"'],
    ['/v1/v1/responses', 'http://gateway.example:4100/v1"'],
  ])('%s is told the right one', async (path, address) => {
    const { gateway } = await behind(sendJson({}));
    const { port } = new URL(gateway.url);

    const text = await new Promise<string>((resolve) => {
      request({ port, path, method: 'POST', headers: { host: 'gateway.example:4100' } }, (response) => {
        let all = `${response.statusCode} `;
        response.on('data', (chunk) => {
          all += chunk;
        });
        response.on('end', () => resolve(all));
      }).end();
    });

    expect(text).toMatch(/^404 /);
    expect(JSON.parse(text.slice(4)).error.message).toContain(address);
  });

  it('is told in the words of the client’s vendor', async () => {
    const { post } = await behind(sendJson({}));

    expect(await (await post('/v1/v1/messages', {})).json()).toMatchObject({ type: 'error' });
    expect(await (await post('/v1beta/v1beta/models/g:generateContent', {})).json()).toMatchObject({
      error: { code: 404 },
    });
  });
});
