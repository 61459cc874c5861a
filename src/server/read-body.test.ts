import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readBody } from './read-body.ts';

const incoming = (headers: Record<string, string> = {}) => {
  const stream = new PassThrough();
  return {
    stream,
    request: Object.assign(stream, { headers, complete: false }) as unknown as IncomingMessage,
  };
};

describe('a body', () => {
  it('is put together', async () => {
    const { stream, request } = incoming();
    const body = readBody(request, { bytes: 100, ms: 1000 });

    stream.write('{"a":');
    stream.end('1}');

    expect((await body).toString()).toBe('{"a":1}');
  });

  it('that drips in is refused after the time for it', async () => {
    const { stream, request } = incoming();
    const drip = setInterval(() => stream.write('x'), 5);

    await expect(readBody(request, { bytes: 1000, ms: 50 })).rejects.toMatchObject({
      code: 'request-timeout',
    });

    clearInterval(drip);
    expect(stream.listenerCount('data')).toBe(0);
  });

  it.each([
    [{ 'content-length': '101' }, 'too-large'],
    [{ 'content-encoding': 'gzip' }, 'unsupported-encoding'],
  ])('with %o is refused before it is read', async (headers, code) => {
    await expect(readBody(incoming(headers).request, { bytes: 100, ms: 1000 })).rejects.toMatchObject({
      code,
    });
  });

  it('whose sender goes away is told apart', async () => {
    const { stream, request } = incoming();
    const body = readBody(request, { bytes: 100, ms: 1000 });

    stream.write('{');
    stream.destroy();

    await expect(body).rejects.toMatchObject({ code: 'client-gone' });
  });
});
