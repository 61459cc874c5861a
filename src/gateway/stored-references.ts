import { GatewayError } from '../core/errors.ts';
import type { Admitted } from '../core/exchange.ts';
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { DialectName } from '../core/model.ts';
import { listElements } from '../dialects/body-splices.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { responseIdOfItem } from '../dialects/openai-responses/wire.ts';
import { type Splice, spliceBytes } from '../kit/json-scan.ts';
import { readAgain } from './read-again.ts';
import { longestText, outputOf, type ResponseKeptHere, type StoredResponses } from './stored-responses.ts';
import { tenantOf } from './tenant.ts';

/**
 * A request that names items of answers, as clients do who take it for granted that answers are stored. Those
 * that are kept here are put in their place, so that anybody can go on; those of a provider stay named. Throws
 * `not-found`.
 */
export const bringReferences = async (
  admitted: Admitted,
  dialects: ReadonlyMap<DialectName, Dialect>,
  stored: StoredResponses,
): Promise<Admitted> => {
  const { bytes, scan } = admitted;
  const tenant = tenantOf(admitted);
  const input = scan.keys.get('input');
  const responses = new Map<string, ResponseKeptHere | undefined>();
  const named = new Set<string>();
  const splices: Splice[] = [];
  let session: string | undefined;
  let textLength = 0;
  let at = -1;
  for (const [start, end] of input ? listElements(bytes, input) : []) {
    at += 1;
    const id = end - start > longestReference ? undefined : referenceOf(bytes.toString('utf8', start, end));
    const responseId = id && responseIdOfItem(id);
    if (id === undefined || responseId === undefined) continue;
    if (named.has(id)) throw namedTwice(id, at);
    named.add(id);
    if (!responses.has(responseId)) responses.set(responseId, await stored.findHere(tenant, responseId));
    const response = responses.get(responseId);
    const item = response && itemOf(response, id);
    if (!item) throw notKept(id, at);
    session ??= response.session;
    const text = JSON.stringify(item);
    textLength += text.length;
    if (textLength > longestText) throw tooLong(at);
    splices.push({ start, end, text });
  }
  if (session === undefined) return admitted;
  return { ...readAgain(admitted, spliceBytes(bytes, splices), dialects), session };
};

/** An element that is longer is no reference. */
const longestReference = 1000;

/** A bare id is one, too. */
const referenceOf = (text: string): string | undefined => {
  const item: JsonValue = JSON.parse(text);
  if (!isObject(item) || typeof item.id !== 'string') return undefined;
  const isBare = item.type === undefined && item.role === undefined;
  return item.type === 'item_reference' || isBare ? item.id : undefined;
};

const itemOf = ({ response }: ResponseKeptHere, id: string): JsonObject | undefined =>
  outputOf(response)
    .filter(isObject)
    .find((item) => item.id === id);

const notKept = (id: string, at: number): GatewayError =>
  new GatewayError(
    'not-found',
    `There is no item "${id}": its answer was never stored, is stored no longer, or belongs to another key. Send the item itself instead of its id (most clients do with \`store: false\`).`,
    { param: `input.${at}.id` },
  );

const namedTwice = (id: string, at: number): GatewayError =>
  new GatewayError(
    'invalid-request',
    `\`input.${at}.id\` names the item "${id}" a second time: name it once.`,
    {
      param: `input.${at}.id`,
    },
  );

const tooLong = (at: number): GatewayError =>
  new GatewayError(
    'context-too-long',
    `The items that \`input\` names are over ${longestText} characters in all; name fewer of them.`,
    { param: `input.${at}.id` },
  );
