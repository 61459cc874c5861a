import { GatewayError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import type { Reply } from '../core/reply.ts';
import { parseExact } from '../kit/exact-json.ts';

/** UTF-8 bytes of text, reasoning and tool arguments in a whole answer. */
export const replyBytes = (reply: Reply): number => {
  let bytes = 0;
  for (const block of reply.blocks) {
    if (block.type === 'tool-call') bytes += Buffer.byteLength(block.argumentsText);
    else if (block.type === 'text' || block.type === 'reasoning' || block.type === 'refusal')
      bytes += Buffer.byteLength(block.text);
  }
  return bytes;
};

export const isEventStream = (type: string | undefined): boolean =>
  type !== undefined && (type.startsWith('text/event-stream') || /^\s*text\/event-stream/i.test(type));

/** Whether what was written last ends with a blank line, so that something else may follow. */
export const endsAtEvent = (out: Buffer): boolean => {
  const last = out.length - 1;
  if (out[last] !== 0x0a) return false;
  return out[last - 1] === 0x0a || (out[last - 1] === 0x0d && out[last - 2] === 0x0a);
};

/** Throws `upstream-bad`. `isPassed`: nothing of it is written again, so no digits have to be minded. */
export const parseAnswer = (body: Buffer, model: string, isPassed: boolean): JsonObject => {
  const value = tryParse(body, isPassed ? JSON.parse : parseExact);
  if (!value)
    throw new GatewayError('upstream-bad', `${model} answered with something that is not a JSON object.`);
  return value;
};

export const tryParse = (
  body: Buffer,
  parse: (text: string) => unknown = JSON.parse,
): JsonObject | undefined => {
  try {
    const value = parse(body.toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
