import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Exchange } from '../core/exchange.ts';
import { chatAnswer, type FakeUpstream, sendJson } from '../testing/fake-upstream.ts';
import { rawConnection, rawPost } from '../testing/raw-connection.ts';
import type { TestGateway } from '../testing/test-gateway.ts';
import { asStream, chatBody, gatewayOf, head, one, upstreamOf } from './setting.cases.ts';

const sum = (exchange: Exchange): bigint => exchange.attempts.reduce((total, { cost }) => total + cost, 0n);

describe('a caller who hangs up', () => {
  const isGone = async (gateway: TestGateway, upstream: FakeUpstream): Promise<Exchange> => {
    const [exchange] = await gateway.settled(1);
    if (!exchange) throw new Error('nothing was settled');
    expect(exchange).toMatchObject({ outcome: 'client-gone', errorCode: 'client-gone', status: 499 });
    expect(exchange.cost).toBe(sum(exchange));
    await vi.waitFor(() => {
      for (const call of upstream.seen) expect(call.closedEarlyAfterMs).not.toBeNull();
    });
    await sleep(30);
    expect(gateway.exchanges).toHaveLength(1);
    return exchange;
  };
  const post = (rest: object = {}): string => rawPost('/v1/chat/completions', chatBody(rest));

  it.each([
    ['before the headers', {}, () => undefined, (upstream: FakeUpstream) => upstream.seen.length > 0],
    [
      'before the headers of a stream',
      { stream: true },
      () => undefined,
      (upstream: FakeUpstream) => upstream.seen.length > 0,
    ],
    [
      'before the first event',
      { stream: true },
      (response: ServerResponse) => void asStream(response).write(': hm\n\n'),
      (upstream: FakeUpstream) => upstream.seen.length > 0,
    ],
    [
      'in the middle of a whole answer',
      {},
      (response: ServerResponse) => void response.writeHead(200).write('{"id":"x",'),
      (upstream: FakeUpstream) => upstream.seen.length > 0,
    ],
  ])('%s is settled once, within what was reserved', async (_name, rest, script, isReady) => {
    const { gateway, upstream } = await one(script);
    const caller = await rawConnection(gateway.url);
    caller.write(post(rest));
    await vi.waitFor(() => expect(isReady(upstream)).toBe(true));
    await sleep(30);

    caller.reset();

    const exchange = await isGone(gateway, upstream);
    expect(exchange.isEstimated).toBe(true);
    expect(exchange.cost).toBeGreaterThan(0n);
    expect(exchange.cost).toBeLessThanOrEqual(gateway.intents[0]?.reserved ?? 0n);
  });

  it.each([['reset'], ['destroy'], ['end']] as const)('in the middle of a stream by %s', async (way) => {
    const { gateway, upstream } = await one((response) => {
      for (const frame of head) asStream(response).write(frame);
    });
    const caller = await rawConnection(gateway.url);
    caller.write(post({ stream: true }));
    await caller.until(/"content":"4"/);

    caller[way]();

    const exchange = await isGone(gateway, upstream);
    expect(exchange.attempts).toMatchObject([{ outcome: 'cancelled', code: 'client-gone' }]);
    expect(exchange.isEstimated).toBe(true);
  });

  it('while the intent is being kept is not sent to anybody', async () => {
    let keep = (): void => undefined;
    const { gateway, upstream } = await one(sendJson(chatAnswer('42')), {
      gateway: { intend: () => new Promise((resolve) => (keep = resolve)) },
    });
    const caller = await rawConnection(gateway.url);
    caller.write(post());
    await sleep(50);
    caller.reset();
    await sleep(50);

    keep();

    const exchange = await isGone(gateway, upstream);
    expect(exchange).toMatchObject({ attempts: [], cost: 0n, model: null });
    expect(upstream.seen).toHaveLength(0);
  });

  it('between two steps of the plan is not asked for again', async () => {
    const [first, second] = [
      await upstreamOf(sendJson({ error: { message: 'over', type: 'x' } }, 503)),
      await upstreamOf(sendJson(chatAnswer('42'))),
    ];
    let keep = (): void => undefined;
    const gateway = await gatewayOf(
      [
        { name: 'first', url: first.url, kind: 'openai-compatible' },
        { name: 'second', url: second.url, kind: 'openai-compatible' },
      ],
      {
        intend: ({ attempt }) =>
          attempt === 0 ? Promise.resolve() : new Promise((resolve) => (keep = resolve)),
      },
    );
    const caller = await rawConnection(gateway.url);
    caller.write(post());
    await vi.waitFor(() => expect(first.seen).toHaveLength(1));
    await sleep(50);
    caller.reset();
    await sleep(50);

    keep();

    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({
      outcome: 'client-gone',
      attempts: [{ outcome: 'failed', status: 503 }],
    });
    expect(second.seen).toHaveLength(0);
  });
});
