import { GatewayError } from '../core/errors.ts';
import type { Reply } from '../core/reply.ts';
import type { Headers } from '../dialects/dialect.ts';
import { holdsSecret } from '../providers/secrets.ts';
import { parseAnswer, tryParse } from './answer-bytes.ts';
import type { Asking } from './asking.ts';
import type { RawAnswer } from './heard.ts';
import { errorOf, streamOf } from './translation.ts';

/** What an answer that came in one piece says. Throws `upstream-bad` where it is none. */
export const replyIn = (body: Buffer, { target, decided }: Asking): Reply => {
  const { caller, upstream, model } = target;
  const isPassed = upstream === caller && !decided.request.stream;
  return upstream.readReply(parseAnswer(body, model.id, isPassed));
};

/** What its caller gets of it. Throws where it is not what was asked for; what it cost is known by then. */
export const writtenReply = (reply: Reply, body: Buffer, asking: Asking): Buffer => {
  const { target, decided } = asking;
  const { caller, upstream } = target;
  if (decided.request.stream) return Buffer.from(streamOf(reply, caller, asking.replyCall));
  if (upstream === caller) return body;
  return Buffer.from(JSON.stringify(caller.writeReply(reply, asking.replyCall)));
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
