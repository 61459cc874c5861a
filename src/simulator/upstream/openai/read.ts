import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { PromptBuilder } from '../prompt.ts';
import { type Ask, type Asked, isNothing, isText, isWhole, WireProblem } from '../wire.ts';
import { checkKnown, problem } from './problem.ts';
import { readMessages } from './read-messages.ts';
import { checkEnvelope, checkSampling, checkVerbosity, effortTokens, readEffort } from './read-settings.ts';
import { readFormat, readToolChoice, readTools } from './read-tools.ts';

const fields =
  'audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages metadata modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options'.split(
    ' ',
  );

/** Reads a Chat Completions body, as strictly as the vendor does in the matters that gateways get wrong. */
export const readChat = (body: JsonObject, { model, organisation }: Asked): Ask => {
  checkFields(body);
  checkEnvelope(body, model);
  checkVerbosity(body.verbosity, 'verbosity');
  const effort = readEffort(body.reasoning_effort, model, 'reasoning_effort');
  checkSampling(body, model, effort);
  const prompt = new PromptBuilder();
  prompt.condition(`effort ${effort}`);
  const tools = readTools(body.tools, prompt);
  checkToolsHere(body, model, tools.length > 0);
  const messages = body.messages;
  if (!Array.isArray(messages)) throw problem("Missing required parameter: 'messages'.", 'messages');
  if (messages.length === 0) throw problem("'messages' must hold at least one message.", 'messages');
  const { userText, results, rounds } = readMessages(messages as readonly JsonValue[], prompt);
  const format = readFormat(body.response_format, messages as readonly JsonValue[]);
  const choices = body.n ?? 1;
  if (!isWhole(choices) || choices < 1 || choices > 128)
    throw problem("'n' is a whole number from 1 to 128.", 'n');
  if (prompt.tokens > model.contextTokens)
    throw new WireProblem(
      400,
      `This model's maximum context length is ${model.contextTokens} tokens. However, your messages resulted in ${prompt.tokens} tokens.`,
      { param: 'messages', code: 'context_length_exceeded' },
    );
  const upToTokens = effortTokens[effort] ?? 0;
  return {
    segments: prompt.segments,
    userText,
    results,
    rounds,
    tools,
    toolChoice: readToolChoice(body.tool_choice, tools),
    isParallel: body.parallel_tool_calls !== false,
    format,
    stop: readStop(body.stop, model),
    maxTokens: readLimit(body, model),
    thinking: { type: upToTokens === 0 ? 'none' : 'hidden', upToTokens },
    isStream: body.stream === true,
    wantsUsage: isObject(body.stream_options) && body.stream_options.include_usage === true,
    choices,
    organisation,
    memo: {},
    isBackground: false,
  };
};

const checkFields = (body: JsonObject): void => {
  checkKnown(body, fields, '');
  if (!isNothing(body.stream_options) && body.stream !== true)
    throw problem("'stream_options' is only allowed when 'stream' is true.", 'stream_options');
  if (!isNothing(body.top_logprobs) && body.logprobs !== true)
    throw problem("'top_logprobs' is only allowed when 'logprobs' is true.", 'top_logprobs');
  if (!isNothing(body.parallel_tool_calls) && isNothing(body.tools))
    throw problem(
      "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
      'parallel_tool_calls',
    );
};

/** The younger a model, the less it reasons on this wire while it has tools. */
const checkToolsHere = (
  { reasoning_effort: effort }: JsonObject,
  { name, capabilities, rules }: SimulatedModel,
  hasTools: boolean,
): void => {
  if (!hasTools) return;
  if (!capabilities.tools)
    throw problem("'tools' is not supported with this model.", 'tools', 'unsupported_parameter');
  const isRefused =
    rules?.chatTools === 'only-at-none'
      ? effort !== 'none'
      : rules?.chatTools === 'without-effort' && !isNothing(effort) && effort !== 'none';
  if (isRefused)
    throw problem(
      `Function tools with reasoning_effort are not supported for ${name} in /v1/chat/completions. Please use /v1/responses instead.`,
      'reasoning_effort',
    );
};

const readStop = (stop: JsonValue | undefined, { capabilities }: SimulatedModel): readonly string[] => {
  if (isNothing(stop)) return [];
  if (!capabilities.stop)
    throw problem(
      "Unsupported parameter: 'stop' is not supported with this model.",
      'stop',
      'unsupported_parameter',
    );
  const sequences = isText(stop) ? [stop] : stop;
  if (!Array.isArray(sequences) || sequences.length > 4 || !sequences.every(isText))
    throw problem("'stop' is a text or a list of up to four.", 'stop');
  return sequences as readonly string[];
};

const readLimit = (body: JsonObject, { capabilities, maxOutputTokens }: SimulatedModel): number => {
  if (!isNothing(body.max_tokens) && capabilities.maxTokensField !== 'max_tokens')
    throw problem(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    );
  if (!isNothing(body.max_tokens) && !isNothing(body.max_completion_tokens))
    throw problem(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
    );
  for (const field of ['max_completion_tokens', 'max_tokens']) {
    const value = body[field];
    if (isNothing(value)) continue;
    if (!isWhole(value) || value < 1)
      throw problem(`Invalid '${field}': integer below minimum value, expected 1 or more.`, field);
    if (value > maxOutputTokens)
      throw problem(
        `${field} is too large: ${value}. This model supports at most ${maxOutputTokens} completion tokens.`,
        field,
      );
    return value;
  }
  return maxOutputTokens;
};
