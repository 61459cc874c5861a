import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { PromptBuilder } from '../prompt.ts';
import { type Ask, type Asked, isNothing, isText, WireProblem } from '../wire.ts';
import { arrayAt, camelled, fieldsOf, objectAt } from './fields.ts';
import { invalid } from './problem.ts';
import { readConfig } from './read-config.ts';
import { readContents } from './read-contents.ts';
import { readToolChoice, readTools } from './read-tools.ts';

const fields = fieldsOf(
  'model contents systemInstruction generationConfig tools toolConfig safetySettings cachedContent serviceTier continuationToken store',
);
const contentFields = fieldsOf('role parts');
const textFields = fieldsOf('text thought thoughtSignature');
const safetyFields = fieldsOf('category threshold method');
const thresholds = [
  ...['HARM_BLOCK_THRESHOLD_UNSPECIFIED', 'OFF', 'BLOCK_NONE', 'BLOCK_ONLY_HIGH'],
  ...['BLOCK_MEDIUM_AND_ABOVE', 'BLOCK_LOW_AND_ABOVE'],
];

/** Reads a generateContent body, as strictly as the vendor does in the matters that gateways get wrong. */
export const readGenerate = (raw: JsonObject, { model, organisation, route }: Asked): Ask => {
  const body = objectAt(camelled(raw), '', fields);
  const prompt = new PromptBuilder();
  const { tools: declared, hasHosted } = readTools(body.tools, model, prompt);
  const { choice, tools } = readToolChoice(body.toolConfig, declared);
  readSystem(body.systemInstruction, prompt, model.capabilities.hasSystemPrompt, model.name);
  const config = readConfig(body.generationConfig, model, declared.length > 0 || hasHosted);
  checkSettings(body);
  const { userText, results, rounds } = readContents(body.contents, model, prompt);
  if (prompt.tokens > model.contextTokens)
    throw invalid(
      `The input token count (${prompt.tokens}) exceeds the maximum number of tokens allowed (${model.contextTokens}).`,
      'contents',
    );
  const { showsThoughts, ...settings } = config;
  return {
    ...settings,
    segments: prompt.segments,
    userText,
    results,
    rounds,
    tools,
    toolChoice: choice,
    isParallel: true,
    isStream: route.isStream === true,
    wantsUsage: true,
    organisation,
    isBackground: false,
    memo: { isArray: route.isArray === true, generation: model.rules?.generation ?? 3 },
  };
};

const readSystem = (
  system: JsonValue | undefined,
  prompt: PromptBuilder,
  isTaken: boolean,
  name: string,
): void => {
  if (isNothing(system)) return;
  if (!isTaken)
    throw invalid(`Developer instruction is not enabled for models/${name}`, 'system_instruction');
  const { parts } = objectAt(system, 'system_instruction', contentFields);
  const read = arrayAt(parts, 'system_instruction.parts');
  if (read.length === 0) throw invalid('system_instruction.parts must not be empty.', 'system_instruction');
  prompt.message('system');
  for (const [at, part] of read.entries()) {
    const { text } = objectAt(part, `system_instruction.parts[${at}]`, textFields);
    if (!isText(text) || text === '')
      throw invalid(`system_instruction.parts[${at}].text must not be empty.`, 'system_instruction');
    prompt.text(text);
  }
};

const checkSettings = (body: JsonObject): void => {
  for (const [at, setting] of arrayAt(body.safetySettings, 'safety_settings').entries()) {
    const { category, threshold } = objectAt(setting, `safety_settings[${at}]`, safetyFields);
    if (
      !isText(category) ||
      !category.startsWith('HARM_CATEGORY_') ||
      !thresholds.includes(String(threshold))
    )
      throw invalid(`Invalid value at 'safety_settings[${at}]'.`, `safety_settings[${at}]`);
  }
  const { serviceTier, cachedContent } = body;
  if (
    !isNothing(serviceTier) &&
    !['standard', 'flex', 'priority'].includes(String(serviceTier).toLowerCase())
  )
    throw invalid(`Invalid value at 'service_tier': ${String(serviceTier)}`, 'service_tier');
  if (!isNothing(cachedContent))
    throw new WireProblem(403, `CachedContent not found (or permission denied): ${String(cachedContent)}`, {
      type: 'PERMISSION_DENIED',
    });
};

/** Either the contents alone or a whole request is counted. */
export const readCount = (raw: JsonObject, asked: Asked): number => {
  const body = objectAt(camelled(raw), '', fieldsOf('contents generateContentRequest'));
  const whole = body.generateContentRequest;
  if (!isNothing(whole) && !isNothing(body.contents))
    throw invalid('Only one of contents and generate_content_request may be set.');
  const request = isObject(whole) ? whole : { contents: body.contents ?? [] };
  return readGenerate(request, asked).segments.reduce((sum, { tokens }) => sum + tokens, 0);
};
