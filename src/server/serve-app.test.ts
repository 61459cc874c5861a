import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createKey, hashKey } from '../access/keys.ts';
import { type App, compose } from '../app/compose.ts';
import { type Config, configFromText } from '../app/config.ts';
import { createLog } from '../telemetry/log.ts';
import {
  chatAnswer,
  chatFrames,
  type FakeUpstream,
  fakeUpstream,
  messagesAnswer,
  type Script,
  sendJson,
} from '../testing/fake-upstream.ts';
import { serveApp } from './serve-app.ts';

interface Served {
  readonly app: App;
  readonly url: string;
  readonly vendor: FakeUpstream;
  readonly local: FakeUpstream;
  /** All that was logged. */
  readonly logged: () => string;
  readonly folder: string;
  /** The configuration with other routes, keys or interceptions. */
  readonly configOf: (rest: object) => Config;
}

const canary = 'sk-ant-canary-of-the-configuration';

/** A composed app before an Anthropic vendor and a local server. */
const serving = async (rest: object = {}, host = '127.0.0.1'): Promise<Served> => {
  const vendor = await fakeUpstream(sendJson(messagesAnswer('vendor')));
  const local = await fakeUpstream(sendJson(chatAnswer('local')));
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-test-'));
  const model = (tier: string) => ({
    tier,
    prices: { input: 1, output: 1 },
    contextTokens: 100_000,
    maxOutputTokens: 1000,
  });
  const configOf = (more: object): Config => {
    const text = JSON.stringify({
      providers: {
        anthropic: {
          type: 'anthropic',
          baseUrl: vendor.url,
          key: canary,
          models: { 'claude-opus-9': model('frontier') },
        },
        local: {
          type: 'openai-compatible',
          baseUrl: local.url,
          models: { tiny: model('light'), middling: model('mid') },
        },
      },
      tiers: { light: ['local/tiny'], mid: ['local/middling'], frontier: ['anthropic/claude-opus-9'] },
      ledger: { path: folder },
      ...more,
    });
    const { config, findings } = configFromText(text, { environment: {}, folder });
    if (!config) throw new Error(findings.map(({ message }) => message).join('\n'));
    return config;
  };
  let logged = '';
  const log = createLog('trace', {
    write: (line: string) => {
      logged += line;
    },
  });
  const app = await compose(configOf(rest), { log });
  onTestFinished(async () => {
    await app.close();
    await Promise.all([vendor.close(), local.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  const door = await serveApp(app, { host, port: 0 });
  onTestFinished(() => door.stop(0));
  return {
    ...{ app, vendor, local, folder, configOf, logged: () => logged },
    url: door.url.replace('0.0.0.0', '127.0.0.1'),
  };
};

const messages = [{ role: 'user', content: 'Hello there.' }];
const ask = (
  { url }: Served,
  model: string,
  { headers = {}, ...rest }: { readonly headers?: Record<string, string>; readonly stream?: boolean } = {},
) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ model, messages, ...rest }),
  });
const answeredBy = async (response: Response): Promise<string | null> => {
  await response.text();
  return response.headers.get('x-tierwise-model');
};

describe('the name a caller asks for', () => {
  it('is a route, then a tier, then an interception, then a model', async () => {
    const served = await serving({
      routes: { tiny: { strategy: { type: 'rules', rules: [], otherwise: 'mid' } } },
      intercept: [
        { match: 'light', tier: 'frontier' },
        { match: 'claude-opus-*', route: 'tiny' },
        { match: 'claude-*', tier: 'light' },
        { match: 'middling', model: 'local/tiny' },
      ],
    });

    const models = await Promise.all(
      [
        'tiny',
        'light',
        'claude-opus-9',
        'claude-sonnet-1',
        'middling',
        'local/middling',
        'anthropic/claude-opus-9',
      ].map(async (name) => answeredBy(await ask(served, name))),
    );

    expect(models).toEqual([
      'local/middling',
      'local/tiny',
      'local/middling',
      'local/tiny',
      'local/tiny',
      'local/middling',
      'anthropic/claude-opus-9',
    ]);
  });
});

