import type { JsonObject } from '../../../core/json.ts';
import type { BookTokens } from '../../book.ts';
import type { Call, Piece } from '../wire.ts';
import { seal } from './encrypted.ts';

/** The items of an answer, in the order in which they are told; what was cut off is incomplete. */
export const outputOf = (call: Call): readonly JsonObject[] => {
  const { pieces, calls, end } = call.speech;
  const said = (kind: Piece['kind'], at?: number): string =>
    pieces.reduce(
      (text, piece) =>
        piece.kind === kind && (at === undefined || piece.call === at) ? text + piece.text : text,
      '',
    );
  const items: JsonObject[] = [];
  if (pieces.some(({ kind }) => isThought(kind))) items.push(reasoningItem(call, said('thinking')));
  const text = said('text');
  const refusal = said('refusal');
  if (text || refusal || (pieces.length === 0 && end === 'stop'))
    items.push({
      id: itemId('msg', call),
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [refusal ? { type: 'refusal', refusal } : textPart(text)],
    });
  for (const { kind, call: at } of pieces) {
    const spoken = kind === 'call' ? calls[at] : undefined;
    if (!spoken) continue;
    const words = said('arguments', at);
    items.push({
      id: itemId(spoken.isFreeText ? 'ctc' : 'fc', call, at),
      type: spoken.isFreeText ? 'custom_tool_call' : 'function_call',
      status: 'completed',
      ...(spoken.isFreeText ? { input: words } : { arguments: words }),
      call_id: spoken.id,
      name: spoken.name,
    });
  }
  const last = items.at(-1);
  return statusOf(call) === 'incomplete' && last && last.type !== 'reasoning'
    ? [...items.slice(0, -1), { ...last, status: 'incomplete' }]
    : items;
};

export const isThought = (kind: Piece['kind']): boolean =>
  kind === 'hidden' || kind === 'thinking' || kind === 'signature';

export const textPart = (text: string): JsonObject => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: [],
});

const itemId = (prefix: string, { id }: Call, at = 0): string =>
  `${prefix}_${id.slice('resp_'.length)}${at || ''}`;

/** In parts where a summary was asked for; sealed where whoever asked wants to bring it back himself. */
const reasoningItem = (call: Call, thoughts: string): JsonObject => {
  const { include, store } = call.ask.memo;
  const wantsSealed = Array.isArray(include) && include.includes('reasoning.encrypted_content');
  return {
    id: itemId('rs', call),
    type: 'reasoning',
    summary: thoughts ? [{ type: 'summary_text', text: thoughts }] : [],
    ...((wantsSealed || store === false) && {
      encrypted_content: wantsSealed
        ? seal({ organisation: call.ask.organisation, model: call.model, responseId: call.id })
        : null,
    }),
  };
};

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'cancelled' | 'failed';

export const statusOf = ({ speech: { end } }: Call): ResponseStatus =>
  end === 'length' || end === 'content-filter' || end === 'blocked' ? 'incomplete' : 'completed';

/** The response itself; what it echoes is what was asked. */
export const responseOf = (
  call: Call,
  status: ResponseStatus,
  output: readonly JsonObject[],
  tokens: BookTokens | undefined,
): JsonObject => {
  const { memo } = call.ask;
  const { end } = call.speech;
  const transformations = memo.transformations as readonly JsonObject[];
  return {
    id: call.id,
    object: 'response',
    created_at: call.createdSec,
    status,
    background: memo.background ?? false,
    error: null,
    incomplete_details:
      status === 'incomplete' ? { reason: end === 'length' ? 'max_output_tokens' : 'content_filter' } : null,
    instructions: memo.instructions ?? null,
    max_output_tokens: memo.max_output_tokens ?? null,
    model: call.model,
    output,
    parallel_tool_calls: memo.parallel_tool_calls ?? true,
    previous_response_id: memo.previous_response_id ?? null,
    reasoning: { effort: memo.effort === 'none' ? null : memo.effort, summary: summaryOf(memo) },
    service_tier: 'default',
    store: memo.store ?? true,
    temperature: memo.temperature ?? 1,
    text: memo.text ?? { format: { type: 'text' } },
    tool_choice: memo.tool_choice ?? 'auto',
    tools: memo.tools ?? [],
    top_p: memo.top_p ?? 1,
    truncation: memo.truncation ?? 'disabled',
    usage: tokens && call.tellsUsage ? usageOf(tokens) : null,
    user: memo.user ?? null,
    metadata: memo.metadata ?? {},
    ...(transformations.length > 0 && { input_transformations: transformations }),
  };
};

const summaryOf = ({ reasoning }: JsonObject): string | null => {
  const summary = (reasoning as JsonObject | null | undefined)?.summary;
  return typeof summary === 'string' ? summary : null;
};

const usageOf = (tokens: BookTokens): JsonObject => {
  const input = tokens.uncached + tokens.cacheRead + tokens.cacheWrite30m;
  const output = tokens.visible + tokens.reasoning;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: tokens.cacheRead,
      cache_write_tokens: tokens.cacheWrite30m,
      cache_write_tokens_details: { ttl_30m_tokens: tokens.cacheWrite30m, ttl_12h_tokens: 0 },
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: tokens.reasoning },
    total_tokens: input + output,
  };
};
