import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Composed, composed } from './composed.cases.ts';

const to = (use: readonly string[], hostedTools?: 'drop') => ({
  strategy: { type: 'fixed', use },
  ...(hostedTools && { hostedTools }),
});
const claude = 'anthropic/claude-opus-5';
const gpt = 'openai/gpt-5.5';

let stage: Composed;
beforeAll(async () => {
  const routes = {
    careful: to([claude]),
    claude: to([claude], 'drop'),
    gemini: to(['google/gemini-3.6-flash'], 'drop'),
    both: to([gpt, claude], 'drop'),
  };
  stage = await composed([], { routes });
});
afterAll(() => stage.close());
afterEach(() => {
  expect(stage.upstream.refusals()).toEqual([]);
});

const search = { type: 'web_search' };
const find = {
  ...{ type: 'function', name: 'find', strict: false },
  parameters: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
};
const crm = { type: 'namespace', name: 'crm', description: 'Customers', tools: [find] };

const send = (model: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${stage.url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, input: 'Hello?', tools: [search, find], ...body }),
  });
const lastBody = () => JSON.parse(stage.upstream.requests().at(-1)?.body.toString() ?? '{}');

describe('tools that a vendor runs', () => {
  it('are refused to others where nobody said otherwise, and the error says how to', async () => {
    const response = await send('careful');

    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/web_search.*hostedTools: drop/);
  });

  it('are left out and named where the route says so', async () => {
    const response = await send('claude');

    expect(response.status, await response.text()).toBe(200);
    expect(response.headers.get('x-tierwise-warnings')).toBe('dropped=web_search');
    expect(lastBody().tools.map(({ name }: { name: string }) => name)).toEqual(['find']);
  });

  it('go to their vendor as they came, on such a route, too', async () => {
    const response = await send('both');

    expect(response.status, await response.text()).toBe(200);
    expect(response.headers.get('x-tierwise-model')).toBe(gpt);
    expect(response.headers.get('x-tierwise-warnings')).toBeNull();
    expect(lastBody().tools).toEqual([search, find]);
  });

  it.each([
    ['one of them has to be called', { tool_choice: { type: 'web_search' } }, {}],
    [
      'one of them was called',
      {
        input: [
          { role: 'user', content: 'Who won?' },
          { type: 'web_search_call', id: 'ws_1', status: 'completed' },
          { role: 'user', content: 'And who lost?' },
        ],
      },
      {},
    ],
    ['the caller is strict', {}, { 'x-tierwise-strict': 'true' }],
  ])('are not left out where %s', async (_why, body, headers) => {
    const response = await send('claude', body, headers);

    expect(response.status).toBe(400);
  });
});

describe('tools in groups', () => {
  it.each(['claude', 'gemini'])(
    'are called one by one by %s, and answered in their groups',
    async (model) => {
      const ask = async (input: readonly object[]) => {
        const response = await send(model, { input, tools: [crm] });
        const text = await response.text();
        expect(response.status, text).toBe(200);
        expect(response.headers.get('x-tierwise-warnings') ?? '').not.toContain('namespace');
        return (JSON.parse(text) as { output: { type: string; call_id: string }[] }).output;
      };
      const question = { role: 'user', content: 'Use crm__find to find Ada.' };

      const output = await ask([question]);
      const call = output.find(({ type }) => type === 'function_call');
      const result = { type: 'function_call_output', call_id: call?.call_id, output: 'Ada is there.' };
      const answer = await ask([question, ...output, result]);

      expect(call).toMatchObject({ namespace: 'crm', name: 'find' });
      expect(JSON.stringify(answer)).toContain('Ada is there.');
    },
  );

  it('are told in a stream in the same way', async () => {
    const response = await send('claude', {
      ...{ input: 'Use crm__find to find Ada.', tools: [crm], stream: true },
    });

    const items = [...(await response.text()).matchAll(/^data: (.*"response\.output_item\.done".*)$/gm)].map(
      ([, data = '']) => (JSON.parse(data) as { item: { type: string } }).item,
    );
    expect(items).toContainEqual(
      expect.objectContaining({ type: 'function_call', namespace: 'crm', name: 'find' }),
    );
  });
});

describe('an Anthropic client’s search', () => {
  it('is left out for a model of Google as well', async () => {
    const response = await fetch(`${stage.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({
        ...{ model: 'gemini', max_tokens: 1000, messages: [{ role: 'user', content: 'Hello?' }] },
        tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3 }],
      }),
    });

    expect(response.status, await response.text()).toBe(200);
    expect(response.headers.get('x-tierwise-warnings')).toContain('web_search_20250305');
  });
});
