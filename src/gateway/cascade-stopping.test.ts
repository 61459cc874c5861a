import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { GatewayError } from '../core/errors.ts';
import type { ModelId } from '../core/model.ts';
import { rawConnection, rawPost } from '../testing/raw-connection.ts';
import { cascading, says } from './cascades.cases.ts';
import { asStream, chat, chatBody, frames, head } from './setting.cases.ts';

it.each([false, true])(
  'a gateway that is stopped while an answer is held tells the caller so, and asks nobody else (stream: %s)',
  async (stream) => {
    const { gateway, upstreams } = await cascading({
      small: (response) => {
        for (const frame of head) asStream(response).write(frame);
      },
      large: says('42'),
    });
    const caller = await rawConnection(gateway.url);
    caller.write(rawPost('/v1/chat/completions', chatBody({ stream })));
    await vi.waitFor(() => expect(upstreams.small?.seen).toHaveLength(1));
    await sleep(30);

    await gateway.stop(30);
    await caller.closed();

    expect(caller.text).toMatch(/^HTTP\/1.1 503 /);
    expect(caller.text).toContain('shutting_down');
    expect(caller.text).not.toContain('"4"');
    expect(gateway.exchanges).toMatchObject([
      { outcome: 'failed', errorCode: 'shutting-down', attempts: [{ model: 'p-small/small' }] },
    ]);
    expect(gateway.exchanges[0]?.cost).toBeGreaterThan(0n);
    expect(upstreams.large?.seen).toHaveLength(0);
    await vi.waitFor(() => expect(upstreams.small?.seen[0]?.closedEarlyAfterMs).not.toBeNull());
  },
);

it('a ledger that goes down between two steps ends the request, and what was passed over is on the bill', async () => {
  const { gateway, upstreams } = await cascading(
    { small: says(''), large: says('42') },
    {
      intend: async ({ attempt }) => {
        if (attempt > 0) throw new GatewayError('ledger-down', 'The ledger is down.');
      },
    },
  );

  const response = await chat(gateway, { stream: true });

  expect(response.status).toBe(503);
  const [exchange] = await gateway.settled(1);
  expect(exchange).toMatchObject({
    outcome: 'failed',
    errorCode: 'ledger-down',
    cost: 15_000n,
    attempts: [{ passedOver: 'empty' }],
  });
  expect(upstreams.large?.seen).toHaveLength(0);
});

it('a caller who hangs up while the answer is marked gets none, and neither is remembered', async () => {
  const { gateway, upstreams } = await cascading(
    { small: says('42'), judge: () => undefined, large: says('43') },
    {
      plan: [
        {
          ask: ['small'],
          acceptIf: { refuse: [], verifier: { model: 'p-judge/judge' as ModelId, atLeast: 0.5 } },
        },
        { ask: ['large'] },
      ],
    },
  );
  const leaving = new AbortController();

  const asking = chat(gateway, {}, { signal: leaving.signal }).catch(() => undefined);
  await vi.waitFor(() => expect(upstreams.judge?.seen).toHaveLength(1));
  leaving.abort();
  await asking;

  const [exchange] = await gateway.settled(1);
  expect(exchange).toMatchObject({
    outcome: 'client-gone',
    status: 499,
    attempts: [
      { model: 'p-small/small', outcome: 'ok' },
      { model: 'p-judge/judge', outcome: 'cancelled', role: 'verifier' },
    ],
  });
  await vi.waitFor(() => expect(upstreams.judge?.seen[0]?.closedEarlyAfterMs).not.toBeNull());
  expect(upstreams.large?.seen).toHaveLength(0);
});

it('a caller whose last answer breaks off is told so, as on any route', async () => {
  const { gateway } = await cascading({
    small: says(''),
    large: (response) => {
      for (const frame of frames.slice(0, 2)) asStream(response).write(frame);
      setTimeout(() => response.destroy(), 20);
    },
  });

  const text = await (await chat(gateway, { stream: true })).text();

  expect(text).toMatch(/"content":"4"[\s\S]*"error":\{/);
  const [exchange] = await gateway.settled(1);
  expect(exchange).toMatchObject({ outcome: 'partial', model: 'p-large/large' });
});
