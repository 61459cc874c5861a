import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createKey, hashKey } from '../access/keys.ts';
import { type Composed, composed, routeOf } from '../gateway/composed.cases.ts';

const ann = createKey();
const ben = createKey();
const keys = [
  { name: 'ann', hash: hashKey(ann) },
  { name: 'ben', hash: hashKey(ben) },
];
const messages = [{ role: 'user', content: 'Which is the longest river of Europe?' }];

let house: Composed;
beforeAll(async () => {
  house = await composed(['gpt-5.4-mini', 'claude-haiku-4-5'], { keys });
  return () => house.close();
});

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, never>>;
}

const call = async (path: string, body?: unknown, key = ann): Promise<Told> => {
  const response = await fetch(`${house.url}/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Told['body'] };
};

/** An answered request: its exchange, and the id its caller saw. */
const asked = async (
  path = '/chat/completions',
  model = 'gpt-5.4-mini',
  key = ann,
  headers: Readonly<Record<string, string>> = {},
) => {
  const response = await fetch(`${house.url}/v1${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'user-agent': 'my-agent/1.0',
      ...(path === '/messages' && { 'anthropic-version': '2023-06-01' }),
      'x-tierwise-tags': 'team=search',
      ...headers,
    },
    body: JSON.stringify({
      model: routeOf(model),
      ...(path === '/responses' ? { input: messages } : { messages, max_tokens: 500 }),
    }),
  });
  const { id } = (await response.json()) as { readonly id: string };
  expect(response.status).toBe(200);
  return { exchange: response.headers.get('x-tierwise-exchange') ?? '', id };
};

const labelled = async (exchange: string) =>
  (await call(`/exchanges/${exchange}`)).body as unknown as { readonly labels: readonly object[] };

