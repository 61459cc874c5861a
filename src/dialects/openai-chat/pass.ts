import type { ChatRequest } from '../../core/chat.ts';
import type { Model } from '../../core/model.ts';
import { type Splice, spliceBytes } from '../../kit/json-scan.ts';
import { dropMembers, listElements, scanWithin } from '../body-splices.ts';
import type { PassedRequest, PassRequest, Quirks } from '../dialect.ts';
import { effortsOf, nearestEffort } from '../openai-parameters.ts';
import { fitPassed } from './fit-messages.ts';

/**
 * The caller's bytes for an upstream that speaks Chat too. Everything that may differ from what came in
 * is here, and in `docs/reference/splices-openai-chat.md`.
 */
export const passRequest = (pass: PassRequest): PassedRequest => {
  const { bytes, scan, model } = pass;
  const splices: Splice[] = [];
  const name = scan.keys.get('model');
  if (name && !isText(bytes, name, model.name))
    splices.push({ start: name.start, end: name.end, text: JSON.stringify(model.name) });
  askForUsage(pass, splices);
  const dropped = refusedFields(pass);
  const drops = new Set(dropped);
  renameMaxTokens(pass, drops, splices);
  fitMaxTokens(pass, drops, splices);
  if (!drops.has('reasoning_effort')) fitEffort(pass, splices);
  if (drops.size > 0) dropMembers(scan, drops, splices);
  if (pass.quirks.systemRole === 'system') renameDevelopers(pass, splices);
  fitPassed(pass, splices, dropped);
  return { body: spliceBytes(bytes, splices), dropped };
};

/** Fields of the body that the chosen model or its server refuses. */
const refusedFields = ({ scan, request, model, quirks }: PassRequest): string[] => {
  const dropped: string[] = [];
  const { sampling } = model.capabilities;
  if (sampling === 'no' || (sampling === 'when-not-reasoning' && request.reasoning.effort !== 'none'))
    for (const field of samplingFields) if (scan.keys.has(field)) dropped.push(field);
  if (isRouted(request, model) && request.reasoning.effort && effortsOf(model.capabilities).length === 0)
    dropped.push('reasoning_effort');
  if (quirks.hasNoStreamOptions && scan.keys.has('stream_options')) dropped.push('stream_options');
  for (const field of quirks.refusedFields ?? [])
    if (scan.keys.has(field) && !dropped.includes(field)) dropped.push(field);
  return dropped;
};

export const samplingFields: readonly string[] = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
];

const isText = (bytes: Buffer, span: { start: number; end: number }, text: string): boolean =>
  bytes.toString('utf8', span.start, span.end) === JSON.stringify(text);

export const canAskForUsage = (quirks: Quirks): boolean =>
  !quirks.hasNoStreamOptions && !quirks.refusedFields?.includes('stream_options');

const askForUsage = ({ bytes, scan, request, quirks }: PassRequest, splices: Splice[]): void => {
  if (!request.stream || request.wantsUsage || !canAskForUsage(quirks)) return;
  const span = scan.keys.get('stream_options');
  if (!span) {
    splices.push({
      start: scan.inside,
      end: scan.inside,
      text: '"stream_options":{"include_usage":true},',
    });
    return;
  }
  if (bytes[span.start] !== 0x7b) {
    splices.push({ ...span, text: '{"include_usage":true}' });
    return;
  }
  const inner = scanWithin(bytes, span.start, span.end);
  const told = inner.keys.get('include_usage');
  if (told) splices.push({ start: span.start + told.start, end: span.start + told.end, text: 'true' });
  else {
    const start = span.start + inner.inside;
    splices.push({ start, end: start, text: `"include_usage":true${inner.isEmpty ? '' : ','}` });
  }
};

const renameMaxTokens = (
  { bytes, scan, model, quirks }: PassRequest,
  drops: Set<string>,
  splices: Splice[],
): void => {
  const wanted = quirks.maxTokensField ?? model.capabilities.maxTokensField;
  const other = wanted === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  const span = scan.keys.get(other);
  if (!span || drops.has(other)) return;
  // with both in the body, the one the server knows stays and the other goes
  const isSaid = (key: string) => {
    const value = scan.keys.get(key);
    return value !== undefined && bytes[value.start] !== 0x6e;
  };
  if (isSaid(wanted)) drops.add(other);
  else if (isSaid(other)) {
    splices.push({ start: span.keyStart, end: endOfKey(bytes, span.keyStart), text: JSON.stringify(wanted) });
    drops.add(wanted);
  }
};

/** Servers refuse more than a model gives. */
const fitMaxTokens = (
  { bytes, scan, model, request }: PassRequest,
  drops: ReadonlySet<string>,
  splices: Splice[],
): void => {
  if ((request.maxOutputTokens ?? 0) <= model.maxOutputTokens) return;
  for (const field of ['max_tokens', 'max_completion_tokens']) {
    const span = scan.keys.get(field);
    if (!span || drops.has(field) || bytes[span.start] === 0x6e) continue;
    splices.push({ start: span.start, end: span.end, text: `${model.maxOutputTokens}` });
  }
};

/** The nearest that the model knows. Whoever asked for it by name is believed to know it. */
const fitEffort = ({ scan, model, request }: PassRequest, splices: Splice[]): void => {
  const { effort } = request.reasoning;
  const span = scan.keys.get('reasoning_effort');
  if (!span || !effort || !isRouted(request, model)) return;
  const known = nearestEffort(effort, effortsOf(model.capabilities));
  if (known && known !== effort)
    splices.push({ start: span.start, end: span.end, text: JSON.stringify(known) });
};

const isRouted = ({ model: asked }: ChatRequest, { name, id }: Model): boolean =>
  asked !== name && asked !== id;

const endOfKey = (bytes: Buffer, keyStart: number): number => bytes.indexOf(0x22, keyStart + 1) + 1;

/** Most servers but OpenAI's know no "developer": their word for it is "system". */
const renameDevelopers = ({ bytes, scan }: PassRequest, splices: Splice[]): void => {
  const span = scan.keys.get('messages');
  if (!span) return;
  let found = bytes.indexOf(developer, span.start);
  if (found < 0) return;
  for (const [start, end] of listElements(bytes, span)) {
    if (found < 0) return;
    if (found >= end) continue;
    const role = scanWithin(bytes, start, end).keys.get('role');
    if (role && bytes.toString('latin1', start + role.start, start + role.end) === '"developer"')
      splices.push({ start: start + role.start, end: start + role.end, text: '"system"' });
    found = bytes.indexOf(developer, end);
  }
};

const developer = Buffer.from('"developer"');
