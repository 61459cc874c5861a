import type { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { ErrorClass, UpstreamError } from '../../core/reply.ts';
import type { Headers, WrittenError } from '../dialect.ts';
import { readRetryAfter } from '../retry-after.ts';

const maxMessageLength = 4000;
/** Anthropic's SDK sleeps as long as it is told, an hour if need be: more than this is "do not retry". */
const maxToldRetryMs = 60_000;

/** Sorts an error answer. Codes come before types, types before the status, wording last: it is declared unstable. */
export const readError = (status: number, body: JsonObject | undefined, headers: Headers): UpstreamError => {
  const retryAfterMs = readRetryAfter(headers);
  return { ...sorted(status, body), status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
};

/** The same of an `error` event in a stream, where there is no status. */
export const readErrorEvent = (data: JsonObject): UpstreamError => sorted(undefined, data);

const sorted = (status: number | undefined, body: JsonObject | undefined): UpstreamError => {
  const error = isObject(body?.error) ? body.error : {};
  const type = textOf(error.type) ?? textOf(error.code);
  const code = isObject(error.details) ? textOf(error.details.error_code) : undefined;
  const message = messageOf(status, body, error);
  const vendorCode = code ?? type;
  return {
    class: classOf(status, type, code, message),
    message: message.slice(0, maxMessageLength),
    ...(vendorCode !== undefined && { vendorCode }),
  };
};

const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const messageOf = (status: number | undefined, body: JsonObject | undefined, error: JsonObject): string =>
  textOf(error.message) ??
  textOf(body?.error) ??
  textOf(body?.message) ??
  textOf(body?.detail) ??
  (status === undefined ? 'an error without a message' : `status ${status} without a message`);

const classOf = (
  status: number | undefined,
  type: string | undefined,
  code: string | undefined,
  message: string,
): ErrorClass => {
  const byCode = codeClasses.get(code ?? '');
  if (byCode) return byCode;
  const byType = typeClasses.get(type ?? '');
  const isRequestError =
    byType === 'bad-request' || byType === 'too-large' || (!byType && (status === 400 || status === 413));
  if (isRequestError && tooLong.test(message)) return 'context-too-long';
  if ((isRequestError || byType === 'rate-limited' || status === 403) && noCredit.test(message))
    return 'no-credit';
  // "api_error" is what every server fault is called: there the status says more
  if (byType && byType !== 'internal') return byType;
  if (status === undefined || status < 400) return byType ?? 'upstream-bad';
  return statusClasses.get(status) ?? (status < 500 ? 'bad-request' : 'upstream-bad');
};

const tooLong =
  /prompt is too long|exceeds? (?:the )?(?:model's )?(?:maximum )?context|context (?:limit|window|length)|input is too long/i;

const noCredit = /credit balance|usage limits?\b|spend(?:ing)? limit/i;

const codeClasses: ReadonlyMap<string, ErrorClass> = new Map([
  ['ramp_limit_exceeded', 'rate-limited'],
  ['enforced_spend_limit_reached', 'no-credit'],
  ['contract_spend_limit_reached', 'no-credit'],
  ['linked_organization_spend_limit_reached', 'no-credit'],
  ['linked_organization_billing_unavailable', 'no-credit'],
  ['organization_on_hold', 'forbidden'],
  ['request_body_too_large_after_decoding', 'too-large'],
  ['image_dimensions_too_large', 'bad-request'],
]);

const typeClasses: ReadonlyMap<string, ErrorClass> = new Map([
  ['invalid_request_error', 'bad-request'],
  ['authentication_error', 'bad-key'],
  ['billing_error', 'no-credit'],
  ['permission_error', 'forbidden'],
  ['not_found_error', 'not-found'],
  ['conflict_error', 'conflict'],
  ['request_too_large', 'too-large'],
  ['rate_limit_error', 'rate-limited'],
  ['api_error', 'internal'],
  ['overloaded_error', 'overloaded'],
  ['timeout_error', 'timeout'],
]);

const statusClasses: ReadonlyMap<number, ErrorClass> = new Map([
  [400, 'bad-request'],
  [401, 'bad-key'],
  [402, 'no-credit'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [408, 'timeout'],
  [409, 'conflict'],
  [413, 'too-large'],
  [429, 'rate-limited'],
  [500, 'internal'],
  [502, 'upstream-bad'],
  [503, 'overloaded'],
  [504, 'timeout'],
  [529, 'overloaded'],
]);

export const writeError = (error: GatewayError, requestId: string): WrittenError => {
  const { retryAfterMs } = error;
  const isTooLate = retryAfterMs !== undefined && retryAfterMs > maxToldRetryMs;
  return {
    // what the vendor itself answers when it is overloaded, and what its SDKs retry
    status: error.class === 'overloaded' ? 529 : error.status,
    body: errorBody(error, requestId),
    headers: {
      'request-id': requestId,
      'x-should-retry': `${error.canRetry && !isTooLate}`,
      ...(retryAfterMs !== undefined && !isTooLate && { 'retry-after': `${Math.ceil(retryAfterMs / 1000)}` }),
    },
  };
};

export const writeStreamError = (error: GatewayError, requestId: string): string =>
  errorFrame(errorBody(error, requestId));

export const errorFrame = (body: JsonObject): string => `event: error\ndata: ${JSON.stringify(body)}\n\n`;

const errorBody = (error: GatewayError, requestId: string): JsonObject => ({
  type: 'error',
  error: { type: classTypes[error.class], message: worded(error), details: detailsOf(error) },
  request_id: requestId,
});

/** By the vendor's own code its SDKs know that they have to send the whole conversation. */
const detailsOf = ({ code }: GatewayError): JsonObject =>
  code === 'thread-unsupported'
    ? { error_code: 'thread_unsupported_request', unsupported: ['thread'] }
    : { error_code: code };

/** Claude Code knows a prompt that is too long by these words alone. */
const worded = ({ class: sort, message, param }: GatewayError): string => {
  if (sort === 'context-too-long' && !/prompt is too long/i.test(message))
    return `prompt is too long: ${message}`;
  return param === undefined || message.includes(param) ? message : `${param}: ${message}`;
};

const classTypes: Readonly<Record<ErrorClass, string>> = {
  'bad-request': 'invalid_request_error',
  'context-too-long': 'invalid_request_error',
  'bad-key': 'authentication_error',
  'no-credit': 'billing_error',
  forbidden: 'permission_error',
  'not-found': 'not_found_error',
  conflict: 'conflict_error',
  'too-large': 'request_too_large',
  'rate-limited': 'rate_limit_error',
  'client-gone': 'api_error',
  internal: 'api_error',
  'upstream-bad': 'api_error',
  overloaded: 'overloaded_error',
  timeout: 'timeout_error',
};