describe('an exchange', () => {
  it('is told to its caller the moment the answer has ended: decision, attempts and cost', async () => {
    const { exchange } = await asked();

    const { status, body } = await call(`/exchanges/${exchange}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'tierwise.exchange',
      id: exchange,
      caller: 'ann',
      agent: 'my-agent',
      tags: { team: 'search' },
      outcome: 'ok',
      model: 'openai/gpt-5.4-mini',
      costUsd: expect.stringMatching(/^0\.\d+$/),
      decision: { route: 'to-gpt-5.4-mini', features: { turns: 1 }, predictedCostUsd: expect.any(String) },
      attempts: [{ model: 'openai/gpt-5.4-mini', outcome: 'ok', costUsd: expect.any(String) }],
      labels: [],
    });
    expect(body).not.toHaveProperty('texts');
    expect(new Date(body.receivedAt ?? '').toISOString()).toBe(body.receivedAt);
  });

  it.each([
    [
      'a tag names the task',
      { 'x-tierwise-tags': 'task=code-review' },
      { task: 'code-review', taskConfidence: 1 },
    ],
    ['Claude Code calls on the side', { 'x-claude-code-request-class': 'auxiliary' }, { task: 'background' }],
    ["Claude Code's helper calls", { 'x-claude-code-request-class': 'subagent' }, { isSubagent: true }],
    ["an older Claude Code's helper calls", { 'x-claude-code-parent-agent-id': 'a1' }, { isSubagent: true }],
    ["Codex's helper calls", { 'x-openai-subagent': 'review' }, { isSubagent: true }],
    ["opencode's helper calls", { 'x-parent-session-id': 'ses_1' }, { isSubagent: true }],
    ['somebody says nothing', {}, { isSubagent: false }],
  ])('knows what it is for where %s', async (_, headers, features) => {
    const { exchange } = await asked('/chat/completions', 'gpt-5.4-mini', ann, headers);

    expect((await call(`/exchanges/${exchange}`)).body).toMatchObject({ decision: { features } });
  });

  it('is nothing to anybody else, and so is one that never was', async () => {
    const { exchange, id } = await asked();
    const paths = [`/exchanges/${exchange}`, `/exchanges/${id}`, '/exchanges/01JAAAAAAAAAAAAAAAAAAAAAAA'];

    for (const path of paths) {
      const key = path.includes('01JAAAA') ? ann : ben;
      expect(await call(path, undefined, key)).toMatchObject({
        status: 404,
        body: { error: { param: 'id', message: expect.stringContaining('of this key') } },
      });
      expect(await call(`${path}/feedback`, { score: 0 }, key)).toMatchObject({ status: 404 });
    }
    expect(await call(`/exchanges/${exchange}`, undefined, 'tw_wrong')).toMatchObject({ status: 401 });
    expect((await labelled(exchange)).labels).toEqual([]);
  });
});

describe('a label', () => {
  it.each([
    ['Chat as its vendor answered', '/chat/completions', 'gpt-5.4-mini'],
    ['Chat, translated', '/chat/completions', 'claude-haiku-4-5'],
    ['Messages as their vendor answered', '/messages', 'claude-haiku-4-5'],
    ['Messages, translated', '/messages', 'gpt-5.4-mini'],
    ['Responses as their vendor answered', '/responses', 'gpt-5.4-mini'],
    ['Responses, translated', '/responses', 'claude-haiku-4-5'],
  ])('is taken by the id that the caller saw: %s', async (_, path, model) => {
    const { exchange, id } = await asked(path, model);

    expect(await call(`/exchanges/${id}/feedback`, { score: 0.75 })).toMatchObject({
      status: 200,
      body: { object: 'tierwise.label', exchange, source: 'caller', score: 0.75 },
    });

    expect((await labelled(id)).labels).toMatchObject([{ source: 'caller', score: 0.75 }]);
  });

  it('may be a score, a success or a rating; of each source the newest holds', async () => {
    const { exchange } = await asked();
    const say = async (label: object) => (await call(`/exchanges/${exchange}/feedback`, label)).status;

    expect(await say({ rating: 'up', source: 'user' })).toBe(200);
    expect(
      await say({ success: false, source: 'test', label: 'unit-tests', comment: '3 of 40 failed' }),
    ).toBe(200);
    expect(await say({ rating: 'down', source: 'user', label: 'wrong-file' })).toBe(200);
    expect(await say({ rating: 'down', source: 'user', label: 'wrong-file' })).toBe(200);

    expect((await labelled(exchange)).labels).toEqual([
      { source: 'test', score: 0, label: 'unit-tests', comment: '3 of 40 failed', at: expect.any(String) },
      { source: 'user', score: 0, label: 'wrong-file', at: expect.any(String) },
    ]);
  });

  it('survives a restart', async () => {
    const { exchange } = await asked();
    await call(`/exchanges/${exchange}/feedback`, { score: 1 });

    await house.restart();

    expect((await labelled(exchange)).labels).toMatchObject([{ score: 1 }]);
  });

  it('that is none is refused by the field that is wrong', async () => {
    const { exchange } = await asked();
    const refused = async (label: unknown) => {
      const { status, body } = await call(`/exchanges/${exchange}/feedback`, label);
      const { error } = body as { readonly error?: { readonly param: string; readonly message: string } };
      expect(status).toBe(400);
      return [error?.param, error?.message];
    };

    expect(await refused({ score: 1.5 })).toEqual(['score', expect.stringContaining('from 0')]);
    expect(await refused({ score: '1' })).toEqual(['score', expect.stringContaining('number')]);
    expect(await refused({ rating: 'good' })).toEqual(['rating', expect.stringContaining('"up" or "down"')]);
    expect(await refused({})).toEqual(['score', expect.stringContaining('exactly one way')]);
    expect(await refused({ score: 1, success: true })).toEqual([
      'score',
      expect.stringContaining('exactly one'),
    ]);
    expect(await refused({ score: 1, source: 'owner' })).toEqual([
      'source',
      expect.stringContaining('"caller"'),
    ]);
    expect(await refused({ score: 1, sorce: 'user' })).toEqual([
      'sorce',
      expect.stringContaining('no field'),
    ]);
    expect(await refused({ score: 1, label: 'x'.repeat(65) })).toEqual([
      'label',
      expect.stringContaining('64'),
    ]);
    expect(await refused({ score: 1, comment: 'x'.repeat(2001) })).toEqual([
      'comment',
      expect.stringContaining('2000'),
    ]);
    expect(await refused('[1]')).toEqual([null, expect.stringContaining('not a JSON object')]);
    expect(await refused('{"score":')).toEqual([null, expect.stringContaining('too early')]);
    expect((await labelled(exchange)).labels).toEqual([]);
  });

  it('is held to its size and its path to one method', async () => {
    const { exchange } = await asked();
    const path = `/exchanges/${exchange}/feedback`;

    expect(await call(path, { score: 1, comment: 'x'.repeat(20_000) })).toMatchObject({
      status: 413,
      body: { error: { message: expect.stringContaining('16384') } },
    });
    expect(await call(path)).toMatchObject({ status: 405 });
    expect(await call(`/exchanges/${exchange}`, { score: 1 })).toMatchObject({ status: 405 });
    expect(await call('/exchanges/a%2Fb')).toMatchObject({ status: 400 });
    expect(await call('/exchanges/..')).toMatchObject({ status: 404 });
  });

  it('is refused with a pause where labels come in a flood, for that caller alone', async () => {
    const flooded = await composed(['gpt-5.4-mini'], { keys });
    onTestFinished(() => flooded.close());
    const look = (key: string) =>
      fetch(`${flooded.url}/v1/exchanges/none`, { headers: { authorization: `Bearer ${key}` } });
    const statuses = new Set<number>();

    for (let round = 0; round < 60 && !statuses.has(429); round += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => look(ann)));
      for (const answer of answers) statuses.add(answer.status);
    }

    expect([...statuses].sort()).toEqual([404, 429]);
    expect((await look(ben)).status).toBe(404);
  });
});
