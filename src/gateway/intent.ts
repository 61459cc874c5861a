import { questionOf, reservationOf } from '../catalog/index.ts';
import type { Decided, Intent } from '../core/exchange.ts';
import type { Model } from '../core/model.ts';

/**
 * What has to be durable before this model is asked. `sentBytes`: of the body as it is sent, which may hold more
 * than the caller's (thoughts that were kept for it, an answer to be mended).
 */
export const intentOf = (decided: Decided, model: Model, attempt: number, sentBytes: number): Intent => {
  const mostBytes = Math.max(decided.bytes.length, sentBytes);
  const { usage, cost } = reservationOf(model, questionOf(decided.request, mostBytes));
  return {
    id: decided.id,
    receivedAt: decided.receivedAt,
    dialect: decided.dialect,
    askedModel: decided.request.model,
    caller: decided.caller.name,
    session: decided.session,
    tags: decided.tags.tags,
    isStream: decided.request.stream,
    decision: decided.decision,
    attempt,
    model: model.id,
    reserved: cost,
    reservedUsage: usage,
    priceVersion: model.prices.version,
  };
};
