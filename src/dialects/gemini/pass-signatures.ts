import type { ChatRequest } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Splice } from '../../kit/json-scan.ts';
import { dropMembers, listElements, scanWithin } from '../body-splices.ts';
import type { PassRequest } from '../dialect.ts';
import { isSealed, openSealed, sealMark } from '../sealed-reasoning.ts';
import { reasonsByLevels } from './reasoning.ts';
import { field, unsigned } from './wire.ts';

/**
 * Signatures that Google would refuse: those we sealed for somebody else, and those in `cut`. The first call
 * of a step gets the word for "never had one" where the model demands some, as does one that another model
 * made; elsewhere the signature goes, and a thought with it.
 */
export const passSignatures = (pass: PassRequest, splices: Splice[]): void => {
  const { bytes, scan, request, model, cut = noCut } = pass;
  const list = scan.keys.get('contents');
  const isDemanded = reasonsByLevels(model.capabilities);
  if (!list || !(cut.size > 0 || bytes.includes(sealMark) || (isDemanded && lacksSignature(request)))) return;
  const step: Step = { isDemanded, cut, hasCalls: false };
  for (const [from, to] of listElements(bytes, list)) {
    const content = bytes.subarray(from, to);
    if (!hasSignature(content) && !(isDemanded && hasCall(content))) {
      // what a stream was sent in may come back as several contents of one step
      if (!content.includes(modelWord)) step.hasCalls = false;
      continue;
    }
    const { keys } = scanWithin(bytes, from, to);
    const role = keys.get('role');
    if (!role || bytes.toString('latin1', from + role.start, from + role.end) !== '"model"')
      step.hasCalls = false;
    const parts = keys.get('parts');
    if (!parts || bytes[from + parts.start] !== openBracket) continue;
    const span = { ...parts, start: from + parts.start, end: from + parts.end };
    passParts(bytes, [...listElements(bytes, span)], step, splices);
  }
};

/** Where the first call of a turn has no signature, another model may have made it. */
const lacksSignature = ({ turns }: ChatRequest): boolean =>
  turns.some(({ role, blocks }) => {
    const call = role === 'assistant' ? blocks.find(({ type }) => type === 'tool-call') : undefined;
    return call?.type === 'tool-call' && !call.opaque;
  });

const noCut: ReadonlySet<string> = new Set();
const openBracket = 0x5b;
const openBrace = 0x7b;

const camelWord = Buffer.from('thoughtSignature');
const snakeWord = Buffer.from('thought_signature');

const hasSignature = (content: Buffer): boolean => content.includes(camelWord) || content.includes(snakeWord);

const modelWord = Buffer.from('"model"');
const camelCall = Buffer.from('functionCall');
const snakeCall = Buffer.from('function_call');

const hasCall = (content: Buffer): boolean => content.includes(camelCall) || content.includes(snakeCall);

interface Step {
  readonly isDemanded: boolean;
  readonly cut: ReadonlySet<string>;
  /** The step's first call was seen: later ones need no signature. */
  hasCalls: boolean;
}

const passParts = (
  bytes: Buffer,
  parts: readonly (readonly [number, number])[],
  step: Step,
  splices: Splice[],
): void => {
  const { isDemanded, cut } = step;
  const thoughts = new Set<number>();
  for (const [from, to] of parts) {
    const part = JSON.parse(bytes.toString('utf8', from, to)) as JsonValue;
    if (!isObject(part)) continue;
    const isCall = isObject(field(part, 'functionCall'));
    const change = changeOf(part, cut);
    if (part.thought === true && change === '') thoughts.add(from);
    else if (change !== undefined) {
      const text = change || (isCall && !step.hasCalls && isDemanded ? unsigned : '');
      changeSignature(bytes, from, to, text, splices);
    } else if (isCall && !step.hasCalls && isDemanded && field(part, 'thoughtSignature') === undefined) {
      const inside = bytes.indexOf(openBrace, from) + 1;
      splices.push({ start: inside, end: inside, text: `"thoughtSignature":"${unsigned}",` });
    }
    step.hasCalls ||= isCall;
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
