import OpenAI, { APIError } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { openaiChat } from '../dialects/openai-chat/index.ts';
import {
  chatAnswer,
  chatFrames,
  type FakeUpstream,
  fakeUpstream,
  type Script,
  sendFrames,
  sendJson,
} from '../testing/fake-upstream.ts';
import {
  type TestGateway,
  type TestGatewayOptions,
  type TestModel,
  testGateway,
} from '../testing/test-gateway.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
});

const upstream = async (...scripts: readonly Script[]): Promise<FakeUpstream> => {
  const made = await fakeUpstream(...scripts);
  open.unshift(made);
  return made;
};
const gatewayOf = async (
  models: readonly TestModel[],
  options?: TestGatewayOptions,
): Promise<TestGateway> => {
  const made = await testGateway(models, [openaiChat], options);
  open.unshift(made);
  return made;
};
const client = ({ url }: TestGateway) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'caller', maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'What is six times seven?' }];

describe('a request that is not streamed', () => {
  it('is answered in the upstream’s own bytes, priced and settled once', async () => {
    const small = await upstream(sendJson(chatAnswer('42', { input: 100, output: 20 })));
    const gateway = await gatewayOf([{ name: 'small', url: small.url, kind: 'openai-compatible' }]);

    const { data, response } = await client(gateway)
      .chat.completions.create({ model: 'auto', messages })
      .withResponse();

    expect(data).toEqual(chatAnswer('42', { input: 100, output: 20 }));
    expect(response.headers.get('x-tierwise-model')).toBe('p-small/small');
    expect(response.headers.get('x-tierwise-cost')).toBe('0.00012');
    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({
      outcome: 'ok',
      status: 200,
      model: 'p-small/small',
      cost: 120_000n,
      isEstimated: false,
    });
    expect(JSON.parse(small.seen[0]?.body ?? '')).toEqual({ model: 'small', messages });
    expect(gateway.intents).toHaveLength(1);
  });

  it('goes to the next model when the first fails, and both calls are in the ledger', async () => {
    const broken = await upstream(
      sendJson({ error: { message: 'over', type: 'server_error', code: null } }, 503),
    );
    const large = await upstream(sendJson(chatAnswer('42')));
    const gateway = await gatewayOf([
      { name: 'broken', url: broken.url, kind: 'openai-compatible' },
      { name: 'large', url: large.url, kind: 'openai-compatible', tier: 'frontier' },
    ]);

    const { choices } = await client(gateway).chat.completions.create({ model: 'auto', messages });

    expect(choices[0]?.message.content).toBe('42');
    const [exchange] = await gateway.settled(1);
    expect(exchange?.attempts).toMatchObject([
      { model: 'p-broken/broken', outcome: 'failed', status: 503, cost: 0n },
      { model: 'p-large/large', outcome: 'ok' },
    ]);
    expect(exchange).toMatchObject({ outcome: 'ok', tier: 'frontier' });
  });

  it('passes an upstream’s refusal on as it is, and asks nobody else', async () => {
    const said = {
      error: { message: 'bad schema', type: 'invalid_request_error', param: 'tools', code: null },
    };
    const first = await upstream(sendJson(said, 400));
    const second = await upstream(sendJson(chatAnswer('no')));
    const gateway = await gatewayOf([
      { name: 'first', url: first.url, kind: 'openai-compatible' },
      { name: 'second', url: second.url, kind: 'openai-compatible' },
    ]);

    const failure = await client(gateway)
      .chat.completions.create({ model: 'auto', messages })
      .catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(APIError);
    expect(failure).toMatchObject({ status: 400, error: said.error });
    expect(second.seen).toHaveLength(0);
  });

  it('never shows a caller what the provider says of the gateway’s own credential', async () => {
    const locked = await upstream(
      sendJson(
        { error: { message: 'Incorrect API key: upstream-secret', type: 'x', code: 'invalid_api_key' } },
        401,
      ),
    );
    const gateway = await gatewayOf([{ name: 'locked', url: locked.url, kind: 'openai-compatible' }]);

    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto', messages }),
    });

    expect(response.status).toBe(502);
    expect(await response.text()).not.toContain('upstream-secret');
    expect(locked.seen[0]?.headers.authorization).toBe('Bearer upstream-secret');
  });

  it.each([
    ['an error with status 200', sendJson({ error: { message: 'oops', type: 'server_error' } })],
    [
      'HTML',
      (response: import('node:http').ServerResponse) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hi</h1>'),
    ],
    ['a broken connection', (response: import('node:http').ServerResponse) => response.destroy()],
  ])('is a 502 when the upstream gives %s', async (_name, script) => {
    const odd = await upstream(script);
    const gateway = await gatewayOf([{ name: 'odd', url: odd.url, kind: 'openai-compatible' }]);

    const failure = await client(gateway)
      .chat.completions.create({ model: 'auto', messages })
      .catch((error: unknown) => error);

    expect(failure).toMatchObject({ status: 502 });
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'failed', errorCode: 'upstream-bad' }]);
  });

  it('is cancelled upstream when the caller hangs up, and settled as an estimate', async () => {
    const slow = await upstream(() => undefined);
    const gateway = await gatewayOf([{ name: 'slow', url: slow.url, kind: 'openai-compatible' }]);
    const hangUp = new AbortController();

    const asked = client(gateway)
      .chat.completions.create({ model: 'auto', messages }, { signal: hangUp.signal })
      .catch(() => 'gone');
    while (slow.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    hangUp.abort();
    await asked;

    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({ outcome: 'client-gone', isEstimated: true });
    const [intent] = gateway.intents;
    expect((exchange?.cost ?? 0n) > 0n && (exchange?.cost ?? 0n) <= (intent?.reserved ?? 0n)).toBe(true);
    while (slow.seen[0]?.closedEarlyAfterMs === null) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('is refused when the ledger cannot be written: nothing is sent that could not be charged', async () => {
    const { GatewayError } = await import('../core/errors.ts');
    const small = await upstream(sendJson(chatAnswer('42')));
    const gateway = await gatewayOf([{ name: 'small', url: small.url, kind: 'openai-compatible' }], {
      intend: async () => {
        throw new GatewayError('ledger-down', 'The ledger is down.');
      },
    });

    const failure = await client(gateway)
      .chat.completions.create({ model: 'auto', messages })
      .catch((error: unknown) => error);

    expect(failure).toMatchObject({ status: 503 });
    expect(small.seen).toHaveLength(0);
  });
});

describe('a stream', () => {
  const stream = (gateway: TestGateway, includeUsage = false) =>
    client(gateway).chat.completions.stream({
      model: 'auto',
      messages,
      stream: true,
      ...(includeUsage && { stream_options: { include_usage: true } }),
    });

  it('passes, and hides the usage nobody asked for', async () => {
    const small = await upstream(sendFrames(chatFrames(['4', '2'], { input: 100, output: 20 })));
    const gateway = await gatewayOf([{ name: 'small', url: small.url, kind: 'openai-compatible' }]);

    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto', messages, stream: true }),
    });
    const text = await response.text();

    expect(text).not.toContain('"usage":{');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'ok', cost: 120_000n, isEstimated: false }]);
    expect(JSON.parse(small.seen[0]?.body ?? '')).toMatchObject({
      model: 'small',
      stream_options: { include_usage: true },
    });
  });

  it('is read by the SDK’s own helper', async () => {
    const small = await upstream(sendFrames(chatFrames(['4', '2'], { input: 100, output: 20 })));
    const gateway = await gatewayOf([{ name: 'small', url: small.url, kind: 'openai-compatible' }]);

    const answer = await stream(gateway, true).finalChatCompletion();

    expect(answer.choices[0]?.message.content).toBe('42');
    expect(answer.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 20 });
  });

  it.each([
    ['ends without its end', false],
    ['breaks', true],
  ])('that %s is an error to the caller, never a success', async (_name, isCut) => {
    const frames = chatFrames(['4', '2'], { input: 100, output: 20 }).slice(0, 3);
    const small = await upstream(sendFrames(frames, { isCut }));
    const gateway = await gatewayOf([{ name: 'small', url: small.url, kind: 'openai-compatible' }]);

    const failure = await stream(gateway)
      .finalChatCompletion()
      .catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Error);
    expect(await gateway.settled(1)).toMatchObject([
      { outcome: 'partial', errorCode: 'upstream-cut', isEstimated: true },
    ]);
  });

  it('whose first event is an error goes to the next model', async () => {
    const over = await upstream(
      sendFrames(['data: {"error":{"message":"over","type":"server_error","code":"x"}}\n\n']),
    );
    const large = await upstream(sendFrames(chatFrames(['42'], { input: 1, output: 1 })));
    const gateway = await gatewayOf([
      { name: 'over', url: over.url, kind: 'openai-compatible' },
      { name: 'large', url: large.url, kind: 'openai-compatible' },
    ]);

    const answer = await stream(gateway).finalChatCompletion();

    expect(answer.choices[0]?.message.content).toBe('42');
  });

  it('never goes on with another model after its first word', async () => {
    const cut = await upstream(
      sendFrames(chatFrames(['4'], { input: 1, output: 1 }).slice(0, 2), { isCut: true }),
    );
    const large = await upstream(sendFrames(chatFrames(['42'], { input: 1, output: 1 })));
    const gateway = await gatewayOf([
      { name: 'cut', url: cut.url, kind: 'openai-compatible' },
      { name: 'large', url: large.url, kind: 'openai-compatible' },
    ]);

    await stream(gateway)
      .finalChatCompletion()
      .catch(() => undefined);

    expect(large.seen).toHaveLength(0);
  });

  it('is answered as one even where the upstream would not stream', async () => {
    const whole = await upstream(sendJson(chatAnswer('42')));
    const gateway = await gatewayOf([{ name: 'whole', url: whole.url, kind: 'openai-compatible' }]);

    const answer = await stream(gateway).finalChatCompletion();

    expect(answer.choices[0]?.message.content).toBe('42');
  });

  it('is cancelled upstream when the caller hangs up', async () => {
    const endless = await upstream((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const frame of chatFrames(['4'], { input: 1, output: 1 }).slice(0, 2)) response.write(frame);
    });
    const gateway = await gatewayOf([{ name: 'endless', url: endless.url, kind: 'openai-compatible' }]);
    const asked = stream(gateway);

    for await (const _chunk of asked) break;

    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({ outcome: 'client-gone', isEstimated: true });
    while (endless.seen[0]?.closedEarlyAfterMs === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('that falls silent is ended by the idle limit with an error', async () => {
    const silent = await upstream((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const frame of chatFrames(['4'], { input: 1, output: 1 }).slice(0, 2)) response.write(frame);
    });
    const gateway = await gatewayOf([
      { name: 'silent', url: silent.url, kind: 'openai-compatible', timeouts: { idleMs: 200 } },
    ]);

    const failure = await stream(gateway)
      .finalChatCompletion()
      .catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Error);
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'partial', errorCode: 'upstream-timeout' }]);
  });
});

