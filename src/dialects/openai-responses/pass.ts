import type { JsonValue } from '../../core/json.ts';
import { type JsonScan, type Splice, spliceBytes } from '../../kit/json-scan.ts';
import { dropMembers, scanWithin } from '../body-splices.ts';
import type { PassedRequest, PassRequest } from '../dialect.ts';
import { effortsOf, nearestEffort, refusesSampling } from '../openai-parameters.ts';
import { cutReasoning } from './cut-reasoning.ts';

/**
 * The caller's bytes for an upstream that speaks Responses too. Everything that may differ from what came
 * in is here, and in `docs/reference/splices-openai-responses.md`.
 */
export const passRequest = (pass: PassRequest): PassedRequest => {
  const { bytes, scan, model, request, quirks } = pass;
  const splices: Splice[] = [];
  const dropped: string[] = [];
  const name = scan.keys.get('model');
  const wanted = JSON.stringify(model.name);
  if (name && bytes.toString('utf8', name.start, name.end) !== wanted)
    splices.push({ start: name.start, end: name.end, text: wanted });
  if (refusesSampling(request, model.capabilities))
    for (const field of samplingFields) if (scan.keys.has(field)) dropped.push(field);
  const isPlain = model.capabilities.reasoning.type === 'none';
  if (isPlain) silenceReasoning(pass, splices, dropped);
  else fitEffort(pass, splices, dropped);
  for (const field of quirks.refusedFields ?? [])
    if (scan.keys.has(field) && !dropped.includes(field)) dropped.push(field);
  const gone = new Set(dropped);
  if (gone.size > 0) dropMembers(scan, gone, splices);
  if (!gone.has('input'))
    cutReasoning(bytes, scan, { cut: pass.cut ?? nothingCut, isAllCut: isPlain }, splices);
  return {
    body: spliceBytes(
      bytes,
      splices.filter(({ start }) => !isWithin(scan, gone, start)),
    ),
    dropped,
  };
};

const nothingCut: ReadonlySet<string> = new Set();

const samplingFields = ['temperature', 'top_p'];

/** A change inside of what is left out altogether would be a change of nothing. */
const isWithin = ({ keys }: JsonScan, gone: ReadonlySet<string>, start: number): boolean => {
  for (const field of gone) {
    const span = keys.get(field);
    if (span && start > span.keyStart && start < span.end) return true;
  }
  return false;
};

/** A model that does not reason refuses to be asked for reasoning, for what is sealed of it and for brevity. */
const silenceReasoning = (
  { bytes, scan, request }: PassRequest,
  splices: Splice[],
  dropped: string[],
): void => {
  const { keys } = scan;
  const wish = keys.get('reasoning');
  if (wish && bytes[wish.start] === openBrace) dropped.push('reasoning');
  const include = keys.get('include');
  if (include && bytes.includes(encryptedWord, include.start)) {
    const list = JSON.parse(bytes.toString('utf8', include.start, include.end)) as JsonValue;
    if (Array.isArray(list)) {
      const rest = list.filter((word: JsonValue) => word !== 'reasoning.encrypted_content');
      splices.push({ start: include.start, end: include.end, text: JSON.stringify(rest) });
    }
  }
  const text = keys.get('text');
  if (text && request.verbosity !== undefined && request.verbosity !== 'medium') {
    const inner = scanWithin(bytes, text.start, text.end);
    dropMembers(inner, new Set(['verbosity']), splices, text.start);
    dropped.push('text.verbosity');
  }
};

/** An effort the model does not know becomes the nearest that it knows. */
const fitEffort = (
  { bytes, scan, request, model }: PassRequest,
  splices: Splice[],
  dropped: string[],
): void => {
  const { effort } = request.reasoning;
  const span = scan.keys.get('reasoning');
  const known = effortsOf(model.capabilities);
  if (!span || effort === undefined || known.includes(effort)) return;
  const told = scanWithin(bytes, span.start, span.end).keys.get('effort');
  const nearest = nearestEffort(effort, known);
  if (!told || nearest === undefined) return;
  splices.push({ start: span.start + told.start, end: span.start + told.end, text: JSON.stringify(nearest) });
  // "off" that cannot be had is a wish unheard
  if (effort === 'none') dropped.push('reasoning.effort');
};

const encryptedWord = Buffer.from('"reasoning.encrypted_content"');
const openBrace = 0x7b;