describe('a key that may use only some models', () => {
  const key = createKey();
  const only = (models: readonly string[], routes?: readonly string[]) => ({
    keys: [{ name: 'team', hash: hashKey(key), models, ...(routes && { routes }) }],
    routes: { free: { strategy: { type: 'rules', rules: [], otherwise: 'frontier' } } },
    intercept: [{ match: 'sneaky', model: 'anthropic/claude-opus-9' }],
  });
  const headers = { authorization: `Bearer ${key}` };

  it.each(['frontier', 'free', 'anthropic/claude-opus-9', 'claude-opus-9', 'sneaky'])(
    'gets none but those, asked for as "%s"',
    async (name) => {
      const served = await serving(only(['local/*']));

      const response = await ask(served, name, { headers });

      const model = await answeredBy(response);
      if (response.status === 200) expect(model).toMatch(/^local\//);
      else expect(response.status).toBe(403);
      expect(served.vendor.seen).toHaveLength(0);
    },
  );

  it('is held to its routes as well, tiers and models being of "auto"', async () => {
    const served = await serving(only(['*'], ['free']));
    const statuses = await Promise.all(
      ['free', 'auto', 'light', 'local/tiny', 'sneaky'].map(
        async (name) => (await ask(served, name, { headers })).status,
      ),
    );
    const listed = (await (await fetch(`${served.url}/v1/models`, { headers })).json()) as {
      data: { id: string }[];
    };

    expect(statuses).toEqual([200, 403, 403, 403, 403]);
    expect(listed.data.map(({ id }) => id)).toEqual(['free']);
  });
});

describe('another configuration', () => {
  it('leaves a running stream alone, whatever it takes away', async () => {
    const served = await serving();
    let goOn = (): void => undefined;
    const frames = chatFrames(['4', '2'], { input: 10, output: 2 });
    const slow: Script = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(frames.slice(0, 2).join(''));
      goOn = () => response.end(frames.slice(2).join(''));
    };
    served.local.script(slow);
    const response = await ask(served, 'local/tiny', { stream: true });

    await served.app.apply(
      served.configOf({
        providers: {
          other: {
            type: 'anthropic',
            baseUrl: served.vendor.url,
            key: canary,
            models: {
              'claude-x': {
                tier: 'mid',
                prices: { input: 9, output: 9 },
                contextTokens: 1000,
                maxOutputTokens: 10,
              },
            },
          },
        },
        tiers: {},
        keys: [{ name: 'team', hash: hashKey('k') }],
      }),
    );
    goOn();

    expect(await response.text()).toContain('[DONE]');
    expect((await ask(served, 'local/tiny')).status).toBe(401);
    expect((await ask(served, 'local/tiny', { headers: { 'x-api-key': 'k' } })).status).toBe(404);
    await vi.waitFor(() => expect(served.logged()).toContain('"costUsd":"0.000012"'));
  });

  it('without keys is refused where others could come in', async () => {
    const key = createKey();
    const keys = [{ name: 'team', hash: hashKey(key) }];
    const served = await serving({ keys, server: { host: '0.0.0.0' } }, '0.0.0.0');

    await expect(served.app.apply(served.configOf({}))).rejects.toMatchObject({ code: 'unsafe-exposure' });

    expect((await ask(served, 'light')).status).toBe(401);
    await served.app.apply(served.configOf({ keys }));
    expect((await ask(served, 'light', { headers: { 'x-api-key': key } })).status).toBe(200);
  });

  it('without keys is not served to others in the first place', async () => {
    await expect(serving({}, '0.0.0.0')).rejects.toMatchObject({ code: 'unsafe-exposure' });
  });
});

describe('secrets of every kind', () => {
  it('are in no log line, no record and no file of the ledger', async () => {
    const key = createKey();
    const own = 'sk-ant-canary-of-the-caller';
    const served = await serving({
      keys: [{ name: 'team', hash: hashKey(key) }],
      routes: { auto: { passThroughKeys: ['anthropic'] } },
    });
    served.vendor.script(
      sendJson(
        { type: 'error', error: { type: 'invalid_request_error', message: `bad: ${canary} ${own}` } },
        400,
      ),
      sendJson(messagesAnswer('fine')),
    );
    const post = (path: string, headers: Record<string, string>, body: object) =>
      fetch(served.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const body = { model: 'anthropic/claude-opus-9', max_tokens: 5, messages };

    const texts = [
      await post('/v1/messages', { 'x-tierwise-key': key, 'x-api-key': own }, body),
      await post('/v1/messages', { authorization: `Bearer ${key}` }, body),
      await post(`/v1/messages?key=${own}`, { 'x-api-key': `${key}x` }, body),
      await post(`/v1/nothing?key=${own}`, { 'x-api-key': key }, body),
      await post(`/v1/nothing?key=${key}`, {}, body),
      await post(
        `/v1beta/models/auto:generateContent?key=${key}`,
        {},
        { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
      ),
      await post(`/v1/embeddings?key=${key}`, {}, { model: 'local/e', input: 'hi' }),
      await post(
        '/v1/chat/completions',
        { 'x-api-key': key, 'user-agent': own, cookie: own },
        { model: own, messages },
      ),
    ].map(
      async (response) =>
        `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`,
    );
    const told = (await Promise.all(texts)).join('\n');
    await served.app.ledger.flush();

    const files = readdirSync(served.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
    expect(files.length).toBeGreaterThan(1000);
    for (const secret of [canary, key, key.slice(3)]) {
      for (const text of [told, served.logged(), files]) expect(text).not.toContain(secret);
    }
    expect(served.logged() + files).not.toContain('canary-of-the-caller');
    expect(served.logged()).toContain('"caller":"team"');
  });
});