describe('a body that is no request', () => {
  it.each<[string, string, RegExp]>([
    ['no JSON', '{"model":', /not JSON|ends too early/],
    ['two models', '{"model":"a","model":"b","messages":[]}', /twice/],
    ['depth', `{"model":"auto","messages":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, /nested deeper/],
    ['no messages', '{"model":"auto"}', /messages/],
    ['a wrong role', '{"model":"auto","messages":[{"role":"robot","content":"x"}]}', /role/],
  ])('is refused in the caller’s dialect: %s', async (_name, body, reason) => {
    const small = await upstream(sendJson(chatAnswer('42')));
    const gateway = await gatewayOf([{ name: 'small', url: small.url, kind: 'openai-compatible' }]);

    const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body });
    const { error } = (await response.json()) as { error: { message: string; type: string } };

    expect(response.status).toBe(400);
    expect(error.type).toBe('invalid_request_error');
    expect(error.message).toMatch(reason);
    expect(small.seen).toHaveLength(0);
  });

  it('is told to the log once, since the ledger has no row of it', async () => {
    const gateway = await gatewayOf([]);

    await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body: '{"model":' });
    await fetch(`${gateway.url}/nowhere`);

    expect(gateway.refusals.map(({ code }) => code)).toEqual(['invalid-json', 'not-found']);
    expect(gateway.exchanges).toEqual([]);
  });

  it('is refused at the limit’s byte', async () => {
    const gateway = await gatewayOf([], { server: { bodyLimitBytes: 1000 } });

    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: 'x'.repeat(5000),
    });

    expect(response.status).toBe(413);
  });

  it.each(['/v1/../admin', '/v1/%2e%2e/admin', '//evil.example/v1/models', '/v1/models/..%2f..%2fetc'])(
    'has no way out of its paths by %s',
    async (path) => {
      const gateway = await gatewayOf([]);
      const { request } = await import('node:http');

      const status = await new Promise<number | undefined>((resolve) => {
        request(`${gateway.url}/`, { path }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).end();
      });

      expect([400, 404]).toContain(status);
    },
  );

  it('is read in the dialect of its path, whatever a stray header says', async () => {
    const small = await upstream(sendJson(chatAnswer('42')));
    const gateway = await gatewayOf([{ name: 'small', url: small.url, kind: 'openai-compatible' }]);

    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto', messages }),
      headers: { 'anthropic-version': '2023-06-01' },
    });

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ object: 'chat.completion' });
  });

  it('names the right base URL when the version is doubled', async () => {
    const gateway = await gatewayOf([]);

    const response = await fetch(`${gateway.url}/v1/v1/chat/completions`, { method: 'POST', body: '{}' });

    expect(response.status).toBe(404);
    expect(await response.text()).toContain('base URL');
  });
});
