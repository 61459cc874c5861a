import type { JsonObject } from '../../../core/json.ts';
import type { BookTokens } from '../../book.ts';
import type { Call, Piece, Speech, SpokenCall, StreamFrames, WireProblem } from '../wire.ts';
import { sign } from './signature.ts';

export const writeMessage = (call: Call, speech: Speech, tokens: BookTokens): JsonObject => ({
  id: call.id,
  type: 'message',
  role: 'assistant',
  model: call.model,
  content: blocksOf(call, speech),
  ...endOf(speech),
  ...(call.tellsUsage && { usage: usageOf(tokens) }),
});

/** Frames of one Messages stream: one block open at a time. */
export const writeMessageStream = (call: Call): StreamFrames => {
  const { ask, speech } = call;
  let index = -1;
  let open: 'thinking' | 'text' | 'call' | undefined;
  const close = (): string => {
    if (open === undefined) return '';
    open = undefined;
    return event('content_block_stop', { index });
  };
  const begin = (kind: 'thinking' | 'text' | 'call', block: JsonObject): string => {
    const closing = close();
    index += 1;
    open = kind;
    const ping = index === 0 ? event('ping', {}) : '';
    return `${closing}${event('content_block_start', { index, content_block: block })}${ping}`;
  };
  const delta = (change: JsonObject): string => event('content_block_delta', { index, delta: change });
  const thinkingBlock = { type: 'thinking', thinking: '', signature: '' };
  return {
    start: () =>
      event('message_start', {
        message: {
          id: call.id,
          type: 'message',
          role: 'assistant',
          model: call.model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          ...(call.tellsUsage && { usage: { ...usageOf(call.promptTokens), output_tokens: 1 } }),
        },
      }),
    piece: ({ kind, text, call: at }) => {
      switch (kind) {
        case 'thinking': {
          const beginning = open === 'thinking' ? '' : begin('thinking', thinkingBlock);
          return ask.thinking.type === 'signed'
            ? beginning
            : beginning + delta({ type: 'thinking_delta', thinking: text });
        }
        case 'signature': {
          const beginning = open === 'thinking' ? '' : begin('thinking', thinkingBlock);
          return beginning + delta({ type: 'signature_delta', signature: signed(call, text) }) + close();
        }
        case 'text':
          return (
            (open === 'text' ? '' : begin('text', { type: 'text', text: '' })) +
            delta({ type: 'text_delta', text })
          );
        case 'call': {
          const { id } = speech.calls[at] as SpokenCall;
          return (
            begin('call', { type: 'tool_use', id, name: text, input: {} }) +
            delta({ type: 'input_json_delta', partial_json: '' })
          );
        }
        case 'arguments':
          return delta({ type: 'input_json_delta', partial_json: text });
        default:
          return '';
      }
    },
    end: (tokens) =>
      close() +
      event('message_delta', { delta: endOf(speech), ...(call.tellsUsage && { usage: usageOf(tokens) }) }) +
      event('message_stop', {}),
    error: (problem) =>
      `event: error\ndata: ${JSON.stringify(writeMessagesError(problem, call.requestId))}\n\n`,
  };
};

const signed = ({ model, ask: { memo, organisation } }: Call, thinking: string): string =>
  sign({
    model,
    thinking,
    bond: memo.isBound
      ? { organisation, endUser: String(memo.endUser), prefix: String(memo.prefix) }
      : undefined,
  });

const event = (type: string, data: JsonObject): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

const blocksOf = (call: Call, { pieces, calls }: Speech): readonly JsonObject[] => {
  const said = (kind: Piece['kind'], at = 0): string =>
    pieces.reduce((text, piece) => (piece.kind === kind && piece.call === at ? text + piece.text : text), '');
  const blocks: JsonObject[] = [];
  const thought = pieces.find(({ kind }) => kind === 'signature');
  if (thought)
    blocks.push({
      type: 'thinking',
      thinking: call.ask.thinking.type === 'signed' ? '' : said('thinking'),
      signature: signed(call, thought.text),
    });
  const text = said('text');
  if (text) blocks.push({ type: 'text', text });
  for (const { kind, call: at } of pieces) {
    const spoken = kind === 'call' ? calls[at] : undefined;
    if (spoken)
      blocks.push({
        type: 'tool_use',
        id: spoken.id,
        name: spoken.name,
        input: inputOf(said('arguments', at)),
      });
  }
  return blocks;
};

/** Arguments that the limit cut in two are no JSON any more. */
const inputOf = (text: string): JsonObject => {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return {};
  }
};

const endOf = ({ end, stopSequence }: Speech): JsonObject => ({
  stop_reason: {
    stop: 'end_turn',
    'stop-sequence': 'stop_sequence',
    length: 'max_tokens',
    'tool-calls': 'tool_use',
    refusal: 'refusal',
    'content-filter': 'refusal',
    blocked: 'refusal',
    'malformed-call': 'tool_use',
  }[end],
  stop_sequence: stopSequence,
  ...(['refusal', 'content-filter', 'blocked'].includes(end) && {
    stop_details: { type: 'refusal', category: null, explanation: 'The model declined.' },
  }),
});

const usageOf = (tokens: BookTokens): JsonObject => ({
  input_tokens: tokens.uncached,
  cache_creation_input_tokens: tokens.cacheWrite5m + tokens.cacheWrite1h,
  cache_read_input_tokens: tokens.cacheRead,
  cache_creation: {
    ephemeral_5m_input_tokens: tokens.cacheWrite5m,
    ephemeral_1h_input_tokens: tokens.cacheWrite1h,
  },
  output_tokens: tokens.visible + tokens.reasoning,
  output_tokens_details: { thinking_tokens: tokens.reasoning },
  service_tier: 'standard',
});

export const writeMessagesError = (
  { status, message, type, code }: WireProblem,
  requestId: string,
): JsonObject => ({
  type: 'error',
  error: { type: type ?? typeOf(status), message, ...(code && { details: { error_code: code } }) },
  request_id: requestId,
});

const typeOf = (status: number): string =>
  ({
    401: 'authentication_error',
    402: 'billing_error',
    403: 'permission_error',
    404: 'not_found_error',
    409: 'conflict_error',
    413: 'request_too_large',
    429: 'rate_limit_error',
    504: 'timeout_error',
    529: 'overloaded_error',
  })[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
