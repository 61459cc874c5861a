import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { fixedWorld } from '../sessions/fixed-world.cases.ts';
import { SessionMemory } from '../sessions/session-memory.ts';
import { noShelf, Vault } from '../sessions/vault.ts';
import { chatAnswer, type Script, sendFrames, sendJson } from '../testing/fake-upstream.ts';
import { type TestGateway, testGateway } from '../testing/test-gateway.ts';
import { asStream, chat, frames, head, upstreamOf } from './setting.cases.ts';
import { StoredResponses } from './stored-responses.ts';

describe('a fault of ours', () => {
  const [openaiChat, anthropicMessages] = dialects;
  if (!openaiChat || !anthropicMessages) throw new Error('two dialects are spoken');
  const broken = (part: Partial<typeof openaiChat>) =>
    dialects.map((dialect) => (dialect.name === 'openai-chat' ? { ...dialect, ...part } : dialect));
  const fail = (): never => {
    throw new TypeError('a bug');
  };
  const failing = async (part: Partial<typeof openaiChat>, script: Script): Promise<TestGateway> => {
    const upstream = await upstreamOf(script);
    const gateway = await testGateway(
      [{ name: 'one', url: upstream.url, kind: 'openai-compatible' }],
      broken(part),
      { hasFaults: true },
    );
    onTestFinished(() => gateway.close());
    return gateway;
  };

  it.each<[string, Partial<typeof openaiChat>, Script, object]>([
    ['passing the request', { passRequest: fail }, sendJson(chatAnswer('42')), {}],
    ['reading the reply', { readReply: fail }, sendJson(chatAnswer('42')), {}],
    ['reading an error', { readError: fail }, sendJson({}, 500), {}],
    ['beginning a stream', { tapStream: fail }, sendFrames(frames), { stream: true }],
  ])('in %s is a 500, settled once', async (_name, part, script, rest) => {
    const gateway = await failing(part, script);

    const response = await chat(gateway, rest);

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('a bug');
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'failed', errorCode: 'internal' }]);
    expect(gateway.faults).toHaveLength(1);
  });

  it('in remembering an answer takes nothing of it away', async () => {
    const upstream = await upstreamOf(sendJson(chatAnswer('42')));
    const world = fixedWorld();
    const vault = new Vault({ key: Buffer.alloc(32), shelf: noShelf, world, maxBytes: 1e6, keepMs: 1e6 });
    const memory = new SessionMemory(world, { maxSessions: 1, keepMs: 1e6 });
    memory.note = fail;
    const gateway = await testGateway(
      [{ name: 'one', url: upstream.url, kind: 'openai-compatible' }],
      dialects,
      { hasFaults: true, carrier: { memory, vault, stored: new StoredResponses(vault, world, 1e6) } },
    );
    onTestFinished(() => gateway.close());

    const response = await chat(gateway);

    expect(await response.json()).toMatchObject({ choices: [{ message: { content: '42' } }] });
    expect(await gateway.settled(1)).toMatchObject([
      { outcome: 'ok', errorCode: null, status: 200, attempts: [{ outcome: 'ok' }] },
    ]);
    expect(gateway.faults).toHaveLength(1);
  });

  it('in the middle of a stream ends it with an error, settled once', async () => {
    let pieces = 0;
    const gateway = await failing(
      {
        tapStream: (tap) => {
          const whole = openaiChat.tapStream(tap);
          const push = whole.push.bind(whole);
          whole.push = (chunk) => (++pieces > 2 ? fail() : push(chunk));
          return whole;
        },
      },
      async (response) => {
        asStream(response);
        for (const frame of frames) {
          response.write(frame);
          await sleep(10);
        }
        response.end();
      },
    );

    const text = await (await chat(gateway, { stream: true })).text();

    expect(text).toContain('"error":{');
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'partial', errorCode: 'internal' }]);
  });

  it('in telling the error of a stream breaks the connection rather than end it as a success', async () => {
    const gateway = await failing({ writeStreamError: fail }, sendFrames(head, { isCut: true }));

    await expect(chat(gateway, { stream: true }).then((response) => response.text())).rejects.toThrow();

    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'partial' }]);
  });

  it('in telling an error still leaves a record', async () => {
    const gateway = await failing({ writeError: fail }, sendJson({}, 503));

    await expect(chat(gateway)).rejects.toThrow();

    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'failed' }]);
  });
});
