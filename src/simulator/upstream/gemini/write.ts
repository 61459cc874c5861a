import type { JsonObject } from '../../../core/json.ts';
import { type BookTokens, noTokens } from '../../book.ts';
import type { Call, Piece, Speech, StreamFrames, WireProblem } from '../wire.ts';
import { signedPart } from './read-contents.ts';
import { signPart } from './signature.ts';

export const writeContent = (call: Call, speech: Speech, tokens: BookTokens): JsonObject => {
  if (speech.end === 'blocked') return { promptFeedback, ...tailOf(call, tokens) };
  const parts = partsOf(call, speech);
  const candidates = Array.from({ length: call.ask.choices }, (_, index) => ({
    content: parts.length > 0 ? { role: 'model', parts } : { role: 'model' },
    finishReason: finishOf(speech),
    ...(speech.end === 'malformed-call' && { finishMessage: 'Malformed function call.' }),
    index,
  }));
  return { candidates, ...tailOf(call, tokens) };
};

const promptFeedback = { blockReason: 'SAFETY', safetyRatings: [] };

/**
 * Frames of one stream: text in increments, calls whole, usage cumulative in every frame. As events each
 * is a response by itself; as an array they are its elements.
 */
export const writeContentStream = (call: Call): StreamFrames => {
  const { ask, speech } = call;
  const isArray = ask.memo.isArray === true;
  const counted = { visible: 0, reasoning: 0 };
  let isFirst = true;
  let openCall: { readonly at: number; text: string } | undefined;
  let hasSigned = false;
  const frame = (body: JsonObject): string => {
    const text = JSON.stringify(body);
    const before = isFirst ? '[' : ',\n';
    isFirst = false;
    return isArray ? before + text : `data: ${text}\n\n`;
  };
  const told = (parts: readonly JsonObject[]): string =>
    frame({
      candidates: Array.from({ length: ask.choices }, (_, index) => ({
        content: { role: 'model', parts },
        index,
      })),
      ...tailOf(call, { ...call.promptTokens, ...counted }),
    });
  const close = (): string => {
    if (!openCall) return '';
    const parts = callPart(call, openCall.at, openCall.text, !hasSigned);
    openCall = undefined;
    if (parts.length === 0) return '';
    hasSigned = true;
    return told(parts);
  };
  return {
    ...(isArray && { contentType: 'application/json; charset=UTF-8' }),
    start: () => '',
    piece: ({ kind, text, call: at, tokens }) => {
      counted[kind === 'hidden' || kind === 'thinking' ? 'reasoning' : 'visible'] += tokens;
      switch (kind) {
        case 'thinking':
          return told([{ text, thought: true }]);
        case 'text':
          return told([{ text }]);
        case 'call': {
          const before = close();
          openCall = { at, text: '' };
          return before;
        }
        case 'arguments':
          if (openCall) openCall.text += text;
          return '';
        default:
          return '';
      }
    },
    end: (tokens) => {
      const before = close();
      const parts = signsText(call)
        ? [{ text: '', thoughtSignature: signPart({ text: '' }) }]
        : [{ text: '' }];
      const last =
        speech.end === 'blocked'
          ? { promptFeedback, ...tailOf(call, tokens) }
          : {
              candidates: Array.from({ length: ask.choices }, (_, index) => ({
                content:
                  speech.end === 'malformed-call' || speech.end === 'refusal'
                    ? { role: 'model' }
                    : { role: 'model', parts },
                finishReason: finishOf(speech),
                index,
              })),
              ...tailOf(call, tokens),
            };
      return `${before}${frame(last)}${isArray ? ']\n' : ''}`;
    },
    error: (problem) => `${frame(writeGoogleError(problem))}${isArray ? ']\n' : ''}`,
  };
};

