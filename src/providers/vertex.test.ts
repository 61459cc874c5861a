import { createVerify, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dialects } from '../dialects/index.ts';
import {
  type FakeUpstream,
  fakeUpstream,
  messagesAnswer,
  messagesFrames,
  type Script,
  sendFrames,
  sendJson,
} from '../testing/fake-upstream.ts';
import { testGateway } from '../testing/test-gateway.ts';
import { GoogleTokens, readServiceAccount, type ServiceAccount } from './google-token.ts';
import type { SignerParts } from './provider.ts';
import { Egress, type OngoingCall } from './send.ts';
import { vertex } from './vertex.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyFile = (change: object = {}): string =>
  JSON.stringify({
    type: 'service_account',
    project_id: 'a-project',
    private_key_id: 'key-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: 'gateway@a-project.iam.gserviceaccount.com',
    token_uri: 'https://oauth2.googleapis.com/token',
    ...change,
  });

const start = async (
  kind: string,
  scripts: { readonly models: Script; readonly tokens?: Script },
  key?: string,
) => {
  const upstream = await fakeUpstream(scripts.models);
  onTestFinished(() => upstream.close());
  let tokens: FakeUpstream | undefined;
  if (scripts.tokens) {
    const started = await fakeUpstream(scripts.tokens);
    tokens = started;
    onTestFinished(() => started.close());
  }
  const dialect = kind === 'google-vertex' ? 'gemini' : 'anthropic-messages';
  const gateway = await testGateway(
    [
      {
        ...{ name: kind === 'google-vertex' ? 'gemini-3-flash' : 'claude-sonnet-4-5@20250929', kind },
        url: `${new URL(upstream.url).origin}/v1/projects/p/locations/global`,
        keys: [key ?? (tokens ? keyFile({ token_uri: `${tokens.url}/token` }) : 'ya29.a-static-token')],
        capabilities: { dialects: [dialect], toolDialects: [dialect] },
      },
    ],
    dialects,
  );
  onTestFinished(() => gateway.close());
  const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { upstream, tokens, gateway, post };
};

const geminiAnswer = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Tag.' }] }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
};
const aToken = (text: string, seconds = 3600) =>
  sendJson({ access_token: text, expires_in: seconds, token_type: 'Bearer' });
const asked = { model: 'auto', max_tokens: 50, messages: [{ role: 'user', content: 'Grüße?' }] };

describe('Gemini on Vertex', () => {
  it('is asked under its publisher, with a token', async () => {
    const { upstream, post } = await start('google-vertex', { models: sendJson(geminiAnswer) });

    const response = await post('/v1/chat/completions', { model: 'auto', messages: asked.messages });

    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Tag.' } }] });
    expect(upstream.seen[0]?.path).toBe(
      '/v1/projects/p/locations/global/publishers/google/models/gemini-3-flash:generateContent',
    );
    expect(upstream.seen[0]?.headers.authorization).toBe('Bearer ya29.a-static-token');
  });

  it('streams', async () => {
    const { upstream, post } = await start('google-vertex', {
      models: sendFrames([`data: ${JSON.stringify(geminiAnswer)}\r\n\r\n`]),
    });

    const text = await (await post('/v1/messages', { ...asked, stream: true })).text();

    expect(text).toContain('Tag.');
    expect(text).toContain('message_stop');
    expect(upstream.seen[0]?.path).toContain(':streamGenerateContent?alt=sse');
  });

  const contents = [
    { role: 'user', parts: [{ text: 'the "id" of whom?' }] },
    {
      role: 'model',
      parts: [
        { functionCall: { id: 'one', name: 'f', args: { id: 12345678901234567890n.toString() } } },
        { functionCall: { name: 'f', args: {}, id: 'two' }, thoughtSignature: 'sig' },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'one', name: 'f', response: { id: 'kept' } } },
        { functionResponse: { id: 'two', name: 'f', response: {} } },
      ],
    },
  ];

  it('is given no ids of calls, and everything else byte for byte', async () => {
    const { upstream, post } = await start('google-vertex', { models: sendJson(geminiAnswer) });

    const response = await post('/v1beta/models/auto:generateContent', { contents });

    expect(response.status).toBe(200);
    expect(upstream.seen[0]?.body).toBe(
      JSON.stringify({ contents })
        .replaceAll(/"id":"(one|two)",/g, '')
        .replaceAll(/,"id":"(one|two)"/g, ''),
    );
    expect(upstream.seen[0]?.body).toContain('"id":"kept"');
  });

  it('is given none from callers of other dialects either, and results in the order of their calls', async () => {
    const { upstream, post } = await start('google-vertex', { models: sendJson(geminiAnswer) });
    const call = (id: string, name: string) => ({
      id,
      type: 'function',
      function: { name, arguments: '{}' },
    });

    await post('/v1/chat/completions', {
      model: 'auto',
      messages: [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: null, tool_calls: [call('call_1', 'f'), call('call_2', 'f')] },
        { role: 'tool', tool_call_id: 'call_2', content: 'second' },
        { role: 'tool', tool_call_id: 'call_1', content: 'first' },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
    });

    const sent = upstream.seen[0]?.body ?? '';
    expect(sent).not.toMatch(/"id":/);
    expect(sent.indexOf('first')).toBeGreaterThan(0);
    expect(sent.indexOf('first')).toBeLessThan(sent.indexOf('second'));
  });
});

