import { questionOf, reservationOf } from '../catalog/index.ts';
import type { Decided, Intent } from '../core/exchange.ts';
import type { Ready } from './mend.ts';

/** What has to be durable before this model is asked. */
export const intentOf = (decided: Decided, ready: Ready, attempt: number): Intent => {
  const { model } = ready.target;
  const mostBytes = Math.max(decided.bytes.length, addedTo(ready));
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

/** Where a request holds more than its caller sent (thoughts that were kept for it, an answer to be mended): all of it. */
const addedTo = ({ decided, carried, prepared }: Ready): number =>
  carried.request === decided.request ? 0 : prepared.body.length;
