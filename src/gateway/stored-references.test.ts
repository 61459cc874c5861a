import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hashKey } from '../access/keys.ts';
import { type Composed, composed, routeOf } from './composed.cases.ts';

const claude = routeOf('claude-opus-5');
const gpt = routeOf('gpt-6-sol');
const gemini = routeOf('gemini-3.6-flash');

let stage: Composed;
beforeAll(async () => {
  const keys = ['ann', 'bob'].map((name) => ({ name, hash: hashKey(name) }));
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
const question = { role: 'user', content: 'What is the weather in Paris?' };

interface Item {
  readonly type: string;
  readonly id: string;
  readonly call_id?: string;
}
interface Answer {
  readonly id: string;
  readonly output: readonly Item[];
}

const send = (model: string, input: readonly object[], rest: object = {}, key = 'ann'): Promise<Response> =>
  fetch(`${stage.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, input, tools, reasoning: { effort: 'low' }, ...rest }),
  });

const ask = async (model: string, input: readonly object[], rest: object = {}): Promise<Answer> => {
  const response = await send(model, input, rest);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as Answer;
};

const named = ({ output }: Answer) => output.map(({ id }) => ({ type: 'item_reference', id }));
const resultFor = ({ output }: Answer) => ({
  type: 'function_call_output',
  call_id: output.find(({ call_id }) => call_id)?.call_id,
  output: 'Sunny.',
});
const lastBody = (): string => stage.upstream.requests().at(-1)?.body.toString() ?? '';

describe('items of answers that are kept here, named by their ids', () => {
  it('are what they would be if they were sent', async () => {
    const first = await ask(claude, [question]);

    await ask(claude, [question, ...first.output, resultFor(first)]);
    const sent = lastBody();
    await ask(claude, [question, ...named(first), resultFor(first)]);

    expect(first.output.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['reasoning', 'function_call']),
    );
    expect(lastBody()).toBe(sent);
  });

  it.each([gpt, gemini])('go to others, too: %s', async (other) => {
    const first = await ask(claude, [question]);

    const { output } = await ask(other, [question, ...named(first), resultFor(first)]);

    expect(output.length).toBeGreaterThan(0);
    expect(lastBody()).not.toContain('item_reference');
  });

  it('are known by a bare id', async () => {
    const first = await ask(claude, [question]);

    const bare = first.output.map(({ id }) => ({ id }));
    const { output } = await ask(claude, [question, ...bare, resultFor(first)]);

    expect(output.length).toBeGreaterThan(0);
  });

  it('leave the other bytes of the body as they came', async () => {
    const first = await ask(claude, [question]);
    const references = JSON.stringify([question, ...named(first), resultFor(first)]).slice(0, -1);
    const last = '{"content" : "And tomorrow\\u003f",  "role":"user"}';

    const response = await fetch(`${stage.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: 'Bearer ann' },
      body: `{ "model":"${gpt}","tools":${JSON.stringify(tools)}, "input":${references}, ${last}]}`,
    });

    expect(response.status, await response.text()).toBe(200);
    expect(lastBody()).toContain(`, ${last}]}`);
  });

  it('are part of what is kept of the answers behind them', async () => {
    const first = await ask(claude, [question]);
    const second = await ask(claude, [question, ...named(first), resultFor(first)]);

    await ask(claude, [{ role: 'user', content: 'And tomorrow?' }], { previous_response_id: second.id });

    const { messages } = JSON.parse(lastBody()) as { messages: { role: string }[] };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
  });

  it('are not brought twice', async () => {
    const first = await ask(claude, [question]);
    const [reference] = named(first);

    const response = await send(claude, [question, { ...reference }, { ...reference }]);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'input.2.id' } });
  });

  it.each([
    ['of another tenant', {}, 'bob'],
    ['of an answer that was not to be stored', { store: false }, 'ann'],
  ])('do not exist where they are %s', async (_whose, rest, key) => {
    const first = await ask(claude, [question], rest);

    const response = await send(claude, [question, ...named(first), resultFor(first)], {}, key);

    expect(response.status).toBe(404);
    const { error } = (await response.json()) as { error: { param: string; message: string } };
    expect(error.param).toBe('input.1.id');
    expect(error.message).toContain('Send the item itself');
  });

  it('do not exist where the answer has no such item', async () => {
    const first = await ask(claude, [question]);
    const id = first.output[0]?.id.replace(/\d+$/, '77');

    const response = await send(claude, [question, { type: 'item_reference', id }]);

    expect(response.status).toBe(404);
  });
});

describe('items that a provider keeps, named by their ids', () => {
  it('stay named, and with it', async () => {
    const first = await ask(gpt, [question]);

    await ask(gpt, [question, ...named(first), resultFor(first)]);

    expect(lastBody()).toContain(`"type":"item_reference","id":"${first.output[0]?.id}"`);
  });

  it('are refused to others with the reason', async () => {
    const first = await ask(gpt, [question]);

    const response = await send('anthropic/claude-opus-5', [question, ...named(first), resultFor(first)]);

    expect(response.status).toBe(400);
    expect(await response.text()).toContain('which only \\"openai\\" has');
  });
});
