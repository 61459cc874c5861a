import type { Effort, Model } from '../../core/model.ts';
import { type JsonScan, type JsonSpan, type Splice, spliceBytes } from '../../kit/json-scan.ts';
import { dropMembers, listElements, scanWithin } from '../body-splices.ts';
import type { PassedRequest, PassRequest } from '../dialect.ts';
import { cutThoughts } from './cut-thoughts.ts';
import { budgetFor, canThinkByHand, clampBudget, effortFor, lacksThought } from './reasoning.ts';
import { minThinkingTokens } from './wire.ts';

/**
 * The caller's bytes for a model of the same dialect. All that may differ from what came in is here and
 * in `docs/reference/splices-anthropic-messages.md`: the model's name, and what the chosen model refuses.
 * The system blocks and the tools are never touched: they are the caller's prompt cache.
 */
export const passRequest = (pass: PassRequest): PassedRequest => {
  const { bytes, scan, request, model, quirks } = pass;
  const splices: Splice[] = [];
  const drops = new Set(quirks.refusedFields);
  replace(pass, 'model', JSON.stringify(model.name), splices);
  if ((request.maxOutputTokens ?? 0) > model.maxOutputTokens)
    replace(pass, 'max_tokens', `${model.maxOutputTokens}`, splices);
  if (refusesSampling(pass)) for (const field of samplingFields) drops.add(field);
  passThinking(pass, drops, splices);
  if (drops.has('thinking')) dropThoughtEdits(pass, drops, splices);
  passEffort(pass, drops, splices);
  cutThoughts(bytes, scan, pass.cut ?? noCut, splices);
  if (!model.capabilities.midSystem && request.turns.some((turn) => turn.role === 'system'))
    wrapInstructions(pass, splices);
  // what is dropped needs no change within
  const kept = drops.size === 0 ? splices : splices.filter((splice) => !isInside(splice, scan, drops));
  if (drops.size > 0) dropMembers(scan, drops, kept);
  return {
    body: spliceBytes(bytes, kept),
    dropped: drops.size === 0 ? [] : [...drops].filter((name) => scan.keys.has(name)),
  };
};

const noCut: ReadonlySet<string> = new Set();

const samplingFields = ['temperature', 'top_p', 'top_k'];

const refusesSampling = ({ request, model }: PassRequest): boolean => {
  const { sampling } = model.capabilities;
  const { mode } = request.reasoning;
  return sampling === 'no' || (sampling === 'when-not-reasoning' && (mode === 'on' || mode === 'adaptive'));
};

/** A kind of thinking that the model does not know is told in the one it does. */
const passThinking = (
  { bytes, scan, request, model }: PassRequest,
  drops: Set<string>,
  splices: Splice[],
): void => {
  const span = scan.keys.get('thinking');
  const { mode, isShown } = request.reasoning;
  if (!span || !mode) return;
  const write = (thinking: object): void => {
    const display = isShown === undefined ? {} : { display: isShown ? 'summarized' : 'omitted' };
    splices.push({ start: span.start, end: span.end, text: JSON.stringify({ ...thinking, ...display }) });
  };
  const { reasoning } = model.capabilities;
  switch (reasoning.type) {
    case 'none':
    case 'effort':
      drops.add('thinking');
      return;
    case 'adaptive':
      if (mode === 'on' && (!reasoning.takesBudget || lacksThought(request))) write({ type: 'adaptive' });
      else if (mode === 'off' && !reasoning.canTurnOff) drops.add('thinking');
      else if (mode === 'adaptive' && !isAskedFor(request.model, model) && isBetweenTools(bytes, span))
        write({ type: 'adaptive' });
      return;
    case 'budget': {
      if (mode === 'off') return;
      if (lacksThought(request)) {
        drops.add('thinking');
        return;
      }
      const { budgetTokens, effort } = request.reasoning;
      const room = Math.min(request.maxOutputTokens ?? model.maxOutputTokens, model.maxOutputTokens);
      const isFitting = mode === 'on' && budgetTokens !== undefined && budgetTokens <= reasoning.maxTokens;
      // callers of the interleaved-thinking beta may set a budget above max_tokens: left alone unless we cut it
      if (isFitting && (room === request.maxOutputTokens || budgetTokens < room)) return;
      const wanted = budgetTokens ?? budgetFor(effort ?? 'medium', model.maxOutputTokens);
      const budget = Math.min(clampBudget(wanted, reasoning), Math.floor(room / 2));
      if (budget < minThinkingTokens || (mode === 'adaptive' && !canThinkByHand(request)))
        drops.add('thinking');
      else write({ type: 'enabled', budget_tokens: budget });
    }
  }
};

