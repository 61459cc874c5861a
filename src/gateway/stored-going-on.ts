import type { Admitted } from '../core/exchange.ts';
import { isObject, type JsonValue } from '../core/json.ts';
import type { DialectName } from '../core/model.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { addMember, removeMember, type Splice, scanJson, spliceBytes } from '../kit/json-scan.ts';
import { readAgain } from './read-again.ts';
import { bringReferences } from './stored-references.ts';
import type { StoredResponses } from './stored-responses.ts';
import { tenantOf } from './tenant.ts';

/** A request with what it names of answers that are kept here; the very same where it names nothing. Throws `not-found`. */
export const withKept = async (
  admitted: Admitted,
  dialects: ReadonlyMap<DialectName, Dialect>,
  stored: StoredResponses,
): Promise<Admitted> => {
  const { state } = admitted.request;
  const whole = state?.hasReferences ? await bringReferences(admitted, dialects, stored) : admitted;
  return state?.previousId === undefined ? whole : goOn(whole, state.previousId, dialects, stored);
};

/**
 * A request that names the response it goes on from. Where its provider keeps that, the request stays with it;
 * where we do, it becomes one that brings the whole conversation along. Throws `not-found`.
 */
const goOn = async (
  admitted: Admitted,
  previousId: string,
  dialects: ReadonlyMap<DialectName, Dialect>,
  stored: StoredResponses,
): Promise<Admitted> => {
  const tenant = tenantOf(admitted);
  const before = await stored.find(tenant, previousId);
  const { session } = before;
  if (before.type === 'elsewhere') return { ...admitted, session, holder: before.holder };
  const items = await stored.itemsUpTo(tenant, previousId, before);
  const goesOnFrom = { id: previousId, input: ownItems(admitted) };
  return { ...readAgain(admitted, withWholeInput(admitted, items), dialects), session, goesOnFrom };
};

/** In the caller's own bytes, so that nothing else of them is changed. */
const withWholeInput = ({ bytes, scan }: Admitted, items: readonly JsonValue[]): Buffer => {
  const splices: Splice[] = [];
  const previous = removeMember(bytes, scan, 'previous_response_id');
  if (previous) splices.push(previous);
  const before = items.map((item) => JSON.stringify(item)).join();
  const input = scan.keys.get('input');
  const own = input ? bytes.toString('utf8', input.start, input.end) : 'null';
  const whole = `[${[before, itemsText(own)].filter(Boolean).join()}]`;
  if (input) splices.push({ start: input.start, end: input.end, text: whole });
  const changed = spliceBytes(bytes, splices);
  return input ? changed : spliceBytes(changed, [addMember(scanJson(changed), 'input', whole)]);
};

/** What stands between the brackets of an input that is a list; a text is one item. */
const itemsText = (own: string): string => {
  if (own.startsWith('[')) return own.slice(1, -1).trim();
  return own.startsWith('"') ? `{"role":"user","content":${own}}` : '';
};

/** The items a body brings by itself. */
export const ownItems = ({ bytes, scan }: Pick<Admitted, 'bytes' | 'scan'>): readonly JsonValue[] => {
  const input = scan.keys.get('input');
  const value: JsonValue = input ? JSON.parse(bytes.toString('utf8', input.start, input.end)) : null;
  if (typeof value === 'string') return [{ role: 'user', content: value }];
  return Array.isArray(value) ? value.filter(isObject) : [];
};
