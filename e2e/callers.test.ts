import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, hashKey } from '../src/access/keys.ts';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { anthropicClient } from './support/anthropic-conversation.ts';
import { failureOf } from './support/failure.ts';
import { type GatewayProcess, startGateway } from './support/gateway-process.ts';
import { openaiClient } from './support/openai-conversation.ts';
import { simulatedProvider, simulatedTiers, upstreamKey } from './support/simulated-providers.ts';

const hello = [{ role: 'user' as const, content: 'Hello there.' }];

describe('callers on this machine', () => {
  let upstream: Upstream;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    upstream = await startUpstream({ speed: 0, keepRequests: 100 });
    gateway = await startGateway({
      config: {
        providers: {
          one: simulatedProvider('simulated-openai', upstream.url),
          two: simulatedProvider('simulated-anthropic', upstream.url),
        },
        routes: { review: {} },
        intercept: [{ match: 'claude-anything', tier: 'light' }],
      },
    });
  });
  afterAll(async () => {
    await gateway?.remove();
    await upstream?.close();
  });

  const named = ['auto', 'review', 'light', 'mid', 'frontier', 'claude-anything', 'one/sim-mid-a'];

  it('list models with the OpenAI SDK', async () => {
    const client = openaiClient(gateway.url);

    const { data } = await client.models.list();
    const one = await client.models.retrieve('two/sim-mid-b');

    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(named));
    expect(data.every(({ object, created }) => object === 'model' && Number.isInteger(created))).toBe(true);
    expect(one).toMatchObject({ id: 'two/sim-mid-b', owned_by: 'two' });
  });

  it('list models with the Anthropic SDK', async () => {
    const client = anthropicClient(gateway.url);
    const found: Anthropic.ModelInfo[] = [];

    for await (const model of client.models.list({ limit: 1000 })) found.push(model);
    const one = await client.models.retrieve('two/sim-mid-b');

    expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(named));
    expect(found.every(({ type, created_at: at }) => type === 'model' && Date.parse(at) >= 0)).toBe(true);
    expect(one).toMatchObject({ id: 'two/sim-mid-b', type: 'model' });
  });

  it('count tokens before they ask', async () => {
    const count = (words: string) =>
      anthropicClient(gateway.url).messages.countTokens({
        model: 'auto',
        messages: [{ role: 'user', content: words }],
      });

    const [short, long] = [await count('Hello.'), await count('Hello there, all of you. '.repeat(100))];

    expect(short.input_tokens).toBeGreaterThan(0);
    expect(short.input_tokens).toBeLessThan(30);
    expect(long.input_tokens).toBeGreaterThan(400);
    expect(long.input_tokens).toBeLessThan(1000);
  });

  it.each(['gpt-99', 'one/sim-mid-z', 'autoo'])(
    'are told what there is where nothing is "%s"',
    async (model) => {
      const openai = await failureOf(
        openaiClient(gateway.url).chat.completions.create({ model, messages: hello }),
      );
      const anthropic = await failureOf(
        anthropicClient(gateway.url).messages.create({ model, max_tokens: 10, messages: hello }),
      );

      expect(openai).toBeInstanceOf(OpenAI.NotFoundError);
      expect(openai).toMatchObject({ param: 'model', message: expect.stringContaining(`"${model}"`) });
      expect(anthropic).toBeInstanceOf(Anthropic.NotFoundError);
      expect(anthropic).toMatchObject({ message: expect.stringMatching(/not_found_error.*\/v1\/models/s) });
    },
  );

  it('are told which field is missing or wrong', async () => {
    const chat = (body: object) =>
      failureOf(openaiClient(gateway.url).chat.completions.create(body as never));
    const messages = (body: object) =>
      failureOf(anthropicClient(gateway.url).messages.create({ max_tokens: 5, ...body } as never));
    const orphan = { role: 'tool', tool_call_id: 'call_1', content: 'Rain.' };

    expect(await chat({ model: 'auto' })).toMatchObject({ status: 400, param: 'messages' });
    expect(await chat({ messages: hello })).toMatchObject({ status: 400, param: 'model' });
    expect(await chat({ model: 'auto', messages: [{ role: 'pirate', content: 'Ahoy.' }] })).toMatchObject({
      ...{ status: 400, type: 'invalid_request_error' },
      param: expect.stringContaining('role'),
    });
    expect(await chat({ model: 'auto', messages: [orphan] })).toMatchObject({ status: 400 });
    expect(await messages({ model: 'auto' })).toMatchObject({
      ...{ status: 400, message: expect.stringMatching(/invalid_request_error.*messages/) },
    });
    expect(await messages({ model: 'auto', messages: hello, max_tokens: undefined })).toMatchObject({
      ...{ status: 400, message: expect.stringContaining('max_tokens') },
    });
  });

  it('get the upstream’s own words where it refuses', async () => {
    const refused = await failureOf(
      openaiClient(gateway.url).chat.completions.create({
        ...{ model: 'one/sim-mid-a', messages: hello },
        reasoning_effort: 'high',
      }),
    );

    expect(refused).toMatchObject({
      ...{ status: 400, code: 'unsupported_parameter', param: 'reasoning_effort' },
      message: expect.stringContaining("'reasoning_effort' is not supported with this model"),
    });
  });
});

