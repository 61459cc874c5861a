import type { JsonObject } from '../../../core/json.ts';
import type { BookTokens } from '../../book.ts';
import { openaiWire } from '../openai/index.ts';
import { type Call, type LookRequest, type UpstreamWire, WireProblem } from '../wire.ts';
import { outputOf, responseOf, statusOf } from './output.ts';
import { readResponses } from './read.ts';
import { ResponseStore } from './store.ts';
import { writeResponseStream } from './write-stream.ts';

const path = '/v1/responses';

/** OpenAI Responses, the vendor's side, with a memory of its own. */
export const createResponsesWire = ({ unique }: { readonly unique: () => string }): UpstreamWire => {
  const store = new ResponseStore();
  const cancelled = new Set<string>();
  const keep = (call: Call, response: JsonObject, output: readonly JsonObject[]): JsonObject => {
    const { memo, organisation } = call.ask;
    const reasoning = output.find(({ type }) => type === 'reasoning')?.id;
    if (typeof reasoning === 'string')
      for (const { type, id } of output)
        if (String(type).endsWith('_call') && typeof id === 'string') store.pair(id, reasoning);
    if (memo.store !== false)
      store.keep(call.id, {
        organisation,
        response,
        input: withIds(memo.items as readonly JsonObject[], unique),
        output,
      });
    return response;
  };
  const finish = (call: Call, output: readonly JsonObject[], tokens: BookTokens): JsonObject =>
    keep(call, responseOf(call, statusOf(call), output, tokens), output);
  return {
    ...openaiWire,
    name: 'openai-responses',
    route: (at) =>
      at === path ? { type: 'answer' } : at === `${path}/input_tokens` ? { type: 'count' } : undefined,
    read: (body, asked) => readResponses(body, asked, store),
    readCount: (body, asked) =>
      readResponses(body, asked, store).segments.reduce((sum, { tokens }) => sum + tokens, 0),
    writeCount: (tokens) => ({ object: 'response.input_tokens', input_tokens: tokens }),
    writeReply: (call, _, tokens) => finish(call, outputOf(call), tokens),
    writeStream: (call) => writeResponseStream(call, (output, tokens) => finish(call, output, tokens)),
    newId: (id) => `resp_${id}`,
    background: {
      writeQueued: (call) => keep(call, responseOf(call, 'queued', [], undefined), []),
      isCancelled: (id) => cancelled.has(id),
    },
    look: (request) => look(request, store, cancelled),
  };
};

const look = (
  { method, path: at, organisation }: LookRequest,
  store: ResponseStore,
  stopped: Set<string>,
): JsonObject | undefined => {
  const [, id, rest] = /^\/v1\/responses\/(resp_[^/]+)(?:\/([a-z_]+))?$/.exec(at) ?? [];
  if (id === undefined) return undefined;
  const stored = store.response(id, organisation);
  if (!stored)
    throw new WireProblem(404, `Response with id '${id}' not found.`, {
      type: 'invalid_request_error',
      code: 'response_not_found',
    });
  if (method === 'GET' && rest === undefined) return stored.response;
  if (method === 'DELETE' && rest === undefined) {
    store.forget(id);
    return { id, object: 'response', deleted: true };
  }
  if (method === 'GET' && rest === 'input_items') return listOf(stored.input.toReversed());
  if (method !== 'POST' || rest !== 'cancel')
    throw new WireProblem(405, `Invalid method for URL (${method} ${at})`, { type: 'invalid_request_error' });
  if (stored.response.background !== true)
    throw new WireProblem(400, 'Only responses created with background=true can be cancelled.', {
      param: 'response_id',
    });
  if (stored.response.status === 'completed') return stored.response;
  stopped.add(id);
  const response = { ...stored.response, status: 'cancelled' };
  store.keep(id, { ...stored, response });
  return response;
};

const listOf = (data: readonly JsonObject[]): JsonObject => ({
  object: 'list',
  data,
  first_id: data[0]?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more: false,
});

const withIds = (items: readonly JsonObject[], unique: () => string): readonly JsonObject[] =>
  items.map((item) => {
    if (item.id !== undefined && item.id !== null) return item;
    const type = item.type ?? 'message';
    const content =
      type === 'message' && typeof item.content === 'string'
        ? [{ type: item.role === 'assistant' ? 'output_text' : 'input_text', text: item.content }]
        : item.content;
    const prefix = type === 'message' ? 'msg' : String(type).startsWith('custom') ? 'ctc' : 'fc';
    return { ...item, id: `${prefix}_${unique()}`, type, ...(content !== undefined && { content }) };
  });
