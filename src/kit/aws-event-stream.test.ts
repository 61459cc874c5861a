import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsEventStreamError, AwsEventStreamParser, type AwsMessage } from './aws-event-stream.ts';

const text = (name: string, value: string): Buffer =>
  Buffer.concat([header(name, 7), sized(Buffer.from(value))]);
const header = (name: string, type: number): Buffer =>
  Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name), Buffer.from([type])]);
const sized = (value: Buffer): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([length, value]);
};

const frame = (headers: readonly Buffer[], payload: string): Buffer => {
  const head = Buffer.concat(headers);
  const body = Buffer.from(payload);
  const whole = Buffer.alloc(16 + head.length + body.length);
  whole.writeUInt32BE(whole.length, 0);
  whole.writeUInt32BE(head.length, 4);
  whole.writeUInt32BE(crc32(whole.subarray(0, 8)), 8);
  head.copy(whole, 12);
  body.copy(whole, 12 + head.length);
  whole.writeUInt32BE(crc32(whole.subarray(0, -4)), whole.length - 4);
  return whole;
};

const read = (pieces: readonly Buffer[]): readonly (readonly [AwsMessage['headers'], string])[] => {
  const parser = new AwsEventStreamParser();
  return pieces
    .flatMap((piece) => parser.push(piece))
    .map(({ headers, payload }) => [headers, payload.toString()]);
};

const twoFrames = Buffer.concat([
  frame([text(':message-type', 'event'), text(':event-type', 'chunk')], '{"bytes":"e30="}'),
  frame([], ''),
  frame([text('ümlaut', 'ß')], 'rest'),
]);
const twoRead = [
  [{ ':message-type': 'event', ':event-type': 'chunk' }, '{"bytes":"e30="}'],
  [{}, ''],
  [{ ümlaut: 'ß' }, 'rest'],
];

describe('messages are read', () => {
  it('wherever their bytes are cut', () => {
    for (let at = 0; at <= twoFrames.length; at += 1)
      expect(read([twoFrames.subarray(0, at), twoFrames.subarray(at)])).toEqual(twoRead);
    expect(read([...twoFrames].map((byte) => Buffer.from([byte])))).toEqual(twoRead);
  });

  it('past headers of every type', () => {
    const others = [
      header('true', 0),
      header('false', 1),
      Buffer.concat([header('byte', 2), Buffer.alloc(1)]),
      Buffer.concat([header('short', 3), Buffer.alloc(2)]),
      Buffer.concat([header('int', 4), Buffer.alloc(4)]),
      Buffer.concat([header('long', 5), Buffer.alloc(8)]),
      Buffer.concat([header('bytes', 6), sized(Buffer.from('abc'))]),
      Buffer.concat([header('time', 8), Buffer.alloc(8)]),
      Buffer.concat([header('uuid', 9), Buffer.alloc(16)]),
    ];

    expect(read([frame([...others, text('last', 'here')], 'x')])).toEqual([[{ last: 'here' }, 'x']]);
  });

  it('and one that is not whole is known', () => {
    const parser = new AwsEventStreamParser();

    parser.push(twoFrames.subarray(0, -1));
    expect(parser.isInside).toBe(true);
    parser.push(twoFrames.subarray(-1));
    expect(parser.isInside).toBe(false);
  });
});

describe('a broken stream is refused', () => {
  it('whichever byte is another', () => {
    const whole = frame([text(':message-type', 'event')], '{"bytes":"e30="}');
    for (let at = 0; at < whole.length; at += 1) {
      const bent = Buffer.from(whole);
      bent[at] = (bent[at] as number) ^ 0x10;

      expect(() => read([bent])).toThrow(AwsEventStreamError);
    }
  });

  it('where lengths or headers cannot be, though the checksums fit', () => {
    const lying = frame([], 'x'.repeat(40));
    lying.writeUInt32BE(30, 4);
    lying.writeUInt32BE(crc32(lying.subarray(0, 8)), 8);

    for (const headers of [
      [Buffer.from([9])],
      [header('a', 7)],
      [header('a', 10)],
      [header('a', 5)],
      [Buffer.concat([header('a', 7), Buffer.from([255, 255])])],
    ])
      expect(() => read([frame(headers, 'x')])).toThrow(AwsEventStreamError);
    expect(() => read([lying])).toThrow(AwsEventStreamError);
  });

  it('and never hangs or throws anything else', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (pieces) => {
        try {
          read(pieces.map((piece) => Buffer.from(piece)));
        } catch (cause) {
          expect(cause).toBeInstanceOf(AwsEventStreamError);
        }
      }),
    );
  });
});