/** Edits of earlier thoughts are refused where there is no thinking. */
const dropThoughtEdits = ({ bytes, scan }: PassRequest, drops: Set<string>, splices: Splice[]): void => {
  const span = scan.keys.get('context_management');
  const inner = span && bytes[span.start] === 0x7b ? scanWithin(bytes, span.start, span.end) : undefined;
  const edits = inner?.keys.get('edits');
  if (!span || !inner || !edits) return;
  const list = { ...edits, start: span.start + edits.start, end: span.start + edits.end };
  const texts = [...listElements(bytes, list)].map(([from, to]) => bytes.toString('utf8', from, to));
  const kept = texts.filter((text) => !text.includes('"clear_thinking_'));
  if (kept.length === texts.length) return;
  if (kept.length === 0 && inner.keys.size === 1) drops.add('context_management');
  else splices.push({ start: list.start, end: list.end, text: `[${kept.join(',')}]` });
};

const isAskedFor = (asked: string, model: Model): boolean => asked === model.name || asked === model.id;

/** Known to few models, and only the caller who asked for one by name knows which. */
const isBetweenTools = (bytes: Buffer, span: JsonSpan): boolean =>
  bytes.toString('latin1', span.start, span.end).includes('"between_tools"');

const passEffort = (
  { bytes, scan, request, model }: PassRequest,
  drops: Set<string>,
  splices: Splice[],
): void => {
  const { reasoning } = model.capabilities;
  const asked = request.reasoning.effort;
  const isOff = request.reasoning.mode === 'off';
  const mustThink = isOff && reasoning.type === 'adaptive' && !reasoning.canTurnOff;
  if (!asked && !mustThink) return;
  // a model of the budget kind may take efforts all the same: whoever asks for it by name is believed
  if (reasoning.type === 'budget' && isAskedFor(request.model, model)) return;
  const known: readonly Effort[] = 'efforts' in reasoning ? reasoning.efforts : [];
  const effort = effortFor(mustThink ? 'low' : (asked ?? 'low'), known);
  if (effort === asked) return;
  const span = scan.keys.get('output_config');
  if (!span || bytes[span.start] !== 0x7b) {
    if (!effort) return;
    if (span) splices.push({ start: span.start, end: span.end, text: `{"effort":"${effort}"}` });
    else
      splices.push({ start: scan.inside, end: scan.inside, text: `"output_config":{"effort":"${effort}"},` });
    return;
  }
  const inner = scanWithin(bytes, span.start, span.end);
  const told = inner.keys.get('effort');
  if (!effort) {
    if (inner.keys.size === 1) drops.add('output_config');
    else dropMembers(inner, new Set(['effort']), splices, span.start);
    return;
  }
  const start = span.start + (told?.start ?? inner.inside);
  if (told) splices.push({ start, end: span.start + told.end, text: `"${effort}"` });
  else splices.push({ start, end: start, text: `"effort":"${effort}"${inner.isEmpty ? '' : ','}` });
};

/** For models that take instructions at the top only: their place is kept, their role is not. */
const wrapInstructions = ({ bytes, scan }: PassRequest, splices: Splice[]): void => {
  const span = scan.keys.get('messages');
  if (!span) return;
  for (const [from, to] of listElements(bytes, span)) {
    if (!hasSystemRole(bytes, from, to)) continue;
    const message = scanWithin(bytes, from, to);
    const role = message.keys.get('role');
    const content = message.keys.get('content');
    if (!role || !content || bytes.toString('latin1', from + role.start, from + role.end) !== '"system"')
      continue;
    splices.push({ start: from + role.start, end: from + role.end, text: '"user"' });
    // what else instructions may carry (an effort from here on) is no business of a user
    const others = [...message.keys.keys()].filter((key) => key !== 'role' && key !== 'content');
    if (others.length > 0) dropMembers(message, new Set(others), splices, from);
    const start = from + content.start + 1;
    const end = from + content.end - 1;
    const isText = bytes[start - 1] === 0x22;
    const isEmpty = bytes.toString('latin1', start, end).trim() === '';
    if (isText)
      splices.push({ start, end: start, text: '<system>\\n' }, { start: end, end, text: '\\n</system>' });
    else if (!isEmpty)
      splices.push(
        { start, end: start, text: '{"type":"text","text":"<system>"},' },
        { start: end, end, text: ',{"type":"text","text":"</system>"}' },
      );
  }
};

const systemWord = Buffer.from('"system"');

const hasSystemRole = (bytes: Buffer, from: number, to: number): boolean =>
  bytes.subarray(from, to).indexOf(systemWord) >= 0;

const replace = ({ bytes, scan }: PassRequest, key: string, text: string, splices: Splice[]): void => {
  const span = scan.keys.get(key);
  if (span && bytes.toString('utf8', span.start, span.end) !== text)
    splices.push({ start: span.start, end: span.end, text });
};

const isInside = (splice: Splice, { keys }: JsonScan, drops: ReadonlySet<string>): boolean => {
  for (const key of drops) {
    const span = keys.get(key);
    if (span && splice.start >= span.start && splice.end <= span.end) return true;
  }
  return false;
};
