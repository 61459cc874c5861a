import { isObject, type JsonObject } from '../core/json.ts';
import { AwsEventStreamError, AwsEventStreamParser, type AwsMessage } from '../kit/aws-event-stream.ts';
import { bedrockError } from './bedrock-errors.ts';
import type { Unwrapping } from './provider.ts';

/**
 * A streamed answer of InvokeModel as the events of Messages. Each chunk holds one event's data in base64;
 * exceptions of the service, which come in between, become error events.
 */
export class BedrockStream implements Unwrapping {
  readonly contentType = 'text/event-stream';
  readonly #parser = new AwsEventStreamParser();

  push(chunk: Buffer): Buffer {
    const messages = this.#parser.push(chunk);
    const [first] = messages;
    if (!first) return nothing;
    return messages.length === 1 ? eventOf(first) : Buffer.concat(messages.map(eventOf));
  }

  end(): Buffer {
    // half a message is not told: the answer lacks its end, and that is
    return nothing;
  }
}

const nothing = Buffer.alloc(0);

const eventOf = ({ headers, payload }: AwsMessage): Buffer => {
  const said = objectOf(payload);
  switch (headers[':message-type']) {
    case 'exception':
      return errorEvent(headers[':exception-type'], said);
    case 'error':
      return errorEvent(headers[':error-code'], { message: headers[':error-message'] ?? '' });
    default:
      return typeof said.bytes === 'string' ? sseOf(Buffer.from(said.bytes, 'base64')) : nothing;
  }
};

const sseOf = (data: Buffer): Buffer => {
  const { type } = objectOf(data);
  const name = typeof type === 'string' && /^\w+$/.test(type) ? `event: ${type}\n` : '';
  // within JSON a line end is nothing but space; in an event it would end the data
  const line =
    data.includes(0x0a) || data.includes(0x0d) ? Buffer.from(data.toString().replace(/[\r\n]/g, ' ')) : data;
  return Buffer.concat([Buffer.from(`${name}data: `), line, endOfEvent]);
};

const endOfEvent = Buffer.from('\n\n');

const errorEvent = (code: string | undefined, body: JsonObject): Buffer => {
  const { error } = bedrockError(code, body);
  return Buffer.from(`event: error\ndata: ${JSON.stringify({ type: 'error', error })}\n\n`);
};

const objectOf = (json: Buffer): JsonObject => {
  let value: unknown;
  try {
    value = JSON.parse(json.toString());
  } catch (cause) {
    // the engine's own message quotes what it could not read
    throw new AwsEventStreamError('an event of it is not JSON', { cause });
  }
  return isObject(value) ? value : {};
};
