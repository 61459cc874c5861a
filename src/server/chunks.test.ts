import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { chunkOf, lastChunk } from './chunks.ts';
import { HttpOutlet } from './http-outlet.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** All that comes back on one connection for these requests, sent one behind the other's answer. */
const rawAnswers = async (
  answer: (outlet: HttpOutlet) => void,
  requests: readonly string[],
): Promise<readonly string[]> => {
  const server = createServer((_, response: ServerResponse) => answer(new HttpOutlet(response, 1000)));
  closing.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  closing.push(() => socket.destroy());
  const answers: string[] = [];
  for (const request of requests) {
    socket.write(request);
    let text = '';
    while (!/\r\n\r\n[\s\S]*(?:\r\n\r\n|end)$/.test(text)) {
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      text += bytes.toString('latin1');
    }
    answers.push(text);
  }
  return answers;
};

const get = (version: string): string => `GET / HTTP/${version}\r\nhost: here\r\n\r\n`;
const large = Buffer.from('é'.repeat(10_000));

describe('an answer of unknown length', () => {
  it('comes in chunks with its trailers, and leaves the connection open for the next', async () => {
    const answers = await rawAnswers(
      (outlet) => {
        outlet.start(200, { trailer: 'x-tierwise-cost' });
        outlet.write('data: é\n\n');
        outlet.write(Buffer.alloc(0));
        outlet.end(Buffer.from('bye'), { 'x-tierwise-cost': '0.1' });
      },
      [get('1.1'), get('1.1')],
    );

    for (const answer of answers) {
      expect(answer).toContain('\r\nTransfer-Encoding: chunked\r\n');
      const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
      expect(Buffer.from(body, 'latin1').toString()).toBe(
        'a\r\ndata: é\n\n\r\n3\r\nbye\r\n0\r\nx-tierwise-cost: 0.1\r\n\r\n',
      );
    }
  });

  it('goes out as it is to a caller that knows no chunks', async () => {
    const [answer = ''] = await rawAnswers(
      (outlet) => {
        outlet.start(200, { trailer: 'x-tierwise-cost' });
        outlet.write('data: 1\n\n');
        outlet.end('the end', { 'x-tierwise-cost': '0.1' });
      },
      [get('1.0')],
    );

    expect(answer).not.toContain('chunked');
    expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe('data: 1\n\nthe end');
  });

  it.each([Buffer.from('é'), large])('keeps every byte of a chunk, small or large', (bytes) => {
    const chunk = chunkOf(bytes);

    const written = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
    expect(written).toEqual(
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]),
    );
  });

  it('ends without trailers where there are none, and with none that would begin a line of their own', () => {
    expect(lastChunk(undefined)).toBe('0\r\n\r\n');
    expect(() => lastChunk({ 'x-tierwise-model': 'a\r\nset-cookie: b' })).toThrow(/content/);
  });
});

it('a whole answer keeps every byte, small or large', async () => {
  for (const bytes of [Buffer.from('{"é":1} end'), Buffer.concat([large, Buffer.from('end')])]) {
    const [answer = ''] = await rawAnswers(
      (outlet) => {
        outlet.start(200, { 'content-length': bytes.length });
        outlet.end(bytes);
      },
      [get('1.1')],
    );

    expect(Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1')).toEqual(bytes);
  }
});
