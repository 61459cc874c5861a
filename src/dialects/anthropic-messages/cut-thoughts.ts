import { isObject, type JsonValue } from '../../core/json.ts';
import type { JsonScan, Splice } from '../../kit/json-scan.ts';
import { dropElements, scanWithin } from '../body-splices.ts';
import { isSealed, sealMark } from '../sealed-reasoning.ts';

/**
 * Takes out of the messages the thoughts that the model would be refused for: those we sealed for somebody
 * else, and those whose data is in `cut`. A message of nothing else goes with them.
 */
export const cutThoughts = (
  bytes: Buffer,
  { keys }: JsonScan,
  cut: ReadonlySet<string>,
  splices: Splice[],
): void => {
  const list = keys.get('messages');
  if (!list || (cut.size === 0 && !bytes.includes(sealMark))) return;
  const isForeign = (block: string): boolean => isCut(JSON.parse(block) as JsonValue, cut);
  dropElements(bytes, list, splices, (from, to) => {
    const message = bytes.subarray(from, to);
    if (!message.includes(thinkingWord)) return false;
    const content = scanWithin(bytes, from, to).keys.get('content');
    if (!content || message[content.start] !== openBracket) return false;
    const span = { ...content, start: from + content.start, end: from + content.end };
    const inner: Splice[] = [];
    const isEmptied = dropElements(bytes, span, inner, (start, end) => {
      const block = bytes.subarray(start, end);
      return block.includes(thinkingWord) && isForeign(block.toString());
    });
    if (!isEmptied) splices.push(...inner);
    return isEmptied;
  });
};

/** Both `thinking` and `redacted_thinking`. */
const thinkingWord = Buffer.from('thinking');
const openBracket = 0x5b;

const isCut = (block: JsonValue, cut: ReadonlySet<string>): boolean => {
  if (!isObject(block)) return false;
  const { type, signature, data } = block;
  if (type === 'thinking')
    return typeof signature === 'string' && (isSealed(signature) || cut.has(signature));
  return type === 'redacted_thinking' && typeof data === 'string' && cut.has(data);
};
