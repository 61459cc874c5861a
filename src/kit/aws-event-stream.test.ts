import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsFrame, awsHeader, awsSized, awsText } from '../testing/aws-frame.ts';
import { AwsEventStreamError, AwsEventStreamParser, type AwsMessage } from './aws-event-stream.ts';

const read = (pieces: readonly Buffer[]): readonly (readonly [AwsMessage['headers'], string])[] => {
  const parser = new AwsEventStreamParser();
  return pieces
    .flatMap((piece) => parser.push(piece))
    .map(({ headers, payload }) => [headers, payload.toString()]);
};

const twoFrames = Buffer.concat([
  awsFrame([awsText(':message-type', 'event'), awsText(':event-type', 'chunk')], '{"bytes":"e30="}'),
  awsFrame([], ''),
  awsFrame([awsText('ümlaut', 'ß')], 'rest'),
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
      awsHeader('true', 0),
      awsHeader('false', 1),
      Buffer.concat([awsHeader('byte', 2), Buffer.alloc(1)]),
      Buffer.concat([awsHeader('short', 3), Buffer.alloc(2)]),
      Buffer.concat([awsHeader('int', 4), Buffer.alloc(4)]),
      Buffer.concat([awsHeader('long', 5), Buffer.alloc(8)]),
      Buffer.concat([awsHeader('bytes', 6), awsSized('abc')]),
      Buffer.concat([awsHeader('time', 8), Buffer.alloc(8)]),
      Buffer.concat([awsHeader('uuid', 9), Buffer.alloc(16)]),
    ];

    expect(read([awsFrame([...others, awsText('last', 'here')], 'x')])).toEqual([[{ last: 'here' }, 'x']]);
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
    const whole = awsFrame([awsText(':message-type', 'event')], '{"bytes":"e30="}');
    for (let at = 0; at < whole.length; at += 1) {
      const bent = Buffer.from(whole);
      bent[at] = (bent[at] as number) ^ 0x10;

      expect(() => read([bent])).toThrow(AwsEventStreamError);
    }
  });

  it('where lengths or headers cannot be, though the checksums fit', () => {
    const lying = awsFrame([], 'x'.repeat(40));
    lying.writeUInt32BE(30, 4);
    lying.writeUInt32BE(crc32(lying.subarray(0, 8)), 8);

    for (const headers of [
      [Buffer.from([9])],
      [awsHeader('a', 7)],
      [awsHeader('a', 10)],
      [awsHeader('a', 5)],
      [Buffer.concat([awsHeader('a', 7), Buffer.from([255, 255])])],
    ])
      expect(() => read([awsFrame(headers, 'x')])).toThrow(AwsEventStreamError);
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
