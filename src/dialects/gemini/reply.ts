import { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { type Reply, ReplyGatherer } from '../../core/reply.ts';
import { noUsage } from '../../core/usage.ts';
import { AnswerCalls } from './answer-calls.ts';
import { readErrorBody } from './errors.ts';
import { isBlocked, readFinishReason, readUsage, textOf } from './wire.ts';

/** A whole answer. Throws `upstream-bad` where it is none, an error with status 200 included. */
export const readReply = (body: JsonObject): Reply => {
  if (isObject(body.error)) {
    const upstream = readErrorBody(body);
    throw new GatewayError('upstream-bad', `The upstream answered with an error: ${upstream.message}`, {
      upstream,
    });
  }
  const candidate = firstCandidate(body);
  if (!candidate && !isBlocked(body))
    throw new GatewayError(
      'upstream-bad',
      'The upstream answered without `candidates`, and does not say why: that is no answer.',
    );
  const id = textOf(body.responseId);
  const gatherer = new ReplyGatherer();
  const calls = new AnswerCalls(id);
  if (candidate)
    for (const part of partsOf(candidate)) for (const event of calls.eventsOf(part)) gatherer.add(event);
  const { blocks } = gatherer.reply();
  const usage = readUsage(body.usageMetadata);
  return {
    id,
    model: textOf(body.modelVersion),
    blocks,
    reason: candidate ? readFinishReason(candidate.finishReason, calls.count > 0) : 'content-filter',
    usage: usage ?? noUsage,
    hasUsage: usage !== undefined,
    ...tierOf(body),
  };
};

export const tierOf = ({ usageMetadata }: JsonObject): { readonly serviceTier?: string } => {
  const tier = isObject(usageMetadata) ? usageMetadata.serviceTier : undefined;
  return typeof tier === 'string' ? { serviceTier: tier.toLowerCase() } : {};
};

/** Of several answers side by side the first. */
export const firstCandidate = ({ candidates }: JsonObject): JsonObject | undefined => {
  const list: readonly JsonValue[] = Array.isArray(candidates) ? candidates : [];
  return list.find((one): one is JsonObject => isObject(one) && (one.index ?? 0) === 0);
};

export const partsOf = ({ content }: JsonObject): readonly JsonValue[] =>
  isObject(content) && Array.isArray(content.parts) ? content.parts : [];
