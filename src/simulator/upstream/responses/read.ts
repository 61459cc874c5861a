import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { problem, unknown } from '../openai/problem.ts';
import { checkEnvelope, checkSampling, effortTokens, readEffort } from '../openai/read-settings.ts';
import { PromptBuilder } from '../prompt.ts';
import { type Ask, type Asked, isNothing, isText, isWhole, type Thinking, WireProblem } from '../wire.ts';
import { readInput } from './read-input.ts';
import { readAdditionalTools, readFormat, readToolChoice, readTools } from './read-tools.ts';
import type { ResponseStore, StoredResponse } from './store.ts';

const fields = new Set(
  'background client_metadata context_management conversation include input instructions max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user'.split(
    ' ',
  ),
);

/** Where Chat's fields have gone. */
const movedTo: Readonly<Record<string, string>> = {
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  messages: 'input',
  response_format: 'text.format',
  reasoning_effort: 'reasoning.effort',
  verbosity: 'text.verbosity',
};

const includable = [
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
];

/** Reads a Responses body, as strictly as the vendor does in the matters that gateways get wrong. */
export const readResponses = (body: JsonObject, asked: Asked, store: ResponseStore): Ask => {
  const { model, organisation } = asked;
  checkFields(body);
  checkEnvelope(body, model);
  const effort = readReasoning(body.reasoning, asked);
  checkSampling(body, model, effort);
  const previous = readPrevious(body, organisation, store);
  const prompt = new PromptBuilder();
  prompt.condition(`effort ${effort}`);
  const given = readGiven(body.input);
  const tools = [...readTools(body.tools, prompt), ...readAdditionalTools(given, prompt)];
  const toolChoice = readToolChoice(body.tool_choice, tools, body);
  if (isText(body.instructions)) {
    prompt.message('developer');
    prompt.text(body.instructions);
  } else if (!isNothing(body.instructions))
    throw problem("Invalid type for 'instructions': expected a string.", 'instructions', 'invalid_type');
  const items = [...(previous ? [...previous.input, ...previous.output] : []), ...given];
  const read = readInput(items, {
    ...{ prompt, store, organisation, model: model.name },
    isLite: asked.headers['x-openai-internal-codex-responses-lite'] === 'true',
  });
  const format = readFormat(body.text, () => /json/i.test(`${JSON.stringify(given)}${body.instructions}`));
  if (prompt.tokens > model.contextTokens)
    throw new WireProblem(
      400,
      'Your input exceeds the context window of this model. Please adjust your input and try again.',
      { param: 'input', code: 'context_length_exceeded' },
    );
  const isBackground = body.background === true;
  if (isBackground && body.store === false)
    throw problem("Background mode requires 'store' to be true.", 'background', 'invalid_value');
  return {
    segments: prompt.segments,
    userText: read.userText,
    results: read.results,
    rounds: read.rounds,
    tools,
    toolChoice,
    isParallel: body.parallel_tool_calls !== false,
    format,
    stop: [],
    maxTokens: readLimit(body.max_output_tokens, asked),
    thinking: thinkingOf(effort, body.reasoning),
    isStream: body.stream === true,
    wantsUsage: true,
    choices: 1,
    organisation,
    isBackground,
    memo: { ...body, effort, items, transformations: read.transformations },
  };
};

const checkFields = (body: JsonObject): void => {
  for (const field of Object.keys(body)) {
    if (fields.has(field) || field.startsWith('future_')) continue;
    const to = movedTo[field];
    if (to === undefined) throw unknown(field);
    throw problem(
      `Unsupported parameter: '${field}'. In the Responses API, this parameter has moved to '${to}'.`,
      field,
      'unsupported_parameter',
    );
  }
  const include = body.include ?? [];
  if (!Array.isArray(include)) throw problem("Invalid type for 'include'.", 'include', 'invalid_type');
  for (const [at, each] of (include as readonly JsonValue[]).entries())
    if (!isText(each) || !includable.includes(each))
      throw problem(
        `Invalid value: '${String(each)}'. Supported values are: ${includable.join(', ')}.`,
        `include[${at}]`,
        'invalid_value',
      );
  if (!isNothing(body.truncation) && body.truncation !== 'auto' && body.truncation !== 'disabled')
    throw problem("Invalid value for 'truncation': 'auto' or 'disabled'.", 'truncation', 'invalid_value');
  if (!isNothing(body.stream_options) && body.stream !== true)
    throw problem(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
    );
  if (isObject(body.stream_options) && 'include_usage' in body.stream_options)
    throw unknown('stream_options.include_usage');
};

