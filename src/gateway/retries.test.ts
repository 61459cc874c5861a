import { describe, expect, it } from 'vitest';
import {
  chatAnswer,
  type FakeUpstream,
  type Script,
  sendFrames,
  sendJson,
} from '../testing/fake-upstream.ts';
import { chat, frames, gatewayOf, one, upstreamOf } from './setting.cases.ts';

const error = (status: number, headers: Record<string, string> = {}, body: object = {}): Script =>
  sendJson({ error: { message: 'no', type: 'x', ...body } }, status, headers);
const good = sendJson(chatAnswer('42'));
const keysOf = ({ seen }: FakeUpstream): readonly string[] =>
  seen.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''));

describe('a call that failed before its first byte', () => {
  it.each([
    [400, 1],
    [401, 1],
    [402, 1],
    [403, 1],
    [404, 1],
    [408, 2],
    [409, 2],
    [413, 1],
    [429, 1],
    [500, 2],
    [502, 2],
    [503, 1],
    [504, 2],
    [529, 1],
  ])('with %i is made %i times where there is nobody else', async (status, calls) => {
    const { upstream, gateway } = await one(error(status));

    const response = await chat(gateway);

    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(upstream.seen).toHaveLength(calls);
    expect((await gateway.settled(1))[0]?.attempts).toHaveLength(calls);
  });

  it.each([
    [400, false],
    [401, true],
    [402, true],
    [403, true],
    [404, true],
    [408, true],
    [409, true],
    [413, false],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [504, true],
    [529, true],
  ])('with %i is made with another credential of the same model: %s', async (status, isMade) => {
    const upstream = await upstreamOf(error(status), good);
    const gateway = await gatewayOf([
      { name: 'one', url: upstream.url, kind: 'openai-compatible', keys: ['first', 'second'] },
    ]);

    const response = await chat(gateway);

    expect(response.status === 200).toBe(isMade);
    expect(new Set(keysOf(upstream)).size).toBe(isMade ? 2 : 1);
  });

  it('for the length of its prompt goes to another model, never to another credential', async () => {
    const first = await upstreamOf(error(400, {}, { code: 'context_length_exceeded' }));
    const second = await upstreamOf(good);
    const gateway = await gatewayOf([
      { name: 'first', url: first.url, kind: 'openai-compatible', keys: ['a', 'b'] },
      { name: 'second', url: second.url, kind: 'openai-compatible' },
    ]);

    expect((await chat(gateway)).status).toBe(200);
    expect(first.seen).toHaveLength(1);
  });

  it('is tried once more after a fault of the server, not with every model there is', async () => {
    const upstream = await upstreamOf(error(500));
    const gateway = await gatewayOf(
      ['one', 'two', 'three'].map((name) => ({
        name,
        url: upstream.url,
        kind: 'openai-compatible' as const,
      })),
    );

    expect((await chat(gateway)).status).toBe(500);
    expect(upstream.seen).toHaveLength(2);
  });

  it('waits where it was told to wait for a moment', async () => {
    const { upstream, gateway } = await one(error(429, { 'retry-after-ms': '150' }));
    upstream.script(error(429, { 'retry-after-ms': '150' }), good);
    const startedMs = performance.now();

    expect((await chat(gateway)).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(145);
  });

  it('does not wait for a longer moment than callers have', async () => {
    const { upstream, gateway } = await one(error(429, { 'retry-after': '30' }));

    const response = await chat(gateway);

    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('30');
    expect(upstream.seen).toHaveLength(1);
  });

  it('is not made again for a caller who hung up while it waited', async () => {
    const { upstream, gateway } = await one(error(502));
    const hangUp = new AbortController();

    const asking = chat(gateway, {}, { signal: hangUp.signal }).catch(() => undefined);
    while (upstream.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    setTimeout(() => hangUp.abort(), 30);
    await asking;

    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'client-gone' }]);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(upstream.seen).toHaveLength(1);
  });
});

describe('a stream that begins well and has an error for its next event', () => {
  const [role = ''] = frames;
  const broken = sendFrames([role, `data: ${JSON.stringify({ error: { message: 'over', type: 'x' } })}\n\n`]);

  it('is answered by another model', async () => {
    const first = await upstreamOf(broken);
    const second = await upstreamOf(sendFrames(frames));
    const gateway = await gatewayOf([
      { name: 'first', url: first.url, kind: 'openai-compatible' },
      { name: 'second', url: second.url, kind: 'openai-compatible' },
    ]);

    const response = await chat(gateway, { stream: true });

    expect(response.headers.get('x-tierwise-model')).toBe('p-second/second');
    expect(await response.text()).not.toContain('over');
  });

  it('never was a success', async () => {
    const { gateway } = await one(broken);

    expect((await chat(gateway, { stream: true })).status).toBe(502);
  });
});

describe('the retry budget', () => {
  it('bounds fallbacks too', async () => {
    const first = await upstreamOf(error(529));
    const second = await upstreamOf(good);
    const gateway = await gatewayOf(
      [
        { name: 'first', url: first.url, kind: 'openai-compatible', keys: ['a', 'b', 'c', 'd', 'e', 'f'] },
        { name: 'second', url: second.url, kind: 'openai-compatible' },
      ],
      { retries: { share: 0, perSecond: 0 } },
    );

    const response = await chat(gateway);

    expect(response.status).toBe(503);
    expect(first.seen).toHaveLength(1);
  });
});

describe('several credentials', () => {
  const several = async (script: Script) => {
    const upstream = await upstreamOf(script);
    const gateway = await gatewayOf([
      { name: 'one', url: upstream.url, kind: 'openai-compatible', keys: ['a', 'b', 'c'] },
    ]);
    return { upstream, gateway };
  };
  const asked = (session: string) => ({ headers: { 'x-tierwise-session': session } });

  it('share conversations, and keep each for all its turns', async () => {
    const { upstream, gateway } = await several(good);
    for (let session = 0; session < 20; session += 1)
      for (const _turn of [1, 2]) await chat(gateway, {}, asked(`s${session}`));

    const keys = keysOf(upstream);

    expect(new Set(keys).size).toBe(3);
    for (let session = 0; session < 20; session += 1) expect(keys[2 * session]).toBe(keys[2 * session + 1]);
  });

  it('leave one alone that was told to wait, and say nothing of it to callers', async () => {
    const { upstream, gateway } = await several((response, call) =>
      call.headers.authorization === 'Bearer a'
        ? error(429, { 'retry-after': '30' })(response, call)
        : good(response, call),
    );

    const statuses = [];
    for (let session = 0; session < 12; session += 1)
      statuses.push((await chat(gateway, {}, asked(`s${session}`))).status);

    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(keysOf(upstream).filter((key) => key === 'a')).toHaveLength(1);
  });

  it('stand in for each other before the first byte of a stream', async () => {
    const { upstream, gateway } = await several((response, call) =>
      upstream.seen.length === 1 ? error(503)(response, call) : sendFrames(frames)(response, call),
    );

    expect(await (await chat(gateway, { stream: true })).text()).toContain('[DONE]');
    expect(upstream.seen).toHaveLength(2);
  });
});

describe('a named model', () => {
  it('is not asked before the time its provider gave', async () => {
    const { upstream, gateway } = await one(error(429, { 'retry-after': '30' }), {
      gateway: { mode: 'pinned' },
    });
    await chat(gateway);

    const again = await chat(gateway);

    expect(again.status).toBe(429);
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(28);
    expect(upstream.seen).toHaveLength(1);
  });
});