describe('Claude on Vertex', () => {
  it('is asked with its version in the body, its betas in the header, its model in the path', async () => {
    const frames = messagesFrames(['Tag.'], { input: 12, output: 7 });
    const { upstream, post } = await start('google-vertex-anthropic', { models: sendFrames(frames) });
    const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'one,two' };

    const response = await post('/v1/messages', { ...asked, stream: true }, headers);

    expect(await response.text()).toBe(frames.join(''));
    const [call] = upstream.seen;
    expect(call?.path).toBe(
      '/v1/projects/p/locations/global/publishers/anthropic/models/claude-sonnet-4-5%4020250929:streamRawPredict',
    );
    expect(call?.headers['anthropic-beta']).toBe('one,two');
    expect(call?.headers).not.toHaveProperty('anthropic-version');
    expect(JSON.parse(call?.body ?? '')).toEqual({
      anthropic_version: 'vertex-2023-10-16',
      ...{ max_tokens: 50, messages: asked.messages, stream: true },
    });
  });

  it('answers whole', async () => {
    const { upstream, post } = await start('google-vertex-anthropic', {
      models: sendJson(messagesAnswer('Tag.')),
    });

    const response = await post('/v1/messages', asked);

    expect(await response.json()).toMatchObject({ content: [{ text: 'Tag.' }] });
    expect(upstream.seen[0]?.path).toMatch(/:rawPredict$/);
  });

  it.each([
    [
      'the platform',
      { error: { code: 429, message: 'Quota exceeded.', status: 'RESOURCE_EXHAUSTED' } },
      { type: 'rate_limit_error', message: 'Quota exceeded.' },
    ],
    [
      'the model',
      { type: 'error', error: { type: 'rate_limit_error', message: 'Slowly.' } },
      { type: 'rate_limit_error', message: 'Slowly.' },
    ],
  ])('tells an error of %s in the words of Messages', async (_whose, body, error) => {
    const { post } = await start('google-vertex-anthropic', { models: sendJson(body, 429) });

    const response = await post('/v1/messages', asked);

    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ type: 'error', error });
  });
});

/** Calls signed with tokens of a service account, one by one. */
const signing = async (answers: readonly Script[], given: readonly Script[]) => {
  const models = await fakeUpstream(...answers);
  onTestFinished(() => models.close());
  const tokens = await fakeUpstream(...given);
  onTestFinished(() => tokens.close());
  const egress = new Egress();
  onTestFinished(() => egress.close());
  const key = keyFile({ token_uri: `${tokens.url}/token` });
  const credential = { name: 'v', key, weight: 1, baseUrl: new URL(models.url) };
  const timeouts = { connectMs: 1000, firstByteMs: 1000, idleMs: 1000, totalMs: 5000 };
  const provider = { name: 'v', kind: vertex, credentials: [credential], quirks: {}, timeouts } as const;
  const call = { provider, credential, path: '/', query: '', method: 'POST', headers: {} } as const;
  const begin = (end: () => void): OngoingCall =>
    egress.send(
      { ...call, body: Buffer.from('{}') },
      { sent: () => undefined, started: () => undefined, data: () => undefined, ended: end, failed: end },
    );
  const ask = (): Promise<void> => new Promise((resolve) => begin(resolve));
  return { models, tokens, begin, ask };
};

