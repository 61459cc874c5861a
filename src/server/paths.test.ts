import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRoute, type Wanted } from './paths.ts';

const wanted = (method: string, path: string, query = ''): Wanted | string => {
  const found = findRoute(method, path, query);
  return found.type === 'found' ? found.wanted : found.type;
};

describe('a path', () => {
  it.each<[string, string, object | string]>([
    ['POST', '/v1/chat/completions', { type: 'chat', dialect: 'openai-chat' }],
    ['POST', '/v1/messages', { type: 'chat', dialect: 'anthropic-messages' }],
    ['POST', '/v1/responses', { type: 'chat', dialect: 'openai-responses' }],
    ['POST', '/v1/messages/count_tokens', { type: 'count-tokens', dialect: 'anthropic-messages' }],
    ['POST', '/v1/responses/input_tokens', { type: 'count-tokens', dialect: 'openai-responses' }],
    ['POST', '/v1/models/gemini-4:countTokens', { type: 'count-tokens', model: 'gemini-4' }],
    [
      'POST',
      '/v1beta/models/g:generateContent',
      { dialect: 'gemini', address: { model: 'g', isStream: false } },
    ],
    ['POST', '/v1beta/models/models/g:generateContent', { address: { model: 'g', isStream: false } }],
    ['POST', '/v1beta/openai/gpt-5.5:generateContent', { address: { model: 'openai/gpt-5.5' } }],
    ['POST', '/v1/models/local%2Fqwen3%3A8b:generateContent', { address: { model: 'local/qwen3:8b' } }],
    [
      'POST',
      '/v1beta/models/local/qwen3:8b:streamGenerateContent',
      { address: { model: 'local/qwen3:8b', isStream: true } },
    ],
    ['GET', '/v1/models', { type: 'models', isGemini: false }],
    ['HEAD', '/v1beta/models', { type: 'models', isGemini: true }],
    ['GET', '/v1/models/openai/gpt-5.5', { type: 'model', name: 'openai/gpt-5.5' }],
    ['GET', '/v1/models/openai%2Fgpt-5.5', { type: 'model', name: 'openai/gpt-5.5' }],
    ['GET', '/v1beta/models/qwen3:8b', { type: 'model', name: 'qwen3:8b', isGemini: true }],
    [
      'POST',
      '/v1/embeddings',
      { type: 'surface', surface: { name: 'embeddings', upstreamPath: '/embeddings' } },
    ],
    [
      'POST',
      '/v1/images/edits',
      { type: 'surface', surface: { name: 'images', upstreamPath: '/images/edits' } },
    ],
    ['DELETE', '/v1/files/file-abc', { type: 'surface', surface: { name: 'files', method: 'DELETE' } }],
    [
      'GET',
      '/v1/files/file-abc/content',
      { type: 'surface', surface: { upstreamPath: '/files/file-abc/content' } },
    ],
    ['POST', '/v1beta/models/e:batchEmbedContents', { surface: { name: 'gemini-embeddings', model: 'e' } }],
    ['POST', '/openai/deployments/gpt/chat/completions', { type: 'chat', deployment: 'gpt' }],
    [
      'POST',
      '/openai/deployments/emb/embeddings',
      { type: 'surface', model: 'emb', surface: { name: 'embeddings' } },
    ],
    ['POST', '/openai/v1/responses', { type: 'chat', dialect: 'openai-responses' }],
    ['GET', '/openai/v1/models', { type: 'models' }],
    ['POST', '/openai/responses', { type: 'chat', dialect: 'openai-responses' }],
    ['GET', '/v1/embeddings', 'wrong-method'],
    ['PUT', '/v1/files', 'wrong-method'],
    ['DELETE', '/v1/files/file-abc/content', 'wrong-method'],
    ['GET', '/v1beta/models/g:generateContent', 'wrong-method'],
    ['POST', '/v1/models/openai/gpt', 'wrong-method'],
    ['POST', '/v1beta/models/g:batchGenerateContent', 'missing'],
    ['GET', '/v1/models/', 'unsafe'],
    ['POST', '/v1/fine_tuning/jobs', 'missing'],
  ])('%s %s', (method, path, expected) => {
    const got = wanted(method, path);

    if (typeof expected === 'string') expect(got).toBe(expected);
    else expect(got).toMatchObject(expected);
  });

  it('of a Gemini stream is one list unless events are asked for', () => {
    const path = '/v1beta/models/g:streamGenerateContent';

    expect(wanted('POST', path)).toMatchObject({ hasListForm: true });
    expect(wanted('POST', path, '?key=K&alt=sse')).toMatchObject({ hasListForm: false });
  });

  it.each([
    ['/v1/v1/chat/completions', 'with-version'],
    ['/v1/v1/responses', 'with-version'],
    ['/v1/v1/embeddings', 'with-version'],
    ['/v1/v1/messages', 'bare'],
    ['/v1/v1/messages/count_tokens', 'bare'],
    ['/v1/v1beta/models/g:generateContent', 'bare'],
    ['/v1beta/v1beta/models/g:generateContent', 'bare'],
    ['/v1/v1/models', 'either'],
    ['/chat/completions', 'with-version'],
    ['/responses', 'with-version'],
    ['/messages', 'with-version'],
    ['/models', 'with-version'],
    ['/models/g:generateContent', 'with-version'],
  ])('%s is told which base URL was meant', (path, should) => {
    expect(findRoute('POST', path)).toEqual({ type: 'wrong-base', should });
  });
});

describe('a path that would leave its place (D7)', () => {
  const places = [
    (piece: string) => `/v1/${piece}`,
    (piece: string) => `/v1/models/${piece}`,
    (piece: string) => `/v1/models/x/${piece}/b:generateContent`,
    (piece: string) => `/v1/files/${piece}/content`,
    (piece: string) => `/v1beta/models/${piece}:generateContent`,
    (piece: string) => `/openai/deployments/${piece}/chat/completions`,
    (piece: string) => `/openai/deployments/a/${piece}`,
  ];
  const climbs = [
    '..',
    '../..',
    '%2e%2e',
    '%2e%2e%2f',
    '..%2f..%2fetc',
    '.%2e/',
    '%2E./x',
    '..\\x',
    '%5c..%5c',
    ';x',
    'a;b=c',
    '%3bx',
    '\0',
    '%00',
    'a%00b',
    '\\',
    'x%0d%0aset-cookie:%20a',
    '%zz',
    '%',
  ];

  it.each(climbs.flatMap((climb) => places.map((place) => place(climb))))('is not served: %j', (path) => {
    for (const method of ['GET', 'POST', 'DELETE'])
      expect(['unsafe', 'missing']).toContain(findRoute(method, path).type);
  });

  it.each(['http://evil.example/v1/models', '//evil.example/v1/models', '*', 'v1/models', ''])(
    'is not ours: %j',
    (path) => expect(findRoute('GET', path).type).toBe('unsafe'),
  );

  it('never reaches a provider outside of the templates, whatever it is', () => {
    const piece = fc.constantFrom(
      'v1',
      'v1beta',
      'openai',
      'files',
      'models',
      'deployments',
      ...climbs,
      'a',
      'file-1',
      ':embedContent',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.constantFrom('GET', 'POST', 'DELETE'),
        (pieces, method) => {
          const found = findRoute(method, `/${pieces.join('/')}`);
          if (found.type !== 'found' || found.wanted.type !== 'surface') return;
          expect(found.wanted.surface.upstreamPath).toMatch(
            /^\/(?:embeddings|completions|moderations|images\/\w+|audio\/\w+|files(?:\/[\w-]+(?:\/content)?)?|models\/\{model\}:\w+)$/,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});
