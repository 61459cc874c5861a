import { type JsonScan, type JsonSpan, type Splice, spliceBytes } from '../../kit/json-scan.ts';
import { dropMembers, listElements, scanWithin } from '../body-splices.ts';
import type { PassedRequest, PassRequest } from '../dialect.ts';
import { passSignatures } from './pass-signatures.ts';
import { budgetFor, clampBudget, effortForShare, levelFor, reasonsByLevels } from './reasoning.ts';

/**
 * The caller's bytes for a model of the same dialect. All that may differ from what came in is here and in
 * `docs/reference/splices-gemini.md`: what the chosen model refuses, and signatures that are not its own.
 */
export const passRequest = (pass: PassRequest): PassedRequest => {
  const { bytes, scan, model, quirks } = pass;
  const splices: Splice[] = [];
  const drops = new Set(quirks.refusedFields);
  const dropped = [...drops].filter((name) => scan.keys.has(name));
  nameModel(pass, splices);
  const config = keyOf(scan, 'generationConfig');
  if (config && !drops.has(config)) passConfig(pass, config, splices, dropped);
  passSignatures(pass, splices);
  if (!model.capabilities.hasSystemPrompt) moveInstructions(pass, drops, splices);
  if (drops.size > 0) dropMembers(scan, drops, splices);
  return { body: spliceBytes(bytes, splices), dropped };
};

/** As the caller spelt it. */
export const keyOf = ({ keys }: JsonScan, name: string): string | undefined => {
  if (keys.has(name)) return name;
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return keys.has(snake) ? snake : undefined;
};

/** The model stands in the path; where the body names one, too, it has to be the same. */
const nameModel = ({ scan, model }: PassRequest, splices: Splice[]): void => {
  const span = scan.keys.get('model');
  if (span) splices.push({ start: span.start, end: span.end, text: JSON.stringify(`models/${model.name}`) });
};

const passConfig = (pass: PassRequest, key: string, splices: Splice[], dropped: string[]): void => {
  const { bytes, scan, request, model } = pass;
  const span = scan.keys.get(key) as JsonSpan;
  if (bytes[span.start] !== openBrace) return;
  const { maxOutputTokens, reasoning, sampling } = request;
  const limit = (maxOutputTokens ?? 0) > model.maxOutputTokens;
  const wish = Object.keys(reasoning).length > 0;
  if (!limit && !wish && Object.keys(sampling).length === 0) return;
  const inner = scanWithin(bytes, span.start, span.end);
  const drops = new Set(refusedSampling(pass).flatMap((name) => keyOf(inner, name) ?? []));
  if (limit) {
    const told = inner.keys.get(keyOf(inner, 'maxOutputTokens') ?? '');
    if (told)
      splices.push({
        start: span.start + told.start,
        end: span.start + told.end,
        text: `${model.maxOutputTokens}`,
      });
  }
  const thinking = keyOf(inner, 'thinkingConfig');
  if (thinking) {
    if (model.capabilities.reasoning.type === 'none') drops.add(thinking);
    else passThinking(pass, span.start, inner.keys.get(thinking) as JsonSpan, splices);
  }
  for (const name of drops) dropped.push(`${key}.${name}`);
  if (drops.size > 0) dropMembers(inner, drops, splices, span.start);
};

const openBrace = 0x7b;

const refusedSampling = ({ request, model }: PassRequest): readonly string[] => {
  const { sampling } = model.capabilities;
  const isReasoning = request.reasoning.mode !== 'off' && request.reasoning.effort !== 'none';
  const isRefused = sampling === 'no' || (sampling === 'when-not-reasoning' && isReasoning);
  if (isRefused) return [...samplingFields, ...penalties];
  // before 3 on Vertex only
  return reasonsByLevels(model.capabilities) ? [] : penalties;
};

const samplingFields = ['temperature', 'topP', 'topK'];
const penalties = ['presencePenalty', 'frequencyPenalty'];

/** A budget for a model that knows levels, a level for one that knows budgets, and each within its bounds. */
const passThinking = (
  { bytes, request, model }: PassRequest,
  offset: number,
  thinking: JsonSpan,
  splices: Splice[],
): void => {
  const { reasoning } = model.capabilities;
  const { effort, budgetTokens, mode } = request.reasoning;
  const start = offset + thinking.start;
  const end = offset + thinking.end;
  if (bytes[start] !== openBrace || (effort === undefined && mode === undefined)) return;
  const inner = scanWithin(bytes, start, end);
  const key = keyOf(inner, effort === undefined ? 'thinkingBudget' : 'thinkingLevel');
  const span = key === undefined ? undefined : inner.keys.get(key);
  if (!key || !span) return;
  const put = (member: string): void => {
    splices.push({ start: start + span.keyStart, end: start + span.end, text: member });
  };
  if (reasoning.type === 'budget') {
    const budget =
      effort === undefined
        ? mode === 'off'
          ? 0
          : (budgetTokens ?? -1)
        : budgetFor(effort, model, reasoning);
    const fitting = budget < 0 ? budget : clampBudget(budget, reasoning);
    if (effort !== undefined || fitting !== budget) put(`"thinkingBudget":${fitting}`);
    return;
  }
  if (reasoning.type === 'none') return;
  const share = (budgetTokens ?? 0) / (request.maxOutputTokens ?? model.maxOutputTokens);
  const wanted =
    effort ?? (mode === 'adaptive' ? undefined : mode === 'off' ? 'none' : effortForShare(share));
  const level = wanted && levelFor(wanted, reasoning.efforts);
  if (level === undefined) dropMembers(inner, new Set([key]), splices, start);
  else if (level !== effort) put(`"thinkingLevel":"${level.toUpperCase()}"`);
};

/** For models without a place for instructions: they go before the first words, as they stand. */
const moveInstructions = ({ bytes, scan }: PassRequest, drops: Set<string>, splices: Splice[]): void => {
  const key = keyOf(scan, 'systemInstruction');
  const span = key === undefined ? undefined : scan.keys.get(key);
  const contents = scan.keys.get('contents');
  if (!key || !span || !contents || bytes[span.start] !== openBrace) return;
  const parts = scanWithin(bytes, span.start, span.end).keys.get('parts');
  drops.add(key);
  if (!parts) return;
  const isList = bytes[span.start + parts.start] === openBracket;
  const edge = isList ? 1 : 0;
  const text = bytes.toString('utf8', span.start + parts.start + edge, span.start + parts.end - edge);
  if (text.trim() === '') return;
  const [first] = listElements(bytes, contents);
  const inner = first && scanWithin(bytes, first[0], first[1]).keys;
  const role = inner?.get('role');
  const said = inner?.get('parts');
  const isUser = first && roleOf(bytes, first[0], role) !== '"model"';
  const isOpen = first && said && bytes[first[0] + said.start] === openBracket;
  const start = isUser && isOpen ? first[0] + said.start + 1 : contents.start + 1;
  const moved = isUser && isOpen ? `${text},` : `{"role":"user","parts":[${text}]},`;
  splices.push({ start, end: start, text: moved });
};

const roleOf = (bytes: Buffer, offset: number, role: JsonSpan | undefined): string | undefined =>
  role && bytes.toString('latin1', offset + role.start, offset + role.end);

const openBracket = 0x5b;
