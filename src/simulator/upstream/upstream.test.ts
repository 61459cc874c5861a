import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SimulatedModel } from '../simulated-model.ts';
import { requestBody } from '../simulated-prompt.ts';
import { whatIf } from '../what-if.ts';
import { createTaskWorld } from '../world/task-world.ts';
import { allWorldModels } from '../world-models.ts';
import { startUpstream, type Upstream } from './upstream.ts';

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0, keepRequests: 5 });
});
afterAll(() => upstream.close());

const lastEntry = () => upstream.book.entries().at(-1);

describe('the upstream', () => {
  it('keeps requests to the byte where it is asked to', async () => {
    const body =
      '{"model":"sim-light-a", "future_field":{"a":12345678901234567890},"messages":[{"role":"user","content":"x"}]}';

    await fetch(`${upstream.url}/v1/chat/completions`, {
      method: 'POST',
      body,
      headers: { 'x-tierwise-exchange': 'exchange-1' },
    });

    expect(upstream.requests().at(-1)?.body.toString()).toBe(body);
    expect(lastEntry()).toMatchObject({ exchange: 'exchange-1', key: 'none', outcome: 'complete' });
  });

  it('answers probes of its root, and strangers with a 404', async () => {
    const root = await fetch(upstream.url, { method: 'HEAD' });
    const stranger = await fetch(`${upstream.url}/v2/nothing`);

    expect(root.status).toBe(200);
    expect(stranger.status).toBe(404);
  });

  it('shows its book', async () => {
    const book = (await (await fetch(`${upstream.url}/book`)).json()) as {
      totals: { calls: number; costNanoUsd: string };
      entries: { costNanoUsd: string }[];
    };

    expect(book.totals.calls).toBe(book.entries.length);
    expect(BigInt(book.totals.costNanoUsd)).toBe(
      book.entries.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n),
    );
  });

  it('plays tasks of the world as they were computed beforehand, on all wires', async () => {
    const world = createTaskWorld({ seed: 1 });
    const tasks = ['plain', 'system', 'conversation', 'agent', 'editor'].flatMap((wrapper) =>
      world
        .tasks()
        .filter((task) => task.wrapper === wrapper)
        .slice(0, 2),
    );

    for (const task of tasks)
      for (const model of allWorldModels) {
        const expected = whatIf(task, model, world);
        const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
        const body = JSON.stringify({
          ...(model.wire !== 'gemini' && { model: model.name }),
          ...requestBody(task, model.wire),
        });
        const reply = await (
          await fetch(upstream.url + pathOf(model), { method: 'POST', headers, body })
        ).json();

        expect(lastEntry()).toMatchObject({
          model: model.name,
          tokens: expected.tokens,
          costNanoUsd: String(expected.costNanoUsd),
          task: { id: task.id, score: expected.score },
        });
        expect(task.check(textOf(reply))).toBe(expected.score === 1);
      }
  });

  it('plays vendors’ models unless it is told not to, and binds what it keeps to whom it is told', async () => {
    const shared = await startUpstream({ speed: 0, organisationOf: () => 'ours' });
    const own = await startUpstream({ speed: 0, playsVendorModels: false });
    const client = (url: string, apiKey: string) =>
      new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 }).responses;
    const request = { model: 'gpt-6-sol', input: 'Hi' };

    const { id } = await client(shared.url, 'one').create(request);

    expect(await client(shared.url, 'two').retrieve(id)).toMatchObject({ id });
    await expect(client(own.url, 'one').create(request)).rejects.toMatchObject({ status: 404 });
    await Promise.all([shared.close(), own.close()]);
  });

  it('shows what it refused, and no fault on request among it', async () => {
    const ask = (model: string, body: object) =>
      fetch(`${upstream.url}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model, ...body }),
      });

    await ask('gpt-4.1~503', { messages: [] });
    await ask('gpt-4.1', { messages: [] });
    const shown = (await (await fetch(`${upstream.url}/refusals`)).json()) as { refusals: unknown[] };

    expect(shown.refusals).toEqual(JSON.parse(JSON.stringify(upstream.refusals())));
    expect(upstream.refusals().filter(({ model }) => model?.startsWith('gpt-4.1'))).toEqual([
      {
        method: 'POST',
        path: '/v1/chat/completions',
        wire: 'openai-chat',
        model: 'gpt-4.1',
        status: 400,
        reason: "'messages' must hold at least one message.",
        param: 'messages',
        code: undefined,
      },
    ]);
  });

  it('refuses credentials it was not told of', async () => {
    const guarded = await startUpstream({ speed: 0, keys: ['good'] });
    const ask = (key: string) =>
      new OpenAI({ baseURL: `${guarded.url}/v1`, apiKey: key, maxRetries: 0 }).chat.completions.create({
        model: 'sim-light-a',
        messages: [{ role: 'user', content: 'Hi' }],
      });

    await expect(ask('good')).resolves.toBeTruthy();
    await expect(ask('bad')).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    await guarded.close();
  });
});

const pathOf = ({ wire, name }: SimulatedModel): string =>
  ({
    'openai-chat': '/v1/chat/completions',
    'openai-responses': '/v1/responses',
    'anthropic-messages': '/v1/messages',
    gemini: `/v1beta/models/${name}:generateContent`,
  })[wire];

interface Said {
  readonly text?: string;
  readonly thought?: boolean;
}
interface AnyReply {
  readonly choices?: readonly { readonly message: { readonly content: string } }[];
  readonly output?: readonly { readonly content?: readonly Said[] }[];
  readonly content?: readonly Said[];
  readonly candidates?: readonly { readonly content: { readonly parts: readonly Said[] } }[];
}

const textOf = (reply: unknown): string => {
  const { choices, output, content, candidates } = reply as AnyReply;
  const said = content ?? candidates?.[0]?.content.parts ?? output?.flatMap((item) => item.content ?? []);
  return choices?.[0]?.message.content ?? said?.find(({ text }) => text !== undefined)?.text ?? '';
};
