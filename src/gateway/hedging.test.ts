import { describe, expect, it, vi } from 'vitest';
import { chatAnswer, type Script, sendFrames, sendJson } from '../testing/fake-upstream.ts';
import { asStream, chat, frames, gatewayOf, head, upstreamOf } from './setting.cases.ts';

const silent: Script = () => undefined;
const refused = sendJson({ error: { message: 'no', type: 'x' } }, 503);
const late =
  (script: Script, ms: number): Script =>
  (response, call) => {
    setTimeout(() => script(response, call), ms);
  };

const hedged = async (...scripts: readonly Script[]) => {
  const upstream = await upstreamOf(...scripts);
  const gateway = await gatewayOf(
    [{ name: 'one', url: upstream.url, kind: 'openai-compatible', keys: ['first', 'second'] }],
    { hedgeAfterMs: 60 },
  );
  return { upstream, gateway };
};

describe('a call that says nothing for a while, on a route that hedges', () => {
  it('is made once more with another key; who answers is heard, the other broken off, and both are paid for', async () => {
    const { upstream, gateway } = await hedged(silent, sendJson(chatAnswer('42')));

    const response = await chat(gateway);

    expect(await response.json()).toMatchObject({ choices: [{ message: { content: '42' } }] });
    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({
      outcome: 'ok',
      attempts: [
        { outcome: 'cancelled', code: null, message: 'another call answered first', isEstimated: true },
        { outcome: 'ok', isEstimated: false },
      ],
    });
    const [lost, won] = exchange?.attempts ?? [];
    expect(lost?.cost).toBeGreaterThan(0n);
    expect(exchange?.cost).toBe((lost?.cost ?? 0n) + (won?.cost ?? 0n));
    await vi.waitFor(() => expect(upstream.seen[0]?.closedEarlyAfterMs).not.toBeNull());
    expect(new Set(upstream.seen.map(({ headers }) => headers.authorization)).size).toBe(2);
    expect(gateway.intents.map(({ attempt }) => attempt)).toEqual([0, 1]);
  });

  it('is heard to the end where it begins after all', async () => {
    const { upstream, gateway } = await hedged(late(sendFrames(frames), 150), silent);

    const text = await (await chat(gateway, { stream: true })).text();

    expect(text).toMatch(/"content":"4".*"content":"2".*\[DONE\]/s);
    const [exchange] = await gateway.settled(1);
    expect(exchange?.attempts).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'ok' }]);
    await vi.waitFor(() => expect(upstream.seen[1]?.closedEarlyAfterMs).not.toBeNull());
  });

  it('is not made again once it has begun', async () => {
    const { upstream, gateway } = await hedged((response) => {
      for (const frame of head) asStream(response).write(frame);
      setTimeout(() => response.end(frames.slice(head.length).join('')), 150);
    });

    await (await chat(gateway, { stream: true })).text();

    expect(upstream.seen).toHaveLength(1);
  });

  it('and its second both refused are one failure, with both on record', async () => {
    const { upstream, gateway } = await hedged(late(refused, 120), refused);

    const response = await chat(gateway);

    expect(response.status).toBe(503);
    const [exchange] = await gateway.settled(1);
    expect(exchange?.attempts.length).toBeGreaterThanOrEqual(2);
    expect(exchange?.attempts).toHaveLength(upstream.seen.length);
    expect(exchange?.cost).toBe(0n);
  });

  it('is broken off with its second where the caller hangs up', async () => {
    const { upstream, gateway } = await hedged(silent);
    const leaving = new AbortController();

    const asking = chat(gateway, {}, { signal: leaving.signal }).catch(() => undefined);
    await vi.waitFor(() => expect(upstream.seen).toHaveLength(2));
    leaving.abort();
    await asking;

    await vi.waitFor(() => {
      for (const { closedEarlyAfterMs } of upstream.seen) expect(closedEarlyAfterMs).not.toBeNull();
    });
    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({ outcome: 'client-gone' });
    expect(exchange?.attempts).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'cancelled' }]);
  });
});
