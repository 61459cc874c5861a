import { crc32 } from 'node:zlib';

/** One message of an event stream of AWS, as a server sends it; headers as bytes. */
export const awsFrame = (headers: readonly Buffer[], payload: string): Buffer => {
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

/** Name and type of a header; its value comes behind. */
export const awsHeader = (name: string, type: number): Buffer =>
  Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name), Buffer.from([type])]);

/** A value with its length before it. */
export const awsSized = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

export const awsText = (name: string, value: string): Buffer =>
  Buffer.concat([awsHeader(name, 7), awsSized(value)]);

/** An event of a Bedrock stream, of the frame that Messages has for it. */
export const bedrockChunk = (sse: string): Buffer => bedrockData(/^data: (.*)$/m.exec(sse)?.[1] ?? '');

/** An event of a Bedrock stream with this data. */
export const bedrockData = (data: string): Buffer =>
  awsFrame(
    [
      awsText(':event-type', 'chunk'),
      awsText(':content-type', 'application/json'),
      awsText(':message-type', 'event'),
    ],
    // padded, as the service does
    JSON.stringify({ bytes: Buffer.from(data).toString('base64'), p: 'abcdefghijkl' }),
  );

export const bedrockException = (type: string, message: string): Buffer =>
  awsFrame(
    [
      awsText(':exception-type', type),
      awsText(':content-type', 'application/json'),
      awsText(':message-type', 'exception'),
    ],
    JSON.stringify({ message }),
  );
