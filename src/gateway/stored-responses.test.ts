import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hashKey } from '../access/keys.ts';
import { type Composed, composed, routeOf } from './composed.cases.ts';

const claude = routeOf('claude-opus-5');
const gpt = routeOf('gpt-6-sol');

const keys = ['ann', 'bob'].map((name) => ({ name, hash: hashKey(name) }));

let stage: Composed;
beforeAll(async () => {
  stage = await composed(['claude-opus-5', 'gpt-6-sol', 'gemini-3.6-flash'], { keys });
});
afterAll(() => stage.close());
afterEach(() => {
  expect(stage.upstream.refusals()).toEqual([]);
});

const tools = [
  {
    type: 'function',
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    strict: false,
  },
];

interface Answer {
  readonly id: string;
  readonly output: readonly { readonly type: string; readonly call_id?: string; readonly id: string }[];
}

const send = (path: string, method: string, body?: object, key = 'ann'): Promise<Response> =>
  fetch(`${stage.url}/v1/responses${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });

const ask = async (model: string, input: unknown, rest: object = {}, key = 'ann'): Promise<Answer> => {
  const response = await send(
    '',
    'POST',
    { model, input, tools, reasoning: { effort: 'low' }, ...rest },
    key,
  );
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const whole = text.startsWith('event:')
    ? (/^data: (\{"type":"response\.completed".*)$/m.exec(text)?.[1] ?? '')
    : text;
  const parsed = JSON.parse(whole) as Answer & { readonly response?: Answer };
  return parsed.response ?? parsed;
};

const got = async (
  path: string,
  key = 'ann',
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const response = await send(path, 'GET', undefined, key);
  return { status: response.status, body: await response.json() };
};

const lastBody = (): string => stage.upstream.requests().at(-1)?.body.toString() ?? '';
const callId = ({ output }: Answer): string => output.find(({ call_id }) => call_id)?.call_id ?? '';
const resultFor = (answer: Answer) => [
  { type: 'function_call_output', call_id: callId(answer), output: 'Sunny.' },
];

describe('a response that its provider keeps', () => {
  it('is gone on from there, told, listed and forgotten', async () => {
    const first = await ask(gpt, 'What is the weather in Paris?');
    const second = await ask(gpt, resultFor(first), { previous_response_id: first.id });

    expect(JSON.parse(lastBody())).toMatchObject({ previous_response_id: first.id });
    expect((await got(`/${second.id}`)).body).toMatchObject({ id: second.id, object: 'response' });
    expect((await got(`/${second.id}/input_items`)).body).toMatchObject({ object: 'list' });
    expect(await (await send(`/${first.id}`, 'DELETE')).json()).toMatchObject({
      id: first.id,
      deleted: true,
    });
    expect((await got(`/${first.id}`)).status).toBe(404);
  });

  it('keeps the conversation there, wherever the route would have it go', async () => {
    const { id } = await ask(gpt, 'Hello?');

    const response = await send('', 'POST', { model: claude, input: 'And?', previous_response_id: id });

    expect(response.status).toBe(200);
    expect(response.headers.get('x-tierwise-model')).toBe('openai/gpt-6-sol');
  });

  it('is refused to a model elsewhere that is asked for by name, with the reason', async () => {
    const { id } = await ask(gpt, 'Hello?');
    const model = 'anthropic/claude-opus-5';

    const response = await send('', 'POST', { model, input: 'And?', previous_response_id: id });

    expect(response.status).toBe(400);
    expect(response.headers.get('x-tierwise-error')).toBe('no-capable-model');
    expect(await response.text()).toContain('goes on from a response that \\"openai\\" keeps');
  });
});

describe('a response that nobody else keeps', () => {
  it.each([
    ['whole', {}],
    ['streamed', { stream: true }],
  ])('is kept here, reasoning and all: %s', async (_way, rest) => {
    const first = await ask(claude, 'What is the weather in Paris?', rest);
    const second = await ask(claude, resultFor(first), { ...rest, previous_response_id: first.id });

    const sent = JSON.parse(lastBody()) as { messages: { role: string; content: { type: string }[] }[] };
    expect(sent.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(sent.messages[1]?.content.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['thinking', 'tool_use']),
    );
    expect(sent.messages[2]?.content[0]).toMatchObject({ type: 'tool_result', content: 'Sunny.' });
    expect(lastBody()).not.toContain('previous_response_id');

    const third = await ask(claude, 'And tomorrow?', { ...rest, previous_response_id: second.id });
    expect(JSON.parse(lastBody()).messages).toHaveLength(5);
    expect((await got(`/${third.id}`)).body).toEqual(third);
  });

  it('is gone on from with what headers say, too', async () => {
    const first = await ask(claude, 'What is the weather in Paris?');
    const shown = async (rest: object) => {
      const response = await fetch(`${stage.url}/v1/responses`, {
        method: 'POST',
        headers: { authorization: 'Bearer ann', 'x-tierwise-reasoning': 'shown' },
        body: JSON.stringify({ model: claude, reasoning: { effort: 'low' }, tools, ...rest }),
      });
      await response.text();
      return (JSON.parse(lastBody()) as { thinking: object }).thinking;
    };

    const asked = await shown({ input: 'What is the weather in Rome?' });
    const goneOn = await shown({ input: resultFor(first), previous_response_id: first.id });

    expect(asked).toMatchObject({ display: 'summarized' });
    expect(goneOn).toEqual(asked);
  });

  it('lists what it was asked with, oldest first where that is wished', async () => {
    const first = await ask(claude, 'What is the weather in Paris?');
    const second = await ask(claude, resultFor(first), { previous_response_id: first.id });

    const { body } = await got(`/${second.id}/input_items?order=asc&limit=2`);

    expect(body).toMatchObject({
      object: 'list',
      data: [
        { role: 'user', content: 'What is the weather in Paris?', id: expect.any(String) },
        first.output[0],
      ],
      has_more: true,
    });
    const { last_id } = body as { last_id: string };
    const rest = (await got(`/${second.id}/input_items?order=asc&after=${last_id}`)).body;
    expect(rest).toMatchObject({ has_more: false });
    expect((rest as { data: { type: string }[] }).data.at(-1)).toMatchObject({
      type: 'function_call_output',
    });
  });

  it('can be gone on from anywhere', async () => {
    const first = await ask(claude, 'What is the weather in Paris?');
    const second = await ask(gpt, resultFor(first), { previous_response_id: first.id });
    const input = (JSON.parse(lastBody()) as { input: { type?: string }[] }).input;
    expect(input.map(({ type }) => type)).not.toContain('reasoning');
    expect(input.at(-1)).toMatchObject({ type: 'function_call_output' });

    const third = await ask(gpt, 'And tomorrow?', { previous_response_id: second.id });
    expect(JSON.parse(lastBody())).toMatchObject({ previous_response_id: second.id });
    expect(third.output.length).toBeGreaterThan(0);

    const other = await ask(routeOf('gemini-3.6-flash'), resultFor(first), {
      previous_response_id: first.id,
    });
    expect(other.output.length).toBeGreaterThan(0);
  });

  it('is forgotten with all that it was asked to forget, and cannot be cancelled', async () => {
    const first = await ask(claude, 'Hello?');

    const cancelled = await send(`/${first.id}/cancel`, 'POST');
    expect(cancelled.status).toBe(400);
    expect(await cancelled.text()).toContain('background');
    expect(await (await send(`/${first.id}`, 'DELETE')).json()).toEqual({
      id: first.id,
      object: 'response',
      deleted: true,
    });
    expect((await got(`/${first.id}`)).status).toBe(404);
    const next = await send('', 'POST', { model: claude, input: 'And?', previous_response_id: first.id });
    expect(next.status).toBe(404);
    expect(await next.json()).toMatchObject({ error: { param: 'previous_response_id' } });
  });

  it('is not kept where that is not wanted', async () => {
    const first = await ask(claude, 'Hello?', { store: false });

    expect((await got(`/${first.id}`)).status).toBe(404);
  });
});

describe('another tenant’s response', () => {
  it.each([
    ['kept here', claude],
    ['kept by its provider', gpt],
  ])('does not exist: %s', async (_where, model) => {
    const { id } = await ask(model, 'What is the weather in Paris?', {}, 'ann');

    for (const [path, method] of [
      [`/${id}`, 'GET'],
      [`/${id}`, 'DELETE'],
      [`/${id}/cancel`, 'POST'],
      [`/${id}/input_items`, 'GET'],
    ] as const)
      expect((await send(path, method, undefined, 'bob')).status, `${method} ${path}`).toBe(404);
    const next = await send('', 'POST', { model, input: 'And?', previous_response_id: id }, 'bob');
    expect(next.status).toBe(404);
    expect((await got(`/${id}`)).status).toBe(200);
  });

  it.each(['/resp_..', '/resp_%2e%2e/x', '/resp_a/../b', '/other', '/resp_x/other'])(
    'is not looked for at %s',
    async (path) => {
      const response = await send(path, 'GET');

      expect([400, 404]).toContain(response.status);
    },
  );
});
