import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { PromptBuilder } from '../prompt.ts';
import { type Ask, type Asked, isText, isWhole } from '../wire.ts';
import { CacheMarks } from './cache-marks.ts';
import { refuse } from './problem.ts';
import { checkFields } from './read-fields.ts';
import { checkLoop, readThinking } from './read-thinking.ts';
import { readFormat, readToolChoice, readTools } from './read-tools.ts';
import { readTurns } from './read-turns.ts';
import type { Reading } from './reading.ts';
import { PrefixDigest } from './signature.ts';

/** Reads a Messages body, as strictly as the vendor does in the matters that gateways get wrong. */
export const readMessages = (body: JsonObject, { headers, model, organisation }: Asked): Ask => {
  const version = checkFields(body, headers, model);
  const prompt = new PromptBuilder();
  const gathering = { prompt, marks: new CacheMarks(), prefix: new PrefixDigest() };
  const tools = readTools(body.tools, gathering);
  const maxTokens = readLimit(body.max_tokens, model);
  const thinking = readThinking(body, model, maxTokens);
  const toolChoice = readToolChoice(body.tool_choice, tools, model, body.thinking);
  readSystem(body.system, gathering);
  prompt.condition(`thinking ${thinking.type} ${thinking.upToTokens}, ${JSON.stringify(body.tool_choice)}`);
  const endUser = isObject(body.metadata) && isText(body.metadata.user_id) ? body.metadata.user_id : '';
  const reading: Reading = {
    ...gathering,
    model,
    organisation,
    endUser,
    version,
    takesTurnControl: String(headers['anthropic-beta']).includes('per-turn-control-'),
    hasTools: Array.isArray(body.tools) && body.tools.length > 0,
    open: new Set(),
  };
  const { userText, results, rounds, loop } = readTurns(body.messages as readonly JsonValue[], reading);
  checkLoop(body, loop);
  const topLevel = gathering.marks.read(body, '');
  if (topLevel) prompt.mark(topLevel);
  if (prompt.tokens > model.contextTokens)
    throw refuse('', `prompt is too long: ${prompt.tokens} tokens > ${model.contextTokens} maximum`);
  return {
    segments: prompt.segments,
    userText,
    results,
    rounds,
    tools,
    toolChoice,
    isParallel: !(isObject(body.tool_choice) && body.tool_choice.disable_parallel_tool_use === true),
    format: readFormat(body.output_config),
    stop: readStop(body.stop_sequences),
    maxTokens,
    thinking,
    isStream: body.stream === true,
    wantsUsage: true,
    choices: 1,
    organisation,
    isBackground: false,
    memo: {
      isBound: model.capabilities.boundReasoning,
      endUser,
      prefix: gathering.prefix.here(),
    },
  };
};

const readLimit = (limit: JsonValue | undefined, { maxOutputTokens }: SimulatedModel): number => {
  if (limit === undefined) throw refuse('max_tokens', 'Field required');
  if (!isWhole(limit) || limit < 0) throw refuse('max_tokens', 'Input should be a valid integer, 0 or more');
  if (limit > maxOutputTokens)
    throw refuse(
      'max_tokens',
      `${limit} > ${maxOutputTokens}, which is the maximum allowed number of output tokens for this model`,
    );
  return limit;
};

const readStop = (stop: JsonValue | undefined): readonly string[] => {
  const sequences = stop ?? [];
  if (!Array.isArray(sequences) || !sequences.every(isText))
    throw refuse('stop_sequences', 'Input should be a valid list');
  const blank = (sequences as readonly string[]).findIndex((each) => each.trim() === '');
  if (blank >= 0) throw refuse(`stop_sequences.${blank}`, 'each stop sequence must contain non-whitespace');
  return sequences as readonly string[];
};

/** Of Claude Code: another in every call, and no part of what is cached or signed. */
const attribution = 'x-anthropic-billing-header:';

const readSystem = (
  system: JsonValue | undefined,
  { prompt, marks, prefix }: Pick<Reading, 'prompt' | 'marks' | 'prefix'>,
): void => {
  if (system === undefined) return;
  prompt.message('system');
  if (isText(system)) {
    prefix.add('system', system);
    prompt.text(system);
    return;
  }
  if (!Array.isArray(system)) throw refuse('system', 'Input should be a valid string or list of text blocks');
  for (const [at, block] of (system as readonly JsonValue[]).entries()) {
    if (!isObject(block) || block.type !== 'text' || !isText(block.text))
      throw refuse(`system.${at}`, 'Input should be a text block');
    if (block.text === '') throw refuse(`system.${at}`, 'text content blocks must be non-empty');
    if (at === 0 && block.text.startsWith(attribution)) continue;
    prefix.add('system', block.text);
    prompt.text(block.text, marks.read(block, `system.${at}`));
  }
};
