import { describe, expect, it } from 'vitest';
import { SseParser, SseTooLongError } from './sse.ts';

const stream = Buffer.from(
  '\uFEFF: hello\n\nevent: a\ndata: {"x":1}\n\ndata:first\r\ndata: second\r\n\r\ndata: é😀\u2028\rid: 7\r\rdata\n\nevent: empty\n\nevent: last\ndata: unfinished',
);
const events = [
  { event: 'a', data: '{"x":1}' },
  { event: '', data: 'first\nsecond' },
  { event: '', data: 'é😀\u2028' },
  { event: '', data: '' },
  { event: 'last', data: 'unfinished' },
];

describe('SseParser', () => {
  it('reads the same events however the bytes are cut', () => {
    for (let size = 1; size <= stream.length; size += 1) {
      const parser = new SseParser();
      const read = [];
      for (let at = 0; at < stream.length; at += size)
        read.push(...parser.push(stream.subarray(at, at + size)));
      read.push(...parser.end());

      expect(read, `in pieces of ${size}`).toEqual(events);
    }
  });

  it('refuses an event over the limit instead of keeping it', () => {
    const parser = new SseParser({ maxEventBytes: 100 });

    expect(() => parser.push(Buffer.from(`data: ${'x'.repeat(200)}`))).toThrow(SseTooLongError);
  });

  it('counts the limit over the lines of one event, not over the stream', () => {
    const parser = new SseParser({ maxEventBytes: 100 });

    for (let index = 0; index < 50; index += 1)
      expect(parser.push(Buffer.from('data: 1234567890\n\n'))).toHaveLength(1);
    expect(() => parser.push(Buffer.from('data: 1234567890\n'.repeat(20)))).toThrow(SseTooLongError);
  });
});
