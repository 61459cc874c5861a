import { GatewayError } from '../core/errors.ts';
import type { SignalSource } from '../core/signal.ts';
import type { Arrival } from '../gateway/gateway.ts';
import { parseBody } from '../gateway/json-body.ts';
import { readLabel } from '../ledger/label.ts';
import type { LabelledExchange } from '../ledger/signals.ts';
import type { Beside } from './answer-beside.ts';
import { bodyOf, stopping } from './body-of.ts';
import { exchangeJson, labelJson } from './exchange-json.ts';
import type { Wanted } from './paths.ts';

/** Of a label; a comment is the most of it. */
const largestLabelBytes = 16 * 1024;

/** `owner` is who has the ledger, and speaks by "tierwise label". */
const callersSources: readonly SignalSource[] = ['caller', 'user', 'test', 'judge'];

/** Tells a caller of its own exchange, or takes down how good the answer was. Throws GatewayError. */
export const answerExchange = async (
  { id, operation }: Extract<Wanted, { type: 'exchange' }>,
  arrival: Arrival,
  { request, snapshot, outlet, door }: Beside,
): Promise<object> => {
  const { parts, labelRate } = door;
  const caller = snapshot.keys.callerOf(arrival.credentials).name;
  labelRate.take(caller);
  const bytes =
    operation === 'feedback' ? await bodyOf(request, outlet, largestLabelBytes).catch(tooLarge) : undefined;
  if (door.isStopping) throw stopping();
  const body = bytes && parseBody(bytes).body;
  const found = demandFound(id, await parts.exchanges.find(id, caller));
  if (!body) return exchangeJson(found);
  const signal = readLabel(found.exchange.id, body, {
    at: parts.world.now(),
    source: 'caller',
    sources: callersSources,
  });
  await parts.exchanges.note(signal);
  return { object: 'tierwise.label', exchange: found.exchange.id, ...labelJson(signal) };
};

const demandFound = (id: string, found: LabelledExchange | undefined): LabelledExchange => {
  if (found) return found;
  throw new GatewayError(
    'not-found',
    `There is no exchange "${id.slice(0, 80)}" of this key: the header "x-tierwise-exchange" of an answer has its id, and it can be found once the answer has ended.`,
    { param: 'id' },
  );
};

const tooLarge = (cause: unknown): never => {
  if (cause instanceof GatewayError && cause.code === 'too-large')
    throw new GatewayError('too-large', `A label is over ${largestLabelBytes} bytes; shorten its comment.`, {
      param: 'comment',
      cause,
    });
  throw cause;
};
