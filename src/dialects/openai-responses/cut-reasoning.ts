import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { JsonScan, Splice } from '../../kit/json-scan.ts';
import { dropElements, dropMembers, scanWithin } from '../body-splices.ts';
import { isSealed, sealMark } from '../sealed-reasoning.ts';

export interface ReasoningCut {
  /** Data, or ids, of the reasoning that the model would be refused for. */
  readonly cut: ReadonlySet<string>;
  /** The model takes none at all. */
  readonly isAllCut: boolean;
}

/**
 * Takes reasoning items out of the input that the model would be refused for: those we sealed, which
 * nobody else can read, and those that are told. What the model said and called behind one loses its
 * server's id, by which it would be missed; call ids stay (WIRE 3.4).
 */
export const cutReasoning = (
  bytes: Buffer,
  { keys }: JsonScan,
  { cut, isAllCut }: ReasoningCut,
  splices: Splice[],
): void => {
  const input = keys.get('input');
  if (!input || bytes[input.start] !== openBracket) return;
  if (cut.size === 0 && !(isAllCut && bytes.includes(reasoningWord)) && !bytes.includes(sealMark)) return;
  let isBereft = false;
  const drops: Splice[] = [];
  const ids: Splice[] = [];
  const isEmptied = dropElements(bytes, input, drops, (from, to) => {
    const item: JsonValue = JSON.parse(bytes.toString('utf8', from, to));
    if (!isObject(item)) return false;
    if (item.type === 'reasoning' || isSealedItem(item)) {
      isBereft = isAllCut || isForeign(item, cut);
      return isBereft;
    }
    if (!isOfModel(item)) isBereft = false;
    else if (isBereft && item.id !== undefined) dropMembers(scanWithin(bytes, from, to), idMember, ids, from);
    return false;
  });
  if (isEmptied) splices.push({ start: input.start, end: input.end, text: '[]' });
  else splices.push(...drops, ...ids);
};

const isSealedItem = ({ encrypted_content: data }: JsonObject): boolean =>
  typeof data === 'string' && isSealed(data);

/** An item that is only named has no data: "" stands for it. */
const isForeign = ({ encrypted_content: data, id }: JsonObject, cut: ReadonlySet<string>): boolean =>
  (typeof data === 'string' ? isSealed(data) || cut.has(data) : cut.has('')) ||
  (typeof id === 'string' && cut.has(id));

/** Made in the same answer as the reasoning before it. */
const isOfModel = ({ type, role }: JsonObject): boolean =>
  role === 'assistant' || (role === undefined && typeof type === 'string' && type.endsWith('_call'));

const idMember: ReadonlySet<string> = new Set(['id']);
const openBracket = 0x5b;
const reasoningWord = Buffer.from('"reasoning"');