const partsOf = (call: Call, { pieces, calls, end }: Speech): readonly JsonObject[] => {
  const said = (kind: Piece['kind'], at = 0): string =>
    pieces.reduce((text, piece) => (piece.kind === kind && piece.call === at ? text + piece.text : text), '');
  const thoughts = said('thinking');
  const text = said('text');
  const begun = pieces.flatMap(({ kind, call: at }) => (kind === 'call' && calls[at] ? [at] : []));
  const made: readonly JsonObject[] =
    end === 'malformed-call'
      ? []
      : begun.flatMap((at, index) => callPart(call, at, said('arguments', at), index === 0));
  return [
    ...(thoughts ? [{ text: thoughts, thought: true }] : []),
    ...(text ? [{ text, ...(signsText(call) && { thoughtSignature: signPart({ text }) }) }] : []),
    ...made,
  ];
};

/** Nothing where the limit cut it: a call is told whole or not at all. */
const callPart = (
  { ask, speech }: Call,
  at: number,
  text: string,
  isFirst: boolean,
): readonly JsonObject[] => {
  const spoken = speech.calls[at];
  if (!spoken || spoken.argumentsText !== text || speech.end === 'malformed-call') return [];
  const call = { name: spoken.name, args: JSON.parse(text || '{}') as JsonObject };
  const isSigning = Number(ask.memo.generation) >= 3;
  return [
    {
      functionCall: isSigning ? { id: spoken.id, ...call } : call,
      ...(isSigning && isFirst && { thoughtSignature: signPart(signedPart(call)) }),
    },
  ];
};

const signsText = ({ ask, speech }: Call): boolean =>
  Number(ask.memo.generation) >= 3 &&
  ask.thinking.type !== 'none' &&
  speech.calls.length === 0 &&
  speech.end === 'stop';

const finishOf = ({ end }: Speech): string =>
  ({
    stop: 'STOP',
    'stop-sequence': 'STOP',
    length: 'MAX_TOKENS',
    'tool-calls': 'STOP',
    refusal: 'SAFETY',
    'content-filter': 'SAFETY',
    blocked: 'SAFETY',
    'malformed-call': 'MALFORMED_FUNCTION_CALL',
  })[end];

const tailOf = (call: Call, tokens: BookTokens): JsonObject => ({
  ...(call.tellsUsage && { usageMetadata: usageOf(tokens) }),
  modelVersion: call.model,
  responseId: call.id,
});

/** Cached tokens are part of the prompt's; thoughts are no part of the candidates'. */
export const usageOf = (tokens: BookTokens = noTokens): JsonObject => {
  const prompt = tokens.uncached + tokens.cacheRead;
  return {
    promptTokenCount: prompt,
    ...(tokens.cacheRead > 0 && { cachedContentTokenCount: tokens.cacheRead }),
    candidatesTokenCount: tokens.visible,
    ...(tokens.reasoning > 0 && { thoughtsTokenCount: tokens.reasoning }),
    totalTokenCount: prompt + tokens.visible + tokens.reasoning,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
  };
};

export const writeGoogleError = (problem: WireProblem): JsonObject => {
  const { status, message, type, headers } = problem;
  const code = statusOfGoogle(problem);
  return {
    error: {
      code,
      message: status === 401 ? 'API key not valid. Please pass a valid API key.' : message,
      status: status === 401 ? 'INVALID_ARGUMENT' : isGoogleStatus(type) ? type : nameOf(status),
      ...detailsOf(status, headers['retry-after']),
    },
  };
};

/** A bad key is a bad request here, and 529 is not known. */
export const statusOfGoogle = ({ status }: Pick<WireProblem, 'status'>): number =>
  status === 401 ? 400 : status === 529 ? 503 : status;

const isGoogleStatus = (type: string | undefined): boolean => type !== undefined && /^[A-Z_]+$/.test(type);

const nameOf = (status: number): string =>
  ({
    400: 'INVALID_ARGUMENT',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    409: 'ABORTED',
    429: 'RESOURCE_EXHAUSTED',
    499: 'CANCELLED',
    500: 'INTERNAL',
    504: 'DEADLINE_EXCEEDED',
  })[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE');

const detailsOf = (status: number, retryAfter: string | undefined): JsonObject => {
  if (status === 401)
    return {
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'API_KEY_INVALID',
          domain: 'googleapis.com',
        },
      ],
    };
  if (status !== 429) return {};
  return {
    details: [
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${Number(retryAfter) || 1}s` },
    ],
  };
};