describe('callers with keys', () => {
  const [whole, narrow] = [createKey(), createKey()];
  let chatUpstream: Upstream;
  let messagesUpstream: Upstream;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    chatUpstream = await startUpstream({ speed: 0, keepRequests: 100 });
    messagesUpstream = await startUpstream({ speed: 0, keepRequests: 100 });
    gateway = await startGateway({
      config: {
        providers: {
          one: simulatedProvider('openai', chatUpstream.url),
          two: simulatedProvider('anthropic', messagesUpstream.url),
        },
        tiers: simulatedTiers('two', 'anthropic'),
        routes: {
          auto: { strategy: { type: 'rules', rules: [], otherwise: 'mid' } },
          own: {
            passThroughKeys: ['two'],
            tiers: { light: ['one/sim-light-a'] },
            strategy: {
              type: 'rules',
              rules: [{ name: 'short ones', when: { tag: { size: 'short' } }, use: 'light' }],
              otherwise: 'mid',
            },
          },
        },
        keys: [
          { name: 'whole', hash: hashKey(whole) },
          { name: 'narrow', hash: hashKey(narrow), routes: ['auto'], models: ['two/sim-mid-*'] },
        ],
      },
    });
  });
  afterAll(async () => {
    await gateway?.remove();
    await chatUpstream?.close();
    await messagesUpstream?.close();
  });

  const chat = (key: string, model: string) =>
    openaiClient(gateway.url, key).chat.completions.create({ model, messages: hello });
  const messages = (key: string, model: string, headers: Record<string, string> = {}) =>
    anthropicClient(gateway.url, key)
      .messages.create({ model, max_tokens: 100, messages: hello }, { headers })
      .withResponse();

  it('are let in by their key in either SDK’s own header', async () => {
    const [openai, anthropic] = [await chat(whole, 'auto'), await messages(whole, 'auto')];

    expect(openai.choices[0]?.message.content).toContain('simulated answer');
    expect(anthropic.response.headers.get('x-tierwise-model')).toBe('two/sim-mid-b');
  });

  it('are kept out without one, and with a wrong one, but for health', async () => {
    const [openai, anthropic] = [
      await failureOf(chat('tw_x', 'auto')),
      await failureOf(messages('tw_x', 'auto')),
    ];
    const paths = ['/v1/models', '/v1/models/auto', '/v1/chat/completions', '/v1/messages', '/nothing'];
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(gateway.url + path)).status));

    expect(openai).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(anthropic).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(statuses.filter((status) => status === 200)).toEqual([]);
    expect((await fetch(`${gateway.url}/v1/models`)).status).toBe(401);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  it('may use the routes and models of their key and no others', async () => {
    const { response } = await messages(narrow, 'auto');
    const refused = await Promise.all([
      failureOf(messages(narrow, 'own')),
      failureOf(messages(narrow, 'two/sim-frontier-b')),
      failureOf(messages(narrow, 'frontier')),
      failureOf(chat(narrow, 'one/sim-mid-a')),
    ]);
    const listed = await openaiClient(gateway.url, narrow).models.list();

    expect(response.headers.get('x-tierwise-model')).toBe('two/sim-mid-b');
    expect(refused.map((error) => (error as { status: number }).status)).toEqual([403, 403, 403, 403]);
    const models = listed.data.map(({ id }) => id).filter((id) => id.includes('/'));
    expect(models).toEqual(['two/sim-mid-b']);
  });

  it('bring a provider’s key of their own, which goes to that provider only', async () => {
    const headers = { 'x-tierwise-key': whole };
    const before = chatUpstream.requests().length;

    const own = await messages('sk-own', 'own', headers);
    const elsewhere = await messages('sk-own', 'own', { ...headers, 'x-tierwise-tags': 'size=short' });
    const notAllowed = await messages('sk-own', 'auto', headers);

    expect(own.response.headers.get('x-tierwise-model')).toBe('two/sim-mid-b');
    expect(elsewhere.response.headers.get('x-tierwise-model')).toBe('one/sim-light-a');
    expect(notAllowed.response.headers.get('x-tierwise-model')).toBe('two/sim-mid-b');
    const [withOwn, withOurs] = messagesUpstream.requests().slice(-2);
    expect(withOwn?.headers['x-api-key']).toBe('sk-own');
    expect(withOurs?.headers['x-api-key']).toBe(upstreamKey);
    const [other, ...more] = chatUpstream.requests().slice(before);
    expect(more).toEqual([]);
    expect(other?.headers.authorization).toBe(`Bearer ${upstreamKey}`);
    expect(JSON.stringify(other?.headers)).not.toContain('sk-own');
  });

  it('never have the gateway’s key sent on', () => {
    const seen = [...chatUpstream.requests(), ...messagesUpstream.requests()];

    expect(seen.length).toBeGreaterThan(3);
    for (const { headers, body } of seen) {
      expect(JSON.stringify(headers) + body.toString()).not.toContain(whole);
      expect(JSON.stringify(headers)).not.toContain(narrow);
    }
    expect(gateway.output()).not.toContain(whole);
  });
});
