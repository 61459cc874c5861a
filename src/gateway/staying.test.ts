import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Composed, composed, routeOf } from './composed.cases.ts';

const claude = routeOf('claude-opus-5');
const gpt = routeOf('gpt-6-sol');

let stage: Composed;
beforeAll(async () => {
  stage = await composed(['claude-opus-5', 'gpt-6-sol'], {}, { keepRequests: 1000 });
});
afterAll(() => stage.close());
afterEach(() => {
  expect(stage.upstream.refusals()).toEqual([]);
});

const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${stage.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers },
    body: JSON.stringify(body),
  });

describe('a conversation that works in a container', () => {
  const body = (model: string, rest: object = {}) => ({
    model,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Count the words.' }],
    ...rest,
  });

  it('stays with its vendor, wherever the route would have it go', async () => {
    const headers = { 'x-tierwise-session': 'contained' };
    await (await post('/v1/messages', body(claude), headers)).text();

    const response = await post('/v1/messages', body(gpt, { container: 'cntr_1' }), headers);

    expect(response.status, await response.text()).toBe(200);
    expect(response.headers.get('x-tierwise-model')).toBe('anthropic/claude-opus-5');
  });

  it('goes where the route has it go without one', async () => {
    const headers = { 'x-tierwise-session': 'free' };
    await (await post('/v1/messages', body(claude), headers)).text();

    const response = await post('/v1/messages', body(gpt), headers);

    expect(response.headers.get('x-tierwise-model')).toBe('openai/gpt-6-sol');
  });
});

describe('several credentials of one provider', () => {
  let several: Composed;
  beforeAll(async () => {
    several = await composed(['gpt-6-sol'], {}, { keepRequests: 1000 }, ['key-a', 'key-b', 'key-c']);
  });
  afterAll(() => several.close());

  const ask = async (session: string, input: unknown, rest: object = {}) => {
    const response = await fetch(`${several.url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-tierwise-session': session },
      body: JSON.stringify({ model: gpt, input, reasoning: { effort: 'low' }, ...rest }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as { readonly id: string; readonly output: readonly object[] };
  };
  const keyOfLast = (): string => several.upstream.requests().at(-1)?.headers.authorization ?? '';

  it('share conversations, but what one keeps is gone on from with that very one', async () => {
    const keys = new Set<string>();
    for (let number = 0; number < 12; number++) {
      const { id } = await ask(`first ${number}`, 'Hello?');
      const key = keyOfLast();
      keys.add(key);

      await ask(`second ${number}`, 'And?', { previous_response_id: id });
      expect(keyOfLast()).toBe(key);
    }
    expect(keys.size).toBeGreaterThan(1);
    expect(several.upstream.refusals()).toEqual([]);
  });

  it('cannot read each other’s reasoning: what is refused goes on without it', async () => {
    const include = { store: false, include: ['reasoning.encrypted_content'] };
    const keys = new Set<string>();
    let refused = 0;
    for (let number = 0; number < 12; number++) {
      const { output } = await ask('one', 'Hello?', include);
      keys.add(keyOfLast());
      const before = several.upstream.refusals().length;

      await ask(
        `another ${number}`,
        [{ role: 'user', content: 'Hello?' }, ...output, { role: 'user', content: 'And?' }],
        include,
      );

      keys.add(keyOfLast());
      refused += several.upstream.refusals().length - before;
    }
    expect(keys.size).toBeGreaterThan(1);
    expect(refused).toBeGreaterThan(0);
  });
});
