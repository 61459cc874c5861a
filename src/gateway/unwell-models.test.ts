import { describe, expect, it, onTestFinished } from 'vitest';
import { GatewayError } from '../core/errors.ts';
import { dialects } from '../dialects/index.ts';
import { chatAnswer, type Script, sendFrames, sendJson } from '../testing/fake-upstream.ts';
import { testGateway } from '../testing/test-gateway.ts';
import { chat, frames, gatewayOf, one, upstreamOf } from './setting.cases.ts';

describe('an unwell model', () => {
  const over = sendJson({ error: { message: 'over', type: 'x' } }, 503);

  it('is left out of a plan until it is well, and asked first again then', async () => {
    const first = await upstreamOf(over);
    const second = await upstreamOf(sendJson(chatAnswer('42')));
    const gateway = await gatewayOf([
      { name: 'first', url: first.url, kind: 'openai-compatible' },
      { name: 'second', url: second.url, kind: 'openai-compatible' },
    ]);

    for (let calls = 0; calls < 8; calls += 1) expect((await chat(gateway)).status).toBe(200);

    expect(first.seen).toHaveLength(5);
    expect(second.seen).toHaveLength(8);
  });

  it('is left alone for as long as it asked for', async () => {
    const { gateway, upstream } = await one(
      sendJson({ error: { message: 'slow', type: 'x' } }, 429, { 'retry-after': '30' }),
    );

    const told = await chat(gateway);
    const again = await chat(gateway);

    expect(told.headers.get('retry-after')).toBe('30');
    expect(again.status).toBe(503);
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(upstream.seen).toHaveLength(1);
    expect(await gateway.settled(2)).toMatchObject([
      {},
      { errorCode: 'no-healthy-model', attempts: [], cost: 0n },
    ]);
  });

  it.each(['-5', '3600', 'soon', '1e9'])('is not believed an absurd pause: %s', async (told) => {
    const { gateway } = await one(
      sendJson({ error: { message: 'slow', type: 'x' } }, 429, { 'retry-after': told }),
    );

    const response = await chat(gateway);

    expect(Number(response.headers.get('retry-after') ?? 0)).toBeLessThanOrEqual(60);
  });

  it.each<[string, Script]>([
    ['a bad request', sendJson({ error: { message: 'bad', type: 'invalid_request_error' } }, 400)],
    ['a body too large for it', sendJson({ error: { message: 'big', type: 'x' } }, 413)],
  ])('is not what answers %s', async (_name, script) => {
    const { gateway, upstream } = await one(script);

    for (let calls = 0; calls < 7; calls += 1) await chat(gateway);

    expect(upstream.seen).toHaveLength(7);
  });

  it('is asked all the same where the caller named it', async () => {
    const { gateway, upstream } = await one(over, { gateway: { mode: 'pinned' } });

    for (let calls = 0; calls < 7; calls += 1) await chat(gateway);

    expect(upstream.seen).toHaveLength(7);
  });

  it('is not what a fault of ours makes of it', async () => {
    const upstream = await upstreamOf(sendJson(chatAnswer('42')));
    const broken = dialects.map((dialect) => ({
      ...dialect,
      readReply: () => {
        throw new GatewayError('internal', 'a bug');
      },
    }));
    const gateway = await testGateway(
      [{ name: 'one', url: upstream.url, kind: 'openai-compatible' }],
      broken,
      {
        hasFaults: true,
      },
    );
    onTestFinished(() => gateway.close());

    for (let calls = 0; calls < 7; calls += 1) await chat(gateway);

    expect(upstream.seen).toHaveLength(7);
  });

  it('probes with one call while others go elsewhere', async () => {
    const first = await upstreamOf(
      sendJson({ error: { message: 'slow', type: 'x' } }, 503, { 'retry-after-ms': '200' }),
      () => undefined,
    );
    const second = await upstreamOf(sendFrames(frames));
    const gateway = await gatewayOf([
      { name: 'first', url: first.url, kind: 'openai-compatible' },
      { name: 'second', url: second.url, kind: 'openai-compatible' },
    ]);
    await chat(gateway, { stream: true });
    await new Promise((resolve) => setTimeout(resolve, 250));

    const probe = new AbortController();
    const probing = chat(gateway, { stream: true }, { signal: probe.signal }).catch(() => undefined);
    while (first.seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const others = await Promise.all([1, 2, 3].map(() => chat(gateway, { stream: true })));
    probe.abort();
    await probing;

    expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(first.seen).toHaveLength(2);
  });
});
