import { questionOf, reservationOf } from '../catalog/index.ts';
import type { Decided, Intent } from '../core/exchange.ts';
import type { Ready } from './mend.ts';

/** What has to be durable before this model is asked. */
export const intentOf = (decided: Decided, ready: Ready, attempt: number): Intent => {
  const { model } = ready.target;
  const mostBytes = Math.max(decided.bytes.length, addedTo(ready));
  const { usage, cost } = reservationOf(model, questionOf(decided.request, mostBytes));
  const { version: priceVersion } = model.prices;
  return intentFor(decided, { attempt, model: model.id, reserved: cost, reservedUsage: usage, priceVersion });
};

/** What is kept of a call before it is made, whoever is called. */
export const intentFor = (decided: Decided, call: IntendedCall): Intent => ({
  id: decided.id,
  receivedAt: decided.receivedAt,
  dialect: decided.dialect,
  askedModel: decided.request.model,
  caller: decided.caller.name,
  session: decided.session,
  tags: decided.tags.tags,
  isStream: decided.request.stream,
  decision: decided.decision,
  attempt: call.attempt,
  model: call.model,
  reserved: call.reserved,
  reservedUsage: call.reservedUsage,
  priceVersion: call.priceVersion,
});

type IntendedCall = Pick<Intent, 'attempt' | 'model' | 'reserved' | 'reservedUsage' | 'priceVersion'>;

/** Where a request holds more than its caller sent (thoughts that were kept for it, an answer to be mended): all of it. */
const addedTo = ({ decided, carried, prepared }: Ready): number =>
  carried.request === decided.request ? 0 : prepared.body.length;
