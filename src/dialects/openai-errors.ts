import { errorCodes, type GatewayError } from '../core/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { ErrorClass, UpstreamError } from '../core/reply.ts';
import type { Headers, WrittenError } from './dialect.ts';
import { readRetryAfter } from './retry-after.ts';
import { statusClasses } from './status-classes.ts';

/** An error answer of a server that speaks one of OpenAI's dialects, or only nearly does. */
export const readError = (status: number, body: JsonObject | undefined, headers: Headers): UpstreamError => {
  const told = body ? sort(body, status) : { class: classOf(status, '', ''), message: '' };
  const retryAfterMs = readRetryAfter(headers);
  return {
    ...told,
    message: told.message || `The server answered with status ${status}.`,
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
};

/** An error where an answer should be: in a stream's frame, or in a body that came with status 200. */
export const readErrorBody = (body: JsonObject): UpstreamError => {
  const told = sort(body, 0);
  return { ...told, message: told.message || 'The server sent an error that says nothing.' };
};

const sort = (body: JsonObject, status: number): UpstreamError => {
  // {"error": {…}} · {"error": "…"} · {"message": …, "code": …} (vLLM) · {"detail": …} (FastAPI)
  const error: JsonObject = isObject(body.error) ? body.error : body;
  const text = typeof body.error === 'string' ? body.error : (error.message ?? body.detail ?? body.message);
  const message = (typeof text === 'string' ? text : text === undefined ? '' : JSON.stringify(text)).slice(
    0,
    2_000,
  );
  const code = word(error.code) ?? word(error.type) ?? '';
  const told = typeof error.code === 'number' ? error.code : Number(word(error.status) ?? Number.NaN);
  const known = status >= 400 ? status : told >= 400 && told < 600 ? told : 0;
  const vendorCode = code || (Number.isNaN(told) ? undefined : String(told));
  return {
    class: classOf(known, `${code} ${word(error.type) ?? ''}`, message),
    message,
    ...(vendorCode && { vendorCode }),
  };
};

const word = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const classOf = (status: number, codes: string, message: string): ErrorClass => {
  if (/insufficient_quota|credit_balance|billing|insufficient_(?:credits|balance)/.test(codes))
    return 'no-credit';
  if (/context_length|context_window/.test(codes)) return 'context-too-long';
  if ((status === 0 || status === 400 || status === 413 || status === 422) && tooLong.test(message))
    return 'context-too-long';
  if (status === 0) return byCode(codes);
  if (codes.includes('model_not_found')) return 'not-found';
  return byStatus.get(status) ?? (status < 500 ? 'bad-request' : 'upstream-bad');
};

/** How servers without codes say that the prompt is too long. */
const tooLong =
  /maximum context length|context (?:length|window|size) (?:is )?(?:exceeded|of)|exceeds? (?:the )?(?:model's )?(?:maximum |available )?context|prompt is too long|input is too long|too many tokens/i;

const byStatus: ReadonlyMap<number, ErrorClass> = new Map([
  ...statusClasses,
  [522, 'timeout'],
  [524, 'timeout'],
  [529, 'overloaded'],
]);

const byCode = (codes: string): ErrorClass => {
  if (/rate_limit|slow_down|too_many_requests/.test(codes)) return 'rate-limited';
  if (/overloaded/.test(codes)) return 'overloaded';
  if (/invalid_api_key|authentication/.test(codes)) return 'bad-key';
  if (/model_not_found/.test(codes)) return 'not-found';
  if (/permission/.test(codes)) return 'forbidden';
  if (/invalid_request|invalid_prompt|_policy|data_residency/.test(codes)) return 'bad-request';
  if (/timeout/.test(codes)) return 'timeout';
  return /server_error|internal/.test(codes) ? 'internal' : 'upstream-bad';
};

/** An error as OpenAI's clients expect it. */
export const writeError = (error: GatewayError, requestId: string): WrittenError => {
  const { retryAfterMs } = error;
  // the SDK waits for what it is told up to a minute and guesses above; a longer pause is no pause but a no
  const isLong = retryAfterMs !== undefined && retryAfterMs > 60_000;
  const pause = retryAfterMs === undefined || isLong ? undefined : retryAfterMs;
  return {
    status: error.status,
    body: errorBody(error),
    headers: {
      'x-request-id': requestId,
      'x-should-retry': String(error.canRetry && !isLong),
      ...(pause !== undefined && {
        'retry-after': String(Math.ceil(pause / 1_000)),
        'retry-after-ms': String(Math.ceil(pause)),
      }),
    },
  };
};

/** The object that carries an error, whole or in a stream's frame. */
export const errorBody = (error: GatewayError): JsonObject => ({
  error: {
    message: error.message,
    type: types[errorCodes[error.code].class],
    param: error.param ?? null,
    code: vendorCodes[error.code] ?? error.code.replaceAll('-', '_'),
  },
});

const types: Readonly<Record<ErrorClass, string>> = {
  'bad-request': 'invalid_request_error',
  'context-too-long': 'invalid_request_error',
  'bad-key': 'invalid_request_error',
  'no-credit': 'insufficient_quota',
  forbidden: 'permission_error',
  'not-found': 'invalid_request_error',
  conflict: 'conflict_error',
  'too-large': 'invalid_request_error',
  'rate-limited': 'rate_limit_error',
  'client-gone': 'server_error',
  internal: 'server_error',
  'upstream-bad': 'server_error',
  overloaded: 'server_error',
  timeout: 'server_error',
};

/** Words that OpenAI's clients know; everything else carries our own code. */
const vendorCodes: Partial<Record<GatewayError['code'], string>> = {
  'context-too-long': 'context_length_exceeded',
  'missing-key': 'invalid_api_key',
  'invalid-key': 'invalid_api_key',
  'unknown-model': 'model_not_found',
  'rate-limited': 'rate_limit_exceeded',
  'no-credit': 'insufficient_quota',
  'upstream-cut': 'upstream_disconnected',
  'upstream-overloaded': 'server_is_overloaded',
  overloaded: 'server_is_overloaded',
};
