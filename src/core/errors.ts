import type { ErrorClass, UpstreamError } from './reply.ts';

/**
 * Everything the gateway itself can refuse or fail with. `status` is what a caller sees, `class`
 * picks the words each dialect has for it (WIRE 8.1), `canRetry` is told to SDKs by `x-should-retry`.
 */
export const errorCodes = {
  'invalid-json': {
    status: 400,
    class: 'bad-request',
    canRetry: false,
    meaning: 'The body is not JSON we accept.',
  },
  'invalid-request': {
    status: 400,
    class: 'bad-request',
    canRetry: false,
    meaning: 'A field is missing, of the wrong type or out of place.',
  },
  'not-translatable': {
    status: 400,
    class: 'bad-request',
    canRetry: false,
    meaning: 'The chosen model speaks another wire protocol, which cannot say this.',
  },
  'no-capable-model': {
    status: 400,
    class: 'bad-request',
    canRetry: false,
    meaning: 'No model of the route can serve this request; each one says why.',
  },
  'thread-unsupported': {
    status: 400,
    class: 'bad-request',
    canRetry: false,
    meaning:
      'The conversation is kept by its vendor (`thread`), and the request may go to a model that does not have it: send all of it.',
  },
  'context-too-long': {
    status: 400,
    class: 'context-too-long',
    canRetry: false,
    meaning: 'The prompt is longer than any model of the route takes.',
  },
  'missing-key': {
    status: 401,
    class: 'bad-key',
    canRetry: false,
    meaning: 'The request carries no gateway key.',
  },
  'invalid-key': {
    status: 401,
    class: 'bad-key',
    canRetry: false,
    meaning: 'The gateway key is unknown, or two different keys were sent.',
  },
  forbidden: {
    status: 403,
    class: 'forbidden',
    canRetry: false,
    meaning: 'The key may not use this route or model.',
  },
  'not-found': {
    status: 404,
    class: 'not-found',
    canRetry: false,
    meaning: 'There is nothing at this path.',
  },
  'unknown-model': {
    status: 404,
    class: 'not-found',
    canRetry: false,
    meaning: 'No model, tier or route has this name.',
  },
  'method-not-allowed': {
    status: 405,
    class: 'bad-request',
    canRetry: false,
    meaning: 'The path exists, with another method.',
  },
  'upgrade-required': {
    status: 426,
    class: 'bad-request',
    canRetry: false,
    meaning: 'WebSockets are not spoken here; use plain HTTP.',
  },
  'too-large': {
    status: 413,
    class: 'too-large',
    canRetry: false,
    meaning: 'The body is over the configured limit.',
  },
  'headers-too-large': {
    status: 431,
    class: 'too-large',
    canRetry: false,
    meaning: 'The header fields are longer than 32 kB.',
  },
  'unsupported-encoding': {
    status: 415,
    class: 'bad-request',
    canRetry: false,
    meaning: 'The body is compressed in a way we do not read.',
  },
  'request-timeout': {
    status: 408,
    class: 'timeout',
    canRetry: true,
    meaning: 'The body did not arrive in time.',
  },
  'rate-limited': {
    status: 429,
    class: 'rate-limited',
    canRetry: true,
    meaning:
      'The provider asks for a pause, and no other model was left; or a caller labels faster than that is taken.',
  },
  'no-credit': {
    status: 402,
    class: 'no-credit',
    canRetry: false,
    meaning: 'The provider account has no credit, and no other model was left.',
  },
  'client-gone': {
    status: 499,
    class: 'client-gone',
    canRetry: false,
    meaning: 'The caller hung up; seen in the ledger only.',
  },
  internal: { status: 500, class: 'internal', canRetry: true, meaning: 'A fault of the gateway.' },
  'upstream-refused': {
    status: 400,
    class: 'bad-request',
    canRetry: false,
    meaning: 'The provider refused the request itself.',
  },
  'upstream-auth': {
    status: 502,
    class: 'upstream-bad',
    canRetry: false,
    meaning: 'The provider refused the credential in the configuration.',
  },
  'upstream-bad': {
    status: 502,
    class: 'upstream-bad',
    canRetry: true,
    meaning: 'The provider gave no usable answer.',
  },
  'unfit-answer': {
    status: 502,
    class: 'upstream-bad',
    canRetry: true,
    meaning:
      'The answer does not fit the JSON or the schema that was asked for, and did not when asked again.',
  },
  'upstream-cut': {
    status: 502,
    class: 'upstream-bad',
    canRetry: true,
    meaning: 'The provider broke off in the middle of its answer.',
  },
  'upstream-overloaded': {
    status: 503,
    class: 'overloaded',
    canRetry: true,
    meaning: 'The provider is overloaded, and no other model was left.',
  },
  'upstream-timeout': {
    status: 504,
    class: 'timeout',
    canRetry: true,
    meaning: 'The provider did not answer in time.',
  },
  'no-healthy-model': {
    status: 503,
    class: 'overloaded',
    canRetry: true,
    meaning: 'Every model of the route is unhealthy just now.',
  },
  overloaded: {
    status: 503,
    class: 'overloaded',
    canRetry: true,
    meaning: 'The gateway itself has too much to do.',
  },
  'ledger-down': {
    status: 503,
    class: 'internal',
    canRetry: true,
    meaning: 'The ledger cannot be written, so nothing is sent that could not be charged.',
  },
  'shutting-down': { status: 503, class: 'overloaded', canRetry: true, meaning: 'The gateway is stopping.' },
  'invalid-config': {
    status: 500,
    class: 'internal',
    canRetry: false,
    meaning: 'The configuration has mistakes; `tierwise check` lists them.',
  },
  'unsafe-exposure': {
    status: 500,
    class: 'internal',
    canRetry: false,
    meaning: 'Without keys the gateway listens on loopback only.',
  },
} as const satisfies Record<
  string,
  { status: number; class: ErrorClass; canRetry: boolean; meaning: string }
>;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetails {
  /** The field of the caller's body that is to blame: "messages.2.content". */
  readonly param?: string;
  readonly cause?: unknown;
  /** What the upstream said, where it was the upstream. */
  readonly upstream?: UpstreamError;
  readonly retryAfterMs?: number;
}

/** The one error class: a code of the table above, a reason with names in it, and the way out. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly upstream: UpstreamError | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.param = details.param;
    this.upstream = details.upstream;
    this.retryAfterMs = details.retryAfterMs;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  get class(): ErrorClass {
    return errorCodes[this.code].class;
  }

  get canRetry(): boolean {
    return errorCodes[this.code].canRetry;
  }
}

/** What was thrown, as an error a caller can be told. Only its own words are told of a fault of ours. */
export const asGatewayError = (cause: unknown): GatewayError =>
  cause instanceof GatewayError
    ? cause
    : new GatewayError('internal', 'The gateway failed on this request; its log says where.', { cause });
