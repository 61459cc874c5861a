import { describe, expect, it } from 'vitest';
import {
  chatAnswer,
  messagesAnswer,
  messagesFrames,
  type Script,
  sendFrames,
  sendJson,
} from '../testing/fake-upstream.ts';
import { anthropic, chat, frames, gatewayOf, head, one, upstreamOf } from './setting.cases.ts';

describe('an answer in another dialect', () => {
  it.each<[string, Script, number, string]>([
    ['a redirect', (response) => response.writeHead(302, { location: '/' }).end(), 502, 'api_error'],
    ['429', sendJson({ error: { message: 'slow', type: 'x' } }, 429), 429, 'rate_limit_error'],
    ['503', sendJson({ error: { message: 'over', type: 'x' } }, 503), 529, 'overloaded_error'],
    ['an error in 200', sendJson({ error: { message: 'oops', type: 'x' } }), 502, 'api_error'],
    ['401', sendJson({ error: { message: 'key', type: 'x' } }, 401), 502, 'api_error'],
  ])('is told in the caller’s words: %s', async (_name, script, status, type) => {
    const { gateway } = await one(script);

    const response = await anthropic(gateway);

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type } });
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'failed', status }]);
  });

  it('that is spoilt in the middle ends with an error event', async () => {
    const { gateway } = await one(sendFrames([...head, 'data: {"half\n\n']));

    const text = await (await anthropic(gateway, { stream: true })).text();

    expect(text).toContain('event: error\n');
    expect(text).not.toContain('message_stop');
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'partial' }]);
  });

  it('comes from the second model where the first, of the caller’s own dialect, fails', async () => {
    const over = await upstreamOf(
      sendJson({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 529),
    );
    const well = await upstreamOf(sendFrames(frames), sendJson(chatAnswer('42')));
    const gateway = await gatewayOf([
      { name: 'over', url: over.url, kind: 'anthropic' },
      { name: 'well', url: well.url, kind: 'openai-compatible' },
    ]);

    const streamed = await (await anthropic(gateway, { stream: true })).text();
    const whole = await (await anthropic(gateway)).json();

    expect(streamed).toContain('event: message_stop');
    expect(whole).toMatchObject({ type: 'message', content: [{ type: 'text', text: '42' }] });
    expect(await gateway.settled(2)).toMatchObject([
      { outcome: 'ok', attempts: [{ status: 529, cost: 0n }, { outcome: 'ok' }] },
      { outcome: 'ok', attempts: [{ status: 529 }, { outcome: 'ok' }] },
    ]);
  });

  it('the other way round as well', async () => {
    const over = await upstreamOf(sendJson({ error: { message: 'over', type: 'x' } }, 503));
    const well = await upstreamOf(
      sendFrames(messagesFrames(['4', '2'], { input: 10, output: 2 })),
      sendJson(messagesAnswer('42')),
    );
    const gateway = await gatewayOf([
      { name: 'over', url: over.url, kind: 'openai-compatible' },
      { name: 'well', url: well.url, kind: 'anthropic' },
    ]);

    const streamed = await (await chat(gateway, { stream: true })).text();
    const whole = await (await chat(gateway)).json();

    expect(streamed.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(whole).toMatchObject({ choices: [{ message: { content: '42' } }] });
  });
});