describe('a service account', () => {
  it('gets one token for many calls, with an assertion it has signed', async () => {
    const { upstream, tokens, post } = await start('google-vertex', {
      models: sendJson(geminiAnswer),
      tokens: aToken('ya29.minted'),
    });

    await Promise.all(
      [1, 2, 3].map(() => post('/v1/chat/completions', { model: 'auto', messages: asked.messages })),
    );

    expect(upstream.seen.map(({ headers }) => headers.authorization)).toEqual(
      Array.from({ length: 3 }, () => 'Bearer ya29.minted'),
    );
    expect(tokens?.seen).toHaveLength(1);
    const form = new URLSearchParams(tokens?.seen[0]?.body);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    expect(
      createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url'),
    ).toBe(true);
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({
      alg: 'RS256',
      typ: 'JWT',
      kid: 'key-1',
    });
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(said).toMatchObject({
      iss: 'gateway@a-project.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: `${tokens?.url}/token`,
    });
    expect(said.exp - said.iat).toBe(3600);
  });

  it('gets another token where the one it has is withdrawn', async () => {
    const { models, ask } = await signing(
      [sendJson({}, 401), sendJson(geminiAnswer)],
      [aToken('ya29.first'), aToken('ya29.second')],
    );

    await ask();
    await ask();
    await ask();

    expect(models.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer ya29.first',
      'Bearer ya29.second',
      'Bearer ya29.second',
    ]);
  });

  it('asks nothing for a caller who has gone while its token was fetched', async () => {
    const { models, tokens, begin, ask } = await signing([sendJson(geminiAnswer)], [aToken('ya29.first')]);

    begin(() => undefined).abort();
    await ask();

    expect(tokens.seen).toHaveLength(1);
    expect(models.seen).toHaveLength(1);
  });

  it('that is refused is a failure of the upstream, told without its key', async () => {
    const { upstream, tokens, post } = await start('google-vertex', {
      models: sendJson(geminiAnswer),
      tokens: sendJson({ error: 'invalid_grant', error_description: 'Invalid JWT: canary' }, 400),
    });

    const response = await post('/v1/chat/completions', { model: 'auto', messages: asked.messages });

    const text = await response.text();
    expect(response.status).toBe(502);
    expect(text).toContain(
      `${new URL(tokens?.url ?? '').host} gave no access token (status 400, invalid_grant)`,
    );
    expect(text).not.toContain('canary');
    expect(upstream.seen).toHaveLength(0);
  });

  it('never has its token told, whatever the upstream says', async () => {
    const { post } = await start('google-vertex', {
      models: sendJson(
        { error: { code: 400, message: 'No: ya29.minted-secret', status: 'INVALID_ARGUMENT' } },
        400,
      ),
      tokens: aToken('ya29.minted-secret'),
    });

    const text = await (
      await post('/v1beta/models/auto:generateContent', { contents: [{ parts: [{ text: 'x' }] }] })
    ).text();

    expect(text).toContain('No: ');
    expect(text).not.toContain('minted-secret');
  });

  it('is read from its key file, and from nothing else', () => {
    expect(readServiceAccount(keyFile())).toMatchObject({ project_id: 'a-project' });
    for (const wrong of [
      '{',
      '[]',
      '{}',
      keyFile({ type: 'authorized_user' }),
      keyFile({ private_key: 'none' }),
      keyFile({ client_email: undefined }),
      keyFile({ token_uri: 'http://tokens.example.com' }),
      keyFile({ token_uri: 'file:///etc/passwd' }),
    ]) {
      const told = readServiceAccount(wrong);
      expect(told).toBeTypeOf('string');
      expect(told).not.toContain('PRIVATE KEY');
      expect(vertex.keyProblem(wrong)).toEqual(wrong.startsWith('{') ? told : expect.any(String));
    }
    expect(vertex.keyProblem('ya29.a0Ab_c-d')).toBeUndefined();
    expect(vertex.keyProblem('/srv/key.json')).toBeDefined();
    expect(vertex.keyProblem('key.json')).toBeDefined();
  });
});

describe('a token', () => {
  const account = readServiceAccount(keyFile()) as ServiceAccount;
  /** A clock, and an address that gives out tokens by number, or not. */
  const world = () => {
    const state = { nowMs: 0, given: 0, isBroken: false };
    const parts: SignerParts = {
      now: () => state.nowMs,
      postForm: async () => {
        if (state.isBroken) throw Object.assign(new Error('canary'), { code: 'ECONNREFUSED' });
        state.given += 1;
        return {
          status: 200,
          body: JSON.stringify({ access_token: `token-${state.given}`, expires_in: 3600 }),
        };
      },
    };
    const tokens = new GoogleTokens(account, parts);
    return { state, secret: async () => (await tokens.sign()).secret };
  };
  const minuteMs = 60_000;

  it('is replaced before it ends, while the calls go on with the one there is', async () => {
    const { state, secret } = world();

    expect(await secret()).toBe('token-1');
    state.nowMs = 54 * minuteMs;
    expect(await secret()).toBe('token-1');
    state.nowMs = 56 * minuteMs;
    expect(await secret()).toBe('token-1');
    await new Promise(setImmediate);
    expect(await secret()).toBe('token-2');
    expect(state.given).toBe(2);
  });

  it('serves to its end where there is no other, and is waited for after it', async () => {
    const { state, secret } = world();

    expect(await secret()).toBe('token-1');
    state.isBroken = true;
    state.nowMs = 58 * minuteMs;
    expect(await secret()).toBe('token-1');
    await new Promise(setImmediate);
    state.nowMs = 60 * minuteMs;
    await expect(secret()).rejects.toThrow('oauth2.googleapis.com gave no access token (ECONNREFUSED)');
    state.isBroken = false;
    expect(await secret()).toBe('token-2');
  });
});
