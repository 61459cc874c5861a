import { describe, expect, it, vi } from 'vitest';
import { chatAnswer, type Script, sendFrames, sendJson } from '../testing/fake-upstream.ts';
import { chat, frames, gatewayOf, one, upstreamOf } from './setting.cases.ts';

describe('an answer that is none', () => {
  const answers: readonly (readonly [name: string, script: Script])[] = [
    ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    ['not modified', (response) => response.writeHead(304).end()],
    ['no content', (response) => response.writeHead(204).end()],
    ['created', sendJson(chatAnswer('42'), 201)],
    ['a switch of protocols', (response) => response.socket?.end('HTTP/1.1 101 Switching\r\n\r\n')],
    ['bytes that are no HTTP', (response) => response.socket?.end('SSH-2.0-OpenSSH\r\n')],
    ['nothing at all', (response) => response.socket?.end()],
    ['a reset', (response) => response.socket?.resetAndDestroy()],
    ['a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hi</h1>')],
    ['an empty body', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end()],
    ['a list', sendJson([])],
    ['null', sendJson(null)],
    ['an object of another kind', sendJson({ hello: 'world' })],
    ['an error with status 200', sendJson({ error: { message: 'oops', type: 'server_error' } })],
    [
      'half of one',
      (response) =>
        response.writeHead(200, { 'content-length': 100 }).write('{"id":', () => response.destroy()),
    ],
    ['one that was compressed', sendJson(chatAnswer('42'), 200, { 'content-encoding': 'gzip' })],
  ];

  it.each(answers)('goes to the next model, and is a 502 where there is none: %s', async (_name, script) => {
    const odd = await upstreamOf(script);
    const well = await upstreamOf(sendJson(chatAnswer('42')));
    const models = [
      { name: 'odd', url: odd.url, kind: 'openai-compatible' },
      { name: 'well', url: well.url, kind: 'openai-compatible' },
    ] as const;
    const [alone, both] = [await gatewayOf(models.slice(0, 1)), await gatewayOf(models)];

    const [refused, answered] = [await chat(alone), await chat(both)];

    expect(refused.status).toBe(502);
    expect(await refused.json()).toMatchObject({ error: { type: 'server_error' } });
    expect(await answered.json()).toMatchObject({ choices: [{ message: { content: '42' } }] });
    expect(await alone.settled(1)).toMatchObject([{ outcome: 'failed', status: 502 }]);
    const [exchange] = await both.settled(1);
    expect(exchange).toMatchObject({ outcome: 'ok', model: 'p-well/well' });
    expect(exchange?.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'ok']);
  });

  it('to a stream is one to the caller, too, wherever it is seen', async () => {
    const odd: readonly Script[] = [
      sendFrames(['data: [DONE]\n\n']),
      sendFrames([]),
      sendFrames([': nothing but comments\n\n']),
      sendFrames(['data: {"half":\n\n']),
      sendFrames(frames.slice(0, 1), { isCut: true }),
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hi</h1>'),
      (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(frames.join('')),
    ];
    for (const script of odd) {
      const { gateway } = await one(script);

      const text = await (await chat(gateway, { stream: true })).text();

      expect(text).toContain('"error":{');
      expect(text).not.toContain('[DONE]');
      const [exchange] = await gateway.settled(1);
      expect(['failed', 'partial']).toContain(exchange?.outcome);
    }
  });

  it('is told with the status and words of the upstream where both speak the same', async () => {
    const said = {
      error: { message: 'no such thing', type: 'invalid_request_error', code: null, param: 'x' },
    };
    const { gateway } = await one(sendJson(said, 422));

    const response = await chat(gateway);

    expect(response.status).toBe(422);
    expect(await response.json()).toEqual(said);
    expect(await gateway.settled(1)).toMatchObject([
      { status: 422, errorCode: 'upstream-refused', cost: 0n },
    ]);
  });

  it('of an error page is told in the caller’s dialect, not as a page', async () => {
    const { gateway } = await one((response) =>
      response.writeHead(503, { 'content-type': 'text/html' }).end('<script>alert(1)</script>'),
    );

    const response = await chat(gateway);

    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ error: { code: 'server_is_overloaded' } });
  });

  it('with an endless error is cut off and told', async () => {
    const { gateway, upstream } = await one((response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });

    const response = await chat(gateway);

    expect(response.status).toBe(502);
    await vi.waitFor(() => expect(upstream.seen[0]?.closedEarlyAfterMs).not.toBeNull());
  });
});
