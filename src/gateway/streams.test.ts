import { describe, expect, it } from 'vitest';
import { sendFrames } from '../testing/fake-upstream.ts';
import { rawConnection, rawPost } from '../testing/raw-connection.ts';
import { asksForUsage, asStream, chat, chatBody, frames, head, one } from './setting.cases.ts';

describe('a stream', () => {
  it('in pieces of a byte comes through as it is', async () => {
    const bytes = Buffer.from(frames.join(''));
    const { gateway } = await one(async (response) => {
      asStream(response);
      for (const byte of bytes) {
        response.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
      response.end();
    });

    const text = await (await chat(gateway, asksForUsage)).text();

    expect(text).toBe(bytes.toString());
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'ok', isEstimated: false }]);
  });

  it('with headers of another case and early hints is still one', async () => {
    const { gateway } = await one((response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(200, { 'Content-Type': 'Text/Event-Stream; charset=UTF-8' });
      response.end(frames.join(''));
    });

    const text = await (await chat(gateway, asksForUsage)).text();

    expect(text).toBe(frames.join(''));
  });

  it('whose connection breaks after its own end is whole', async () => {
    const { gateway } = await one(sendFrames(frames, { isCut: true }));

    const text = await (await chat(gateway, asksForUsage)).text();

    expect(text).toBe(frames.join(''));
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'ok', isEstimated: false }]);
  });

  it('whose caller leaves at its last event, before the connection ends, was answered', async () => {
    const { gateway } = await one((response) => {
      asStream(response).write(frames.join(''));
    });
    const caller = await rawConnection(gateway.url);
    caller.write(rawPost('/v1/chat/completions', chatBody(asksForUsage)));
    await caller.until(/\[DONE\]/);

    caller.destroy();

    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'ok', status: 200, isEstimated: false }]);
  });

  it.each([
    ['an error event', 'data: {"error":{"message":"over","type":"server_error","code":null}}\n\n', 1],
    ['a frame that is no JSON', 'data: {"half\n\n', 1],
    ['an event without an end', `data: ${'x'.repeat(9 * 1024 * 1024)}`, 1],
  ])('that is spoilt by %s ends with one error, never as a success', async (_name, bad, errors) => {
    const { gateway } = await one(sendFrames([...head, bad]));

    const text = await (await chat(gateway, asksForUsage)).text();

    expect(text.split('"error":{')).toHaveLength(errors + 1);
    expect(text).not.toContain('[DONE]');
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'partial', isEstimated: true }]);
  });

  it('that sends headers and then no event is ended by the first-byte limit, comments or not', async () => {
    const { gateway } = await one(
      (response) => {
        asStream(response);
        const timer = setInterval(() => response.write(': still thinking\n\n'), 50);
        response.on('close', () => clearInterval(timer));
      },
      { timeouts: { connectMs: 100, firstByteMs: 500, idleMs: 5000 } },
    );

    const response = await chat(gateway, asksForUsage);

    expect(response.status).toBe(504);
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'failed', errorCode: 'upstream-timeout' }]);
  });

  it('that takes longer than it may in all is ended with an error', async () => {
    const { gateway } = await one(
      (response) => {
        asStream(response);
        for (const frame of head) response.write(frame);
        const timer = setInterval(() => response.write(head[1]), 50);
        response.on('close', () => clearInterval(timer));
      },
      { timeouts: { totalMs: 400 } },
    );

    const text = await (await chat(gateway, asksForUsage)).text();

    expect(text).toContain('"error":{');
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'partial', errorCode: 'upstream-timeout' }]);
  });

  it('keeps the words that were heard where texts are stored, also of one that was cut', async () => {
    const { gateway } = await one(sendFrames(head, { isCut: true }), { gateway: { storesTexts: true } });

    await (await chat(gateway, asksForUsage)).text();

    expect((await gateway.settled(1))[0]?.texts).toMatchObject({ answer: '4' });
  });
});
