import type { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { ErrorClass, UpstreamError } from '../../core/reply.ts';
import type { Headers, WrittenError } from '../dialect.ts';
import { readRetryAfter } from '../retry-after.ts';
import { statusClasses } from '../status-classes.ts';

const maxMessageLength = 4000;
/** More than this is "do not retry". */
const maxToldRetryMs = 60_000;

/** Sorts an error answer: machine-readable reasons first, then Google's status word, the HTTP status last. */
export const readError = (status: number, body: JsonObject | undefined, headers: Headers): UpstreamError => {
  const retryAfterMs = readRetryAfter(headers) ?? readRetryDelay(body);
  return { ...sorted(status, body), status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
};

/** The same of an error inside a stream, or in a body that came with status 200. */
export const readErrorBody = (body: JsonObject): UpstreamError => {
  const retryAfterMs = readRetryDelay(body);
  return { ...sorted(undefined, body), ...(retryAfterMs !== undefined && { retryAfterMs }) };
};

const sorted = (status: number | undefined, body: JsonObject | undefined): UpstreamError => {
  const error: JsonObject = isObject(body?.error) ? body.error : {};
  const word = textOf(error.status) ?? textOf(error.code);
  const reason = detailsOf(error).flatMap((detail) => textOf(detail.reason) ?? [])[0];
  const code = status ?? (typeof error.code === 'number' ? error.code : undefined);
  const message =
    textOf(error.message) ??
    textOf(body?.error) ??
    textOf(body?.message) ??
    (status === undefined ? 'an error without a message' : `status ${status} without a message`);
  const vendorCode = reason ?? word;
  return {
    class: classOf(code, word, reason, message, error),
    message: message.slice(0, maxMessageLength),
    ...(vendorCode !== undefined && { vendorCode }),
  };
};

const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const detailsOf = ({ details }: JsonObject): readonly JsonObject[] =>
  Array.isArray(details) ? details.filter(isObject) : [];

const classOf = (
  status: number | undefined,
  word: string | undefined,
  reason: string | undefined,
  message: string,
  error: JsonObject,
): ErrorClass => {
  const byReason = reasonClasses.get(reason ?? '');
  if (byReason) return byReason;
  const byWord = wordClasses.get(word ?? '');
  const byStatus = status === undefined ? undefined : classByStatus.get(status);
  const found = byWord ?? byStatus;
  if (found === 'bad-request') {
    if (tooLong.test(message)) return 'context-too-long';
    if (tooLarge.test(message)) return 'too-large';
    if (badKey.test(message)) return 'bad-key';
    if (/location is not supported/i.test(message)) return 'forbidden';
  }
  if ((found === 'rate-limited' || found === 'bad-request') && isOutOfCredit(message, error))
    return 'no-credit';
  if (found) return found;
  if (status === undefined || status < 400) return 'upstream-bad';
  return status < 500 ? 'bad-request' : 'upstream-bad';
};

const tooLong = /token count[^.]{0,80}exceeds|exceeds the maximum number of tokens|input is too long/i;
const tooLarge = /payload size exceeds/i;
const badKey = /API key (?:not valid|expired)|invalid API key/i;

/** A day's quota comes back no sooner than money does; a minute's is a mere pause. */
const isOutOfCredit = (message: string, error: JsonObject): boolean =>
  /credits are depleted|enable billing|spend(?:ing)? (?:cap|limit)/i.test(message) ||
  detailsOf(error).some(
    ({ violations }) =>
      Array.isArray(violations) &&
      violations.some((one) => isObject(one) && /per_?day/i.test(textOf(one.quotaId) ?? '')),
  );

const reasonClasses: ReadonlyMap<string, ErrorClass> = new Map([
  ['API_KEY_INVALID', 'bad-key'],
  ['API_KEY_EXPIRED', 'bad-key'],
  ['ACCESS_TOKEN_EXPIRED', 'bad-key'],
  ['API_KEY_SERVICE_BLOCKED', 'forbidden'],
  ['SERVICE_DISABLED', 'forbidden'],
  ['CONSUMER_SUSPENDED', 'forbidden'],
  ['BILLING_DISABLED', 'no-credit'],
  ['RATE_LIMIT_EXCEEDED', 'rate-limited'],
]);

const wordClasses: ReadonlyMap<string, ErrorClass> = new Map([
  ['INVALID_ARGUMENT', 'bad-request'],
  ['FAILED_PRECONDITION', 'bad-request'],
  ['OUT_OF_RANGE', 'bad-request'],
  ['invalid_request', 'bad-request'],
  ['UNAUTHENTICATED', 'bad-key'],
  ['PERMISSION_DENIED', 'forbidden'],
  ['NOT_FOUND', 'not-found'],
  ['ABORTED', 'conflict'],
  ['ALREADY_EXISTS', 'conflict'],
  ['RESOURCE_EXHAUSTED', 'rate-limited'],
  ['CANCELLED', 'client-gone'],
  ['INTERNAL', 'internal'],
  ['UNKNOWN', 'internal'],
  ['UNAVAILABLE', 'overloaded'],
  ['DEADLINE_EXCEEDED', 'timeout'],
]);

const classByStatus: ReadonlyMap<number, ErrorClass> = new Map([...statusClasses, [400, 'bad-request']]);

/** `RetryInfo` says it in the body: "7s", "1.5s". */
const readRetryDelay = (body: JsonObject | undefined): number | undefined => {
  for (const { retryDelay } of detailsOf(isObject(body?.error) ? body.error : {}))
    if (typeof retryDelay === 'string' && retryDelay.endsWith('s'))
      return readRetryAfter({ 'retry-after': retryDelay.slice(0, -1) });
  return undefined;
};

export const writeError = (error: GatewayError, requestId: string): WrittenError => {
  const told = toldRetryMs(error);
  return {
    status: statusOf(error),
    body: errorBody(error),
    headers: {
      'x-request-id': requestId,
      'x-should-retry': `${error.canRetry && (told !== undefined || error.retryAfterMs === undefined)}`,
      ...(told !== undefined && { 'retry-after': `${Math.ceil(told / 1000)}` }),
    },
  };
};

/** In a stream Google has one word for an upstream that went away: 503. */
export const writeStreamError = (error: GatewayError): string =>
  errorFrame(errorBody(error, error.status === 502 ? 503 : statusOf(error)));

export const errorFrame = (body: JsonObject): string => `data: ${JSON.stringify(body)}\n\n`;

const toldRetryMs = ({ retryAfterMs }: GatewayError): number | undefined =>
  retryAfterMs !== undefined && retryAfterMs <= maxToldRetryMs ? retryAfterMs : undefined;

const errorBody = (error: GatewayError, code = statusOf(error)): JsonObject => {
  const told = toldRetryMs(error);
  const type = 'type.googleapis.com/google.rpc.';
  return {
    error: {
      code,
      message: worded(error),
      status: statusWords[error.class],
      details: [
        {
          '@type': `${type}ErrorInfo`,
          reason: error.code.toUpperCase().replaceAll('-', '_'),
          domain: 'tierwise',
        },
        ...(error.param === undefined
          ? []
          : [
              {
                '@type': `${type}BadRequest`,
                fieldViolations: [{ field: error.param, description: error.message }],
              },
            ]),
        ...(told === undefined
          ? []
          : [{ '@type': `${type}RetryInfo`, retryDelay: `${Math.ceil(told / 1000)}s` }]),
      ],
    },
  };
};

/** Clients know a prompt that is too long by these words alone. */
const worded = ({ class: sort, message, param }: GatewayError): string => {
  if (sort === 'context-too-long' && !tooLong.test(message))
    return `The input token count exceeds the maximum number of tokens allowed: ${message}`;
  return param === undefined || message.includes(param) ? message : `${param}: ${message}`;
};

/** Google has no word for 402 and 413: money is a quota, and a body is an argument. */
const statusOf = (error: GatewayError): number => {
  if (error.class === 'no-credit') return 429;
  return error.class === 'too-large' && error.status === 413 ? 400 : error.status;
};

const statusWords: Readonly<Record<ErrorClass, string>> = {
  'bad-request': 'INVALID_ARGUMENT',
  'context-too-long': 'INVALID_ARGUMENT',
  'bad-key': 'UNAUTHENTICATED',
  'no-credit': 'RESOURCE_EXHAUSTED',
  forbidden: 'PERMISSION_DENIED',
  'not-found': 'NOT_FOUND',
  conflict: 'ABORTED',
  'too-large': 'INVALID_ARGUMENT',
  'rate-limited': 'RESOURCE_EXHAUSTED',
  'client-gone': 'CANCELLED',
  internal: 'INTERNAL',
  'upstream-bad': 'UNAVAILABLE',
  overloaded: 'UNAVAILABLE',
  timeout: 'DEADLINE_EXCEEDED',
};
