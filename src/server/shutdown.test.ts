import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { chatAnswer, chatFrames, sendFrames, sendJson } from '../testing/fake-upstream.ts';
import { rawConnection, rawPost } from '../testing/raw-connection.ts';
import { testGateway } from '../testing/test-gateway.ts';
import { answer, behind, body, chatPath, streamBody } from './door.cases.ts';

const frames = chatFrames(['4', '2'], { input: 1, output: 1 });
const messagesBody = JSON.stringify({ ...JSON.parse(streamBody), max_tokens: 5 });

describe('a gateway whose ledger is down', () => {
  it('is alive but not ready', async () => {
    const gateway = await testGateway([], dialects, { server: { isReady: () => false } });
    onTestFinished(() => gateway.close());

    const [alive, ready] = await Promise.all(
      ['/healthz', '/readyz'].map((path) => fetch(`${gateway.url}${path}`)),
    );

    expect(alive?.status).toBe(200);
    expect(ready?.status).toBe(503);
    expect(ready?.headers.get('x-tierwise-error')).toBe('ledger-down');
  });
});

describe('a gateway that is stopped', () => {
  it('lets a running stream come to its end', async () => {
    const { gateway, caller } = await behind(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const frame of frames) {
        response.write(frame);
        await sleep(40);
      }
      response.end();
    });
    caller.write(rawPost(chatPath, streamBody));
    await caller.until(/"content":"4"/);

    await gateway.stop(5000);
    await caller.closed();

    expect(caller.text).toContain('data: [DONE]');
    expect(gateway.exchanges).toMatchObject([{ outcome: 'ok' }]);
  });

  it.each([
    [chatPath, streamBody, /data: \{"error":\{[^}]*"code":"shutting_down"/],
    [
      '/v1/messages',
      messagesBody,
      /event: error\r?\ndata: \{"type":"error","error":\{"type":"overloaded_error"/,
    ],
  ])(
    'cuts what goes on after the grace with an error in its dialect, and settles it: %s',
    async (path, sent, told) => {
      const { gateway, upstream, caller } = await behind((response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const frame of frames.slice(0, 2)) response.write(frame);
      });
      caller.write(rawPost(path, sent));
      await caller.until(/"4"/);

      await gateway.stop(50);
      await caller.closed();

      expect(caller.text).toMatch(told);
      expect(caller.text).not.toMatch(/\[DONE\]|message_stop/);
      expect(gateway.exchanges).toMatchObject([
        { outcome: 'partial', errorCode: 'shutting-down', isEstimated: true },
      ]);
      await vi.waitFor(() => expect(upstream.seen[0]?.closedEarlyAfterMs).not.toBeNull());
    },
  );

  it('answers one that has heard nothing yet with a 503, and asks no other model for it', async () => {
    const { gateway, caller } = await behind(() => undefined);
    caller.write(rawPost(chatPath, body));
    await sleep(50);

    await gateway.stop(50);
    await caller.closed();

    expect(caller.text).toMatch(/^HTTP\/1.1 503 /);
    expect(caller.text).toContain('shutting_down');
    expect(gateway.exchanges).toMatchObject([{ outcome: 'failed', errorCode: 'shutting-down', status: 503 }]);
  });

  it('asks nobody any more where the intent was still being kept', async () => {
    let keep = (): void => undefined;
    const { gateway, upstream, caller } = await behind(answer, {
      intend: () => new Promise((resolve) => (keep = resolve)),
    });
    caller.write(rawPost(chatPath, body));
    await sleep(50);
    const stopped = gateway.stop(50);
    await sleep(150);

    keep();
    await stopped;
    await caller.closed();

    expect(upstream.seen).toHaveLength(0);
    expect(caller.text).toMatch(/^HTTP\/1.1 503 /);
    expect(gateway.exchanges).toMatchObject([
      { outcome: 'failed', errorCode: 'shutting-down', attempts: [] },
    ]);
  });

  it('refuses new requests on open connections, and closes those that idle', async () => {
    const { gateway, caller: busy } = await behind(async (response) => {
      await sleep(300);
      sendJson(chatAnswer('42'))(response, undefined as never);
    });
    const idle = await rawConnection(gateway.url);
    const sending = await rawConnection(gateway.url);
    idle.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await idle.until(/"ok"/);
    sending.write(
      `POST ${chatPath} HTTP/1.1\r\nhost: x\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n{`,
    );
    busy.write(rawPost(chatPath, body));
    await sleep(50);

    const stopped = gateway.stop(5000);
    busy.write(rawPost(chatPath, body));
    sending.write(body.slice(1));
    await idle.closed();
    await stopped;
    await Promise.all([busy.closed(), sending.closed()]);

    const answers = [...busy.text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status);
    expect(answers).toEqual(['200', '503']);
    expect(sending.text).toMatch(/^HTTP\/1.1 503 /);
    expect(sending.text).toMatch(/retry-after: 1\r\n/i);
    expect(sending.text).toMatch(/connection: close\r\n/i);
    expect(gateway.exchanges).toHaveLength(1);
  });

  it('does not wait for a reader that has stopped reading', async () => {
    const { gateway, caller } = await behind(
      sendFrames(chatFrames(Array(400).fill('x'.repeat(60_000)), { input: 1, output: 1 })),
    );
    caller.write(rawPost(chatPath, streamBody));
    await caller.until(/xxx/);
    caller.pause();
    await sleep(100);

    await gateway.stop(50);

    expect(gateway.exchanges).toHaveLength(1);
    expect(gateway.exchanges[0]).toMatchObject({ isEstimated: true });
  });

  it('stops at once where nothing runs, and twice is no harm', async () => {
    const { gateway, caller } = await behind(answer);
    caller.write(rawPost(chatPath, body));
    await caller.until(/"total_tokens":15/);

    await gateway.stop(60_000);
    await gateway.stop(60_000);

    await caller.closed();
  });
});
