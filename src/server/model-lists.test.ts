import { describe, expect, it, onTestFinished } from 'vitest';
import { hashKey } from '../access/keys.ts';
import { dialects } from '../dialects/index.ts';
import { testGateway } from '../testing/test-gateway.ts';

const models = ['a', 'b', 'c', 'd'].map((name) => ({
  name,
  url: 'http://127.0.0.1:9/v1',
  kind: 'openai-compatible' as const,
}));

const listing = async (options = {}) => {
  const gateway = await testGateway(models, dialects, options);
  onTestFinished(() => gateway.close());
  return async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${gateway.url}${path}`, { headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
  };
};

const anthropic = { 'anthropic-version': '2023-06-01' };

describe('GET /v1/models', () => {
  it.each<[string, string, Record<string, string>]>([
    ['Gemini’s', '/v1/models', { 'x-goog-api-key': 'K' }],
    ['Gemini’s', '/v1/models', { 'x-goog-api-client': 'google-genai-sdk/3.1.0' }],
    ['Gemini’s', '/v1/models?key=K', {}],
    ['Gemini’s', '/v1beta/models', {}],
    ['Gemini’s', '/v1/models?key=K', anthropic],
    ['Anthropic’s and OpenAI’s', '/v1/models?client_version=1.0.0', anthropic],
    ['Codex’s', '/v1/models?client_version=1.0.0', {}],
    ['Anthropic’s and OpenAI’s', '/v1/models', {}],
  ])('has %s shape for %s with %j', async (shape, path, headers) => {
    const get = await listing();

    const { body } = await get(path, headers);

    if (shape === 'Gemini’s') expect(body.models[0]).toMatchObject({ name: 'models/p-a/a' });
    else if (shape === 'Codex’s') expect(body.models[0]).toMatchObject({ slug: 'p-a/a' });
    else expect(body).toMatchObject({ object: 'list', has_more: false, first_id: 'p-a/a' });
  });

  it('is paged for Anthropic’s clients, forwards and backwards', async () => {
    const get = await listing();

    const first = await get('/v1/models?limit=2', anthropic);
    const second = await get(`/v1/models?limit=2&after_id=${first.body.last_id}`, anthropic);
    const back = await get(`/v1/models?limit=1&before_id=${second.body.first_id}`, anthropic);

    expect([first, second, back].map(({ body }) => body.data.map(({ id }: { id: string }) => id))).toEqual([
      ['p-a/a', 'p-b/b'],
      ['p-c/c', 'p-d/d'],
      ['p-b/b'],
    ]);
    expect([first, second, back].map(({ body }) => body.has_more)).toEqual([true, false, true]);
  });

  it('is paged for Gemini’s clients', async () => {
    const get = await listing();
    const names: string[] = [];
    let token: string | undefined;
    do {
      const more: string = token === undefined ? '' : `&pageToken=${token}`;
      const { body } = await get(`/v1beta/models?pageSize=3${more}`);
      names.push(...body.models.map(({ name }: { name: string }) => name));
      token = body.nextPageToken;
    } while (token !== undefined);

    expect(names).toEqual(['models/p-a/a', 'models/p-b/b', 'models/p-c/c', 'models/p-d/d']);
  });

  it.each<[string, Record<string, string>, string]>([
    ['/v1/models?after_id=gone', anthropic, 'after_id'],
    ['/v1/models?limit=0', anthropic, 'limit'],
    ['/v1/models?limit=many', {}, 'limit'],
    ['/v1beta/models?pageToken=Z29uZQ', {}, 'pageToken'],
  ])('refuses a page that there is not: %s', async (path, headers, param) => {
    const get = await listing();

    const { status, body } = await get(path, headers);

    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(param);
  });

  it('has a tag for Codex, and nothing new to say while it stays the same', async () => {
    const get = await listing();
    const { headers, body } = await get('/v1/models?client_version=1.0.0');

    const again = await get('/v1/models?client_version=1.0.0', {
      'if-none-match': headers.get('etag') ?? '',
    });

    expect(again.status).toBe(304);
    for (const field of ['slug', 'display_name', 'shell_type', 'visibility', 'priority', 'base_instructions'])
      expect(body.models[0]).toHaveProperty(field);
  });

  it('takes Gemini’s key out of the address', async () => {
    const get = await listing({ keys: [{ name: 'team', hash: hashKey('K') }] });

    expect((await get('/v1beta/models?key=K')).status).toBe(200);
    expect((await get('/v1beta/models?key=wrong')).status).toBe(401);
    expect((await get('/v1beta/models?key=K', { 'x-goog-api-key': 'other' })).status).toBe(401);
    expect((await get('/v1beta/models?key=K&key=L')).status).toBe(401);
    expect((await get('/v1beta/models')).status).toBe(401);
  });
});

describe('GET /v1/models/NAME', () => {
  it('finds names with slashes, written out or escaped', async () => {
    const get = await listing();

    expect((await get('/v1/models/p-a/a')).body).toMatchObject({ id: 'p-a/a', object: 'model' });
    expect((await get('/v1/models/p-a%2Fa')).body).toMatchObject({ id: 'p-a/a' });
    expect((await get('/v1beta/models/p-a/a')).body).toMatchObject({ name: 'models/p-a/a' });
    expect((await get('/v1/models/nobody')).status).toBe(404);
  });
});
