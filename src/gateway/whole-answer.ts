import { GatewayError } from '../core/errors.ts';
import type { Reply } from '../core/reply.ts';
import type { Headers } from '../dialects/dialect.ts';
import { holdsSecret } from '../providers/secrets.ts';
import { parseAnswer, tryParse } from './answer-bytes.ts';
import type { Asking } from './asking.ts';
import type { RawAnswer } from './heard.ts';
import { errorOf, streamOf } from './translation.ts';

/** An answer that came in one piece, and what its caller gets of it. */
export interface WholeAnswer {
  readonly reply: Reply;
  readonly out: Buffer;
}

/** Throws `upstream-bad` where the body is no answer. */
export const wholeAnswerOf = (body: Buffer, asking: Asking): WholeAnswer => {
  const { target, decided } = asking;
  const { caller, upstream, model } = target;
  const isStream = decided.request.stream;
  const isPassed = upstream === caller && !isStream;
  const reply = upstream.readReply(parseAnswer(body, model.id, isPassed));
  if (isPassed) return { reply, out: body };
  const { replyCall } = asking;
  const text = isStream
    ? streamOf(reply, caller, replyCall)
    : JSON.stringify(caller.writeReply(reply, replyCall));
  return { reply, out: Buffer.from(text) };
};

/** An answer with an error's status: what it means, and its own bytes where the caller may see them. */
export const refusalOf = (
  status: number,
  body: Buffer,
  headers: Headers,
  { target, call }: Asking,
  secret: string | undefined,
): { readonly error: GatewayError; readonly raw: RawAnswer | undefined } => {
  const { caller, upstream, model } = target;
  if (status < 400)
    throw new GatewayError('upstream-bad', `${model.id} answered with status ${status}, which is no answer.`);
  const said = tryParse(body);
  const isOwnKey = call.ownKey !== undefined;
  const error = errorOf(upstream.readError(status, said, headers), model.id, isOwnKey);
  // what is said of our own credential is none of the caller's business
  const isOurs = error.code === 'upstream-auth' && !isOwnKey;
  const mayPass = said && !isOurs && upstream === caller && !holdsSecret(body.toString('latin1'), secret);
  return { error, raw: mayPass ? { status, body } : undefined };
};
