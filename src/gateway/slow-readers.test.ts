import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { chatAnswer, chatFrames, type Script, sendJson } from '../testing/fake-upstream.ts';
import { rawConnection, rawPost } from '../testing/raw-connection.ts';
import { asksForUsage, asStream, chat, chatBody, frames, one } from './setting.cases.ts';

const frame = chatFrames(['x'.repeat(8000)], { input: 1, output: 1 })[1] ?? '';

/** Speaks as fast as it is read, up to a limit, and counts what it said. */
const flood = (limitBytes: number) => {
  const said = { bytes: 0 };
  const script: Script = (response) => {
    asStream(response);
    const more = (): void => {
      while (said.bytes < limitBytes && !response.destroyed) {
        said.bytes += frame.length;
        if (!response.write(frame)) return;
      }
      if (!response.writableEnded && said.bytes >= limitBytes) response.end(frames.slice(-3).join(''));
    };
    response.on('drain', more);
    more();
  };
  return { said, script };
};

const limitBytes = 64 * 1024 * 1024;

describe('a reader that stops reading', () => {
  it('has the upstream wait: little is held for it, and all of it comes when it goes on', async () => {
    const { said, script } = flood(limitBytes);
    const { gateway } = await one(script);
    const caller = await rawConnection(gateway.url);
    caller.write(rawPost('/v1/chat/completions', chatBody(asksForUsage)));
    await caller.until(/HTTP\/1.1 200/);
    caller.pause();
    let before = -1;
    await vi.waitFor(
      () => {
        const isStill = said.bytes === before;
        before = said.bytes;
        expect(isStill).toBe(true);
      },
      { interval: 200, timeout: 10_000 },
    );

    // most of it stands in the buffers of the four sockets
    expect(said.bytes).toBeLessThan(limitBytes / 2);
    caller.resume();

    await vi.waitFor(() => expect(gateway.exchanges).toHaveLength(1), { timeout: 20_000 });
    expect(gateway.exchanges[0]).toMatchObject({ outcome: 'ok', isEstimated: false });
    expect(said.bytes).toBeGreaterThanOrEqual(limitBytes);
  });

  it('is taken for gone after the limit, and the call is broken off', async () => {
    const { script } = flood(limitBytes);
    const { gateway, upstream } = await one(script, { gateway: { server: { writeIdleMs: 300 } } });
    const caller = await rawConnection(gateway.url);
    caller.write(rawPost('/v1/chat/completions', chatBody(asksForUsage)));
    await caller.until(/HTTP\/1.1 200/);

    caller.pause();

    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'client-gone', isEstimated: true }]);
    await vi.waitFor(() => expect(upstream.seen[0]?.closedEarlyAfterMs).not.toBeNull());
    caller.destroy();
  });

  it('of a whole answer does not hold it for ever', async () => {
    const { gateway } = await one(sendJson(chatAnswer('x'.repeat(32 * 1024 * 1024))), {
      gateway: { server: { writeIdleMs: 300 } },
    });
    const caller = await rawConnection(gateway.url);
    caller.write(rawPost('/v1/chat/completions', chatBody()));
    caller.pause();
    await gateway.settled(1);

    await sleep(1200);
    caller.resume();

    expect((await caller.closed()).length).toBeLessThan(32 * 1024 * 1024);
  });

  it('but slowly is left alone as long as it reads at all', async () => {
    const { gateway } = await one(sendJson(chatAnswer('x'.repeat(8 * 1024 * 1024))), {
      gateway: { server: { writeIdleMs: 1000 } },
    });
    const caller = await rawConnection(gateway.url);
    caller.write(rawPost('/v1/chat/completions', chatBody()));
    for (let pause = 0; pause < 8; pause += 1) {
      caller.pause();
      await sleep(200);
      caller.resume();
      await sleep(5);
    }

    await caller.until(/"total_tokens":15\}\}$/);
  });

  it('leaves no trace on a connection that is used again', async () => {
    const { gateway } = await one(sendJson(chatAnswer('x'.repeat(2 * 1024 * 1024))), {
      gateway: { server: { writeIdleMs: 200 } },
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const connections = new Set<string>();
    const warnings: unknown[] = [];
    const warn = (warning: unknown) => warnings.push(warning);
    process.on('warning', warn);
    const call = async (): Promise<void> => {
      const sending = request(`${gateway.url}/v1/chat/completions`, { method: 'POST', agent });
      sending.end(chatBody());
      const [answer] = (await once(sending, 'response')) as [IncomingMessage];
      connections.add(`${answer.socket.localPort}`);
      for await (const _chunk of answer);
    };
    for (let calls = 0; calls < 15; calls += 1) await call();
    // longer than the limit of what is waiting to be read
    await sleep(400);

    await call();

    expect(gateway.exchanges).toHaveLength(16);
    expect(connections.size).toBe(1);
    // of more than ten listeners on one thing Node warns as of a leak
    expect(warnings).toEqual([]);
    process.off('warning', warn);
    agent.destroy();
  });
});

it('whose stream is paused while the upstream ends hears the end when it goes on', async () => {
  const { said, script } = flood(4 * 1024 * 1024);
  const { gateway } = await one(script);
  for (let run = 0; run < 3; run += 1) {
    said.bytes = 0;
    const response = await chat(gateway, asksForUsage);
    await sleep(100);
    expect((await response.text()).endsWith('data: [DONE]\n\n')).toBe(true);
  }
});
