import type { JsonObject } from '../../../core/json.ts';
import type { BookTokens } from '../../book.ts';
import type { Call, Piece, Speech, SpokenCall, StreamFrames, WireProblem } from '../wire.ts';

const fingerprint = 'fp_simulated';

export const writeChatReply = (call: Call, speech: Speech, tokens: BookTokens): JsonObject => ({
  id: call.id,
  object: 'chat.completion',
  created: call.createdSec,
  model: call.model,
  choices: Array.from({ length: call.ask.choices }, (_, index) => ({
    index,
    message: messageOf(speech),
    logprobs: null,
    finish_reason: finishOf(speech),
  })),
  ...(call.tellsUsage && { usage: usageOf(tokens) }),
  service_tier: 'default',
  system_fingerprint: fingerprint,
});

/** Frames of one Chat stream. With several choices each piece is told once for each of them. */
export const writeChatStream = (call: Call): StreamFrames => {
  const { ask, speech } = call;
  const tellsUsage = ask.wantsUsage && call.tellsUsage;
  const head = `data: {"id":${JSON.stringify(call.id)},"object":"chat.completion.chunk","created":${call.createdSec},"model":${JSON.stringify(call.model)},"service_tier":"default","system_fingerprint":"${fingerprint}","choices":[`;
  const tail = tellsUsage ? '],"usage":null}\n\n' : ']}\n\n';
  const frame = (delta: string, finish: string): string => {
    let frames = '';
    for (let index = 0; index < ask.choices; index += 1)
      frames += `${head}{"index":${index},"delta":${delta},"logprobs":null,"finish_reason":${finish}}${tail}`;
    return frames;
  };
  return {
    start: () => frame('{"role":"assistant","content":"","refusal":null}', 'null'),
    piece: (piece) => {
      const delta = deltaOf(piece, speech.calls);
      return delta === '' ? '' : frame(delta, 'null');
    },
    end: (tokens) => {
      const usage = tellsUsage ? `${head}],"usage":${JSON.stringify(usageOf(tokens))}}\n\n` : '';
      return `${frame('{}', JSON.stringify(finishOf(speech)))}${usage}data: [DONE]\n\n`;
    },
    error: (problem) => `data: ${JSON.stringify(writeChatError(problem))}\n\n`,
  };
};

const deltaOf = ({ kind, text, call }: Piece, calls: readonly SpokenCall[]): string => {
  switch (kind) {
    case 'text':
      return `{"content":${JSON.stringify(text)}}`;
    case 'refusal':
      return `{"refusal":${JSON.stringify(text)}}`;
    case 'call': {
      const { id, isFreeText } = calls[call] as SpokenCall;
      return isFreeText
        ? `{"tool_calls":[{"index":${call},"id":"${id}","type":"custom","custom":{"name":${JSON.stringify(text)},"input":""}}]}`
        : `{"tool_calls":[{"index":${call},"id":"${id}","type":"function","function":{"name":${JSON.stringify(text)},"arguments":""}}]}`;
    }
    case 'arguments':
      return calls[call]?.isFreeText
        ? `{"tool_calls":[{"index":${call},"custom":{"input":${JSON.stringify(text)}}}]}`
        : `{"tool_calls":[{"index":${call},"function":{"arguments":${JSON.stringify(text)}}}]}`;
    default:
      return '';
  }
};

const messageOf = ({ pieces, calls }: Speech): JsonObject => {
  const said = (kind: Piece['kind']): string =>
    pieces.reduce((text, piece) => (piece.kind === kind ? text + piece.text : text), '');
  const text = said('text');
  const refusal = said('refusal');
  const begun = calls.filter((_, index) =>
    pieces.some(({ kind, call }) => kind === 'call' && call === index),
  );
  const argumentsOf = (index: number): string =>
    pieces.reduce(
      (whole, { kind, call, text: part }) => (kind === 'arguments' && call === index ? whole + part : whole),
      '',
    );
  return {
    role: 'assistant',
    content: text || (refusal || begun.length > 0 ? null : ''),
    refusal: refusal || null,
    annotations: [],
    ...(begun.length > 0 && {
      tool_calls: begun.map(({ id, name, isFreeText }, index) =>
        isFreeText
          ? { id, type: 'custom', custom: { name, input: argumentsOf(index) } }
          : { id, type: 'function', function: { name, arguments: argumentsOf(index) } },
      ),
    }),
  };
};

const finishOf = ({ end, calls }: Speech): string => {
  switch (end) {
    case 'length':
      return 'length';
    case 'content-filter':
    case 'blocked':
      return 'content_filter';
    case 'tool-calls':
    case 'malformed-call':
      return calls.length > 0 ? 'tool_calls' : 'stop';
    default:
      return 'stop';
  }
};

const usageOf = (tokens: BookTokens): JsonObject => {
  const prompt = tokens.uncached + tokens.cacheRead + tokens.cacheWrite30m;
  const completion = tokens.visible + tokens.reasoning;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: tokens.cacheRead,
      cache_write_tokens: tokens.cacheWrite30m,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: tokens.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
};

export const writeChatError = ({ status, message, type, code, param }: WireProblem): JsonObject => ({
  error: { message, type: type ?? typeOf(status), param, code: code ?? codeOf(status) },
});

const typeOf = (status: number): string => {
  if (status >= 500) return 'server_error';
  if (status === 429) return 'requests';
  return 'invalid_request_error';
};

const codeOf = (status: number): string | null =>
  ({
    401: 'invalid_api_key',
    404: 'model_not_found',
    429: 'rate_limit_exceeded',
    503: 'server_is_overloaded',
  })[status] ?? null;
