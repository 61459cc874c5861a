import type { GatewayError } from '../core/errors.ts';
import type { ErrorClass } from '../core/reply.ts';

/** Where a call that failed before its first byte may be tried once more. */
export interface Retry {
  /** The same model, with another of its provider's credentials. */
  readonly otherCredential: boolean;
  /** The next model of the plan. */
  readonly otherModel: boolean;
  /** The very same, after a moment, where nothing else is left. */
  readonly again: boolean;
  /** However much is left: after the second failure of this kind the request itself is to blame. */
  readonly isOnce: boolean;
}

const retry = (otherCredential: boolean, otherModel: boolean, again: boolean, isOnce = false): Retry => ({
  otherCredential,
  otherModel,
  again,
  isOnce,
});

const never = retry(false, false, false);

/** One row for each class of errors (WIRE 8.1). */
const table: Readonly<Record<ErrorClass, Retry>> = {
  'bad-request': never,
  'too-large': never,
  'client-gone': never,
  'context-too-long': retry(false, true, false),
  'bad-key': retry(true, true, false),
  forbidden: retry(true, true, false),
  'no-credit': retry(true, true, false),
  // what one account does not have (or no longer has) another may
  'not-found': retry(true, true, false),
  'rate-limited': retry(true, true, true),
  conflict: retry(true, true, true),
  internal: retry(true, true, true, true),
  'upstream-bad': retry(true, true, true),
  overloaded: retry(true, true, false),
  timeout: retry(true, true, true),
};

/** What may be done about a failure. */
export const retryOf = (error: GatewayError): Retry => {
  const { code, upstream } = error;
  // our own faults and refusals would only be repeated
  if (code === 'internal' || code === 'shutting-down' || code === 'upstream-refused') return never;
  const found = table[upstream?.class ?? error.class];
  // it was mended once already: no other account of the same model makes a better one
  if (code === 'unfit-answer') return { ...found, otherCredential: false, again: false };
  // what took the whole limit once would take it again
  return code === 'upstream-timeout' && upstream === undefined ? { ...found, again: false } : found;
};
