import { WireProblem } from '../wire.ts';

/** Anthropic names the field in the message, not beside it. */
export const refuse = (field: string, reason: string): WireProblem =>
  new WireProblem(400, field ? `${field}: ${reason}` : reason, { param: field });

/** Nothing is kept here: the vendor's SDKs know by the code that they have to send the whole conversation. */
export const threadless = (): WireProblem =>
  new WireProblem(400, 'thread: message threads are not supported for this request', {
    param: 'thread',
    code: 'thread_unsupported_request',
  });
