import type { Block } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { type Reply, ReplyGatherer, replyEvents } from '../../core/reply.ts';
import { noUsage } from '../../core/usage.ts';
import type { ReplyCall } from '../dialect.ts';
import { readErrorBody } from '../openai-errors.ts';
import { dialectName, readEnd, readReasoning, readUsage, textOrUndefined } from './wire.ts';
import { ResponseWriter, unreadableCall } from './write-stream.ts';

/** A Responses answer as no vendor writes it. Throws `upstream-bad` where the body is none, or one that failed. */
export const readReply = (body: JsonObject): Reply => {
  const failed = body.status === 'failed' || body.status === 'cancelled';
  if (failed || (body.error !== undefined && body.error !== null)) {
    const upstream = readErrorBody(isObject(body.error) ? body.error : {});
    throw new GatewayError('upstream-bad', `The provider answered 200 with an error: ${upstream.message}`, {
      upstream,
    });
  }
  if (!Array.isArray(body.output))
    throw new GatewayError(
      'upstream-bad',
      'The provider answered 200 with a body that is no Responses answer: it has no `output`.',
    );
  const blocks = readOutput(body.output as JsonValue[]);
  const usage = readUsage(body.usage);
  return {
    id: textOrUndefined(body.id) ?? '',
    model: textOrUndefined(body.model) ?? '',
    blocks,
    reason: readEnd(body, saidIn(blocks)),
    usage: usage ?? noUsage,
    hasUsage: usage !== undefined,
    ...(typeof body.service_tier === 'string' && { serviceTier: body.service_tier }),
  };
};

export const saidIn = (blocks: readonly Block[]): { readonly calls: boolean; readonly refusal: boolean } => ({
  calls: blocks.some(({ type }) => type === 'tool-call'),
  refusal: blocks.some(({ type }) => type === 'refusal'),
});

/** Items of hosted tools and whatever comes new are kept raw. */
export const readOutput = (output: readonly JsonValue[]): readonly Block[] =>
  output.flatMap((item, at) => (isObject(item) ? readItem(item, `output.${at}`) : []));

const readItem = (item: JsonObject, path: string): readonly Block[] => {
  switch (item.type) {
    case 'message':
      return Array.isArray(item.content) ? item.content.flatMap(readPart) : [];
    case 'reasoning': {
      const block = readReasoning(item);
      if (block?.type !== 'reasoning' || block.opaque?.data !== '') return block ? [block] : [];
      // kept by the vendor under its id, which is of no use to anybody else
      return block.text === '' ? [] : [{ type: 'reasoning', text: block.text }];
    }
    case 'function_call':
    case 'custom_tool_call': {
      const isCustom = item.type === 'custom_tool_call';
      return [
        {
          type: 'tool-call',
          id: textOrUndefined(item.call_id) ?? textOrUndefined(item.id) ?? '',
          name: textOrUndefined(item.name) ?? '',
          argumentsText: textOrUndefined(isCustom ? item.input : item.arguments) ?? '',
          kind: isCustom ? 'custom' : 'function',
        },
      ];
    }
    default:
      return [
        { type: 'vendor', dialect: dialectName, kind: textOrUndefined(item.type) ?? '', path, raw: item },
      ];
  }
};

const readPart = (part: JsonValue): readonly Block[] => {
  if (!isObject(part)) return [];
  if (part.type === 'refusal') {
    const text = textOrUndefined(part.refusal);
    return text === undefined ? [] : [{ type: 'refusal', text }];
  }
  const text = textOrUndefined(part.text);
  return text === undefined ? [] : [{ type: 'text', text }];
};

/** An answer for a caller of Responses: what a stream of it would have ended with. */
export const writeReply = (reply: Reply, call: ReplyCall): JsonObject => {
  if (reply.reason === 'malformed-call') throw new GatewayError('upstream-bad', unreadableCall);
  const writer = new ResponseWriter(call);
  for (const event of replyEvents(reply)) writer.write(event);
  return writer.response();
};

/** What a stream's final response says, for servers that told nothing on the way. */
export const eventsOfOutput = (output: readonly JsonValue[]) => {
  const reply = { ...new ReplyGatherer().reply(), blocks: readOutput(output) };
  return [...replyEvents(reply)].filter(({ type }) => type !== 'reply-start' && type !== 'reply-end');
};