const summaries = ['auto', 'concise', 'detailed'];

const readReasoning = (reasoning: JsonValue | undefined, { model }: Asked): string => {
  if (isNothing(reasoning)) return readEffort(undefined, model, 'reasoning.effort');
  if (!isObject(reasoning))
    throw problem("Invalid type for 'reasoning': expected an object.", 'reasoning', 'invalid_type');
  const extra = Object.keys(reasoning).find(
    (field) => !['effort', 'summary', 'generate_summary', 'context', 'mode'].includes(field),
  );
  if (extra !== undefined) throw unknown(`reasoning.${extra}`);
  const { summary } = reasoning;
  if (!isNothing(summary) && !(isText(summary) && summaries.includes(summary)))
    throw problem(`Invalid value: '${String(summary)}'.`, 'reasoning.summary', 'invalid_value');
  if (!isNothing(summary) && model.capabilities.reasoning.type === 'none')
    throw problem(
      "Unsupported parameter: 'reasoning.summary' is not supported with this model.",
      'reasoning.summary',
      'unsupported_parameter',
    );
  return readEffort(reasoning.effort, model, 'reasoning.effort');
};

const thinkingOf = (effort: string, reasoning: JsonValue | undefined): Thinking => {
  const upToTokens = effortTokens[effort] ?? 0;
  if (upToTokens === 0) return { type: 'none', upToTokens: 0 };
  const isShown = isObject(reasoning) && isText(reasoning.summary);
  return { type: isShown ? 'shown' : 'hidden', upToTokens };
};

const readLimit = (limit: JsonValue | undefined, { model }: Asked): number => {
  if (isNothing(limit)) return model.maxOutputTokens;
  if (!isWhole(limit) || limit < 16)
    throw problem(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${String(limit)} instead.`,
      'max_output_tokens',
      'integer_below_min_value',
    );
  if (limit > model.maxOutputTokens)
    throw problem(
      `Invalid 'max_output_tokens': integer above maximum value. Expected a value <= ${model.maxOutputTokens}, but got ${limit} instead.`,
      'max_output_tokens',
      'integer_above_max_value',
    );
  return limit;
};

const readPrevious = (
  { previous_response_id: id, conversation }: JsonObject,
  organisation: string,
  store: ResponseStore,
): StoredResponse | undefined => {
  if (!isNothing(id) && !isNothing(conversation))
    throw problem(
      "Mutually exclusive parameters: 'previous_response_id' and 'conversation'.",
      'conversation',
      'mutually_exclusive_parameters',
    );
  if (!isNothing(conversation))
    throw new WireProblem(404, `Conversation with id '${String(conversation)}' not found.`, {
      param: 'conversation',
      type: 'invalid_request_error',
      code: 'conversation_not_found',
    });
  if (isNothing(id)) return undefined;
  const previous = isText(id) ? store.response(id, organisation) : undefined;
  if (previous) return previous;
  throw new WireProblem(404, `Previous response with id '${String(id)}' not found.`, {
    param: 'previous_response_id',
    type: 'invalid_request_error',
    code: 'previous_response_not_found',
  });
};

/** A text stands for one message of the user. */
const readGiven = (input: JsonValue | undefined): readonly JsonObject[] => {
  if (isText(input)) return [{ type: 'message', role: 'user', content: input }];
  if (!Array.isArray(input) || input.length === 0)
    throw problem("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  return input as readonly JsonObject[];
};
