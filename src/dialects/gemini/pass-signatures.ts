import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Splice } from '../../kit/json-scan.ts';
import { dropMembers, listElements, scanWithin } from '../body-splices.ts';
import type { PassRequest } from '../dialect.ts';
import { isSealed, openSealed, sealMark } from '../sealed-reasoning.ts';
import { reasonsByLevels } from './reasoning.ts';
import { field, unsigned } from './wire.ts';

/**
 * Signatures that Google would refuse: those we sealed for somebody else, and those in `cut`. The first call
 * of a step gets the word for "never had one" where the model demands some; elsewhere the signature goes,
 * and a thought with it.
 */
export const passSignatures = (pass: PassRequest, splices: Splice[]): void => {
  const { bytes, scan, model, cut = noCut } = pass;
  const list = scan.keys.get('contents');
  if (!list || (cut.size === 0 && !bytes.includes(sealMark))) return;
  const isDemanded = reasonsByLevels(model.capabilities);
  for (const [from, to] of listElements(bytes, list)) {
    if (!hasSignature(bytes.subarray(from, to))) continue;
    const parts = scanWithin(bytes, from, to).keys.get('parts');
    if (!parts || bytes[from + parts.start] !== openBracket) continue;
    const span = { ...parts, start: from + parts.start, end: from + parts.end };
    passParts(bytes, [...listElements(bytes, span)], { isDemanded, cut }, splices);
  }
};

const noCut: ReadonlySet<string> = new Set();
const openBracket = 0x5b;

const camelWord = Buffer.from('thoughtSignature');
const snakeWord = Buffer.from('thought_signature');

const hasSignature = (content: Buffer): boolean => content.includes(camelWord) || content.includes(snakeWord);

interface Rules {
  readonly isDemanded: boolean;
  readonly cut: ReadonlySet<string>;
}

const passParts = (
  bytes: Buffer,
  parts: readonly (readonly [number, number])[],
  { isDemanded, cut }: Rules,
  splices: Splice[],
): void => {
  let hasCalls = false;
  const thoughts = new Set<number>();
  for (const [from, to] of parts) {
    const part = JSON.parse(bytes.toString('utf8', from, to)) as JsonValue;
    if (!isObject(part)) continue;
    const isCall = isObject(field(part, 'functionCall'));
    const change = changeOf(part, cut);
    if (part.thought === true && change === '') thoughts.add(from);
    else if (change !== undefined) {
      const text = change || (isCall && !hasCalls && isDemanded ? unsigned : '');
      changeSignature(bytes, from, to, text, splices);
    }
    hasCalls ||= isCall;
  }
  if (thoughts.size < parts.length) dropElements(parts, thoughts, splices);
  // a content needs a part: where all were thoughts, they stay without their signatures
  else for (const [from, to] of parts) changeSignature(bytes, from, to, '', splices);
};

/** Undefined where the signature stays, else what Google itself had signed, or nothing. */
const changeOf = (part: JsonObject, cut: ReadonlySet<string>): string | undefined => {
  const signature = field(part, 'thoughtSignature');
  if (typeof signature !== 'string') return undefined;
  if (cut.has(signature)) return '';
  if (!isSealed(signature)) return undefined;
  const opaque = openSealed(signature);
  return opaque?.vendor === 'google' && !cut.has(opaque.data) ? opaque.data : '';
};

const changeSignature = (bytes: Buffer, from: number, to: number, text: string, splices: Splice[]): void => {
  const scan = scanWithin(bytes, from, to);
  for (const key of ['thoughtSignature', 'thought_signature']) {
    const span = scan.keys.get(key);
    if (!span) continue;
    if (text === '') dropMembers(scan, new Set([key]), splices, from);
    else splices.push({ start: from + span.start, end: from + span.end, text: JSON.stringify(text) });
  }
};

/** Each with one of the commas beside it. */
const dropElements = (
  elements: readonly (readonly [number, number])[],
  dropped: ReadonlySet<number>,
  splices: Splice[],
): void => {
  let keptEnd: number | undefined;
  let start: number | undefined;
  let end = 0;
  for (const [from, to] of elements) {
    end = to;
    if (dropped.has(from)) {
      start ??= from;
      continue;
    }
    if (start !== undefined) splices.push({ start, end: from, text: '' });
    start = undefined;
    keptEnd = to;
  }
  if (start !== undefined && keptEnd !== undefined) splices.push({ start: keptEnd, end, text: '' });
};
