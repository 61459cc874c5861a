import type { ChatRequest, Tool } from '../../core/chat.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Capabilities } from '../../core/model.ts';
import { decisiveExtras } from '../decisive-extras.ts';
import type { Target, WrittenRequest } from '../dialect.ts';
import { keptElsewhere } from '../kept-elsewhere.ts';
import { shortName } from '../names.ts';
import {
  chooseEffort,
  openAiExtras,
  refusesSampling,
  withJsonWord,
  writeEndUser,
  writeFunction,
  writeSchema,
  writeTierWish,
} from '../openai-parameters.ts';
import { fitWritten } from './fit-messages.ts';
import { canAskForUsage, samplingFields } from './pass.ts';
import { cannotSay, writeMessages } from './write-messages.ts';

/** A request that came in another dialect, as a Chat body. Same input, same bytes: the body is a cache prefix. */
export const writeRequest = (request: ChatRequest, { model, quirks }: Target): WrittenRequest => {
  const { capabilities } = model;
  const warnings = new Set<string>();
  const warn = (what: string): void => {
    warnings.add(what);
  };
  refuseUnsayable(request, capabilities);

  const body: Record<string, JsonValue> = {
    model: model.name,
    messages: fitWritten(
      writeMessages(withJsonWord(request), {
        systemRole: quirks.systemRole ?? capabilities.systemRole,
        reasoningField: quirks.reasoningField,
        warn,
      }),
      quirks,
      warn,
    ),
  };
  writeTools(request, body, warn);
  if (request.maxOutputTokens !== undefined)
    body[quirks.maxTokensField ?? capabilities.maxTokensField] = fitOutput(
      request.maxOutputTokens,
      model.maxOutputTokens,
      warn,
    );
  const effort = chooseEffort(request, model.maxOutputTokens, capabilities, warn);
  if (effort) body.reasoning_effort = effort;
  writeSampling(request, capabilities, body, warn);
  if (request.stop.length > 0) body.stop = request.stop;
  writeFormat(request, body, warn);
  if (request.verbosity !== undefined) body.verbosity = request.verbosity;
  writeIdentity(request, body, warn);
  if (request.choices > 1) body.n = request.choices;
  if (request.logprobs) {
    body.logprobs = true;
    if (request.logprobs.top > 0) body.top_logprobs = request.logprobs.top;
  }
  if (request.stream) {
    body.stream = true;
    if (canAskForUsage(quirks)) body.stream_options = { include_usage: true };
  }
  writeExtras(request, body, warn);
  for (const field of quirks.refusedFields ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    if (field !== 'stream_options') warn(field);
  }
  return { body, warnings: [...warnings], headers: {} };
};

/** Messages callers warm a cache with an answer of no tokens; the least to be had here is one. */
const fitOutput = (tokens: number, most: number, warn: (what: string) => void): number => {
  const fitting = Math.max(1, Math.min(tokens, most));
  if (fitting !== tokens) warn('max_tokens');
  return fitting;
};

/** What would change the answer the caller can observe is refused, not dropped (WIRE 7.0). */
const refuseUnsayable = (request: ChatRequest, capabilities: Capabilities): void => {
  const stopField = {
    'anthropic-messages': 'stop_sequences',
    gemini: 'generationConfig.stopSequences',
  } as const;
  const param = request.dialect in stopField ? stopField[request.dialect as keyof typeof stopField] : 'stop';
  if (request.stop.length > 4) cannotSay('more than four stop sequences', request, param);
  if (request.stop.length > 0 && !capabilities.stop)
    cannotSay('stop sequences for this model', request, param);
  request.tools.forEach((tool, at) => {
    if (tool.type === 'hosted' && tool.dialect !== 'openai-chat')
      cannotSay(`a tool its vendor runs ("${tool.kind}")`, request, `tools.${at}`);
  });
  if (request.dialect === 'openai-chat') return;
  const kept = keptElsewhere(request);
  if (kept) cannotSay(`a request that ${kept.what}`, request, kept.param);
  // the canonical reply holds one answer, without probabilities
  if (request.choices > 1)
    cannotSay(
      'several answers in one reply',
      request,
      request.dialect === 'gemini' ? 'generationConfig.candidateCount' : 'n',
    );
  if (request.logprobs) cannotSay('token probabilities to another dialect', request, 'logprobs');
  if (request.turns.at(-1)?.role === 'assistant' && !capabilities.prefill)
    cannotSay('the beginning of an answer for the model to go on with', request, 'messages');
  for (const field of Object.keys(request.extras))
    if (decisiveExtras.has(field) && request.extras[field] !== false)
      cannotSay(`\`${field}\``, request, field);
};

const writeTools = (
  request: ChatRequest,
  body: Record<string, JsonValue>,
  warn: (what: string) => void,
): void => {
  const tools: JsonValue[] = [];
  for (const tool of request.tools) {
    if (tool.type === 'hosted' && tool.kind === 'web_search_options') body.web_search_options = tool.raw;
    else tools.push(writeTool(tool, warn));
  }
  if (tools.length === 0) return;
  body.tools = tools;
  const choice = request.toolChoice;
  const kindOf = (name: string) =>
    request.tools.some((tool) => tool.type === 'custom' && tool.name === name) ? 'custom' : 'function';
  const named = (name: string): JsonObject => {
    const kind = kindOf(name);
    return { type: kind, [kind]: { name: shortName(name) } };
  };
  if (choice?.type === 'named') body.tool_choice = named(choice.name);
  else if (choice?.type === 'subset')
    body.tool_choice = {
      type: 'allowed_tools',
      allowed_tools: { mode: choice.isRequired ? 'required' : 'auto', tools: choice.names.map(named) },
    };
  else if (choice) body.tool_choice = choice.type;
  if (request.parallelTools !== undefined) body.parallel_tool_calls = request.parallelTools;
};

const writeTool = (tool: Tool, warn: (what: string) => void): JsonValue => {
  if (tool.type === 'hosted') return tool.raw;
  if (tool.type === 'function') return { type: 'function', function: writeFunction(tool, warn) };
  return {
    type: 'custom',
    custom: {
      name: shortName(tool.name),
      ...(tool.description !== undefined && { description: tool.description }),
      ...(tool.grammar !== undefined && { format: { type: 'grammar', grammar: tool.grammar } }),
    },
  };
};

const writeSampling = (
  request: ChatRequest,
  capabilities: Capabilities,
  body: Record<string, JsonValue>,
  warn: (what: string) => void,
): void => {
  const { sampling } = request;
  const fields: Record<string, JsonValue | undefined> = {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    logit_bias: sampling.logitBias,
    seed: sampling.seed,
  };
  const isRefused = refusesSampling(request, capabilities);
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (isRefused && samplingFields.includes(field)) warn(field);
    else body[field] = value;
  }
  if (sampling.topK !== undefined) warn('top_k');
};

const writeFormat = (
  { format }: ChatRequest,
  body: Record<string, JsonValue>,
  warn: (what: string) => void,
): void => {
  if (format.type === 'json') body.response_format = { type: 'json_object' };
  if (format.type !== 'schema') return;
  body.response_format = { type: 'json_schema', json_schema: writeSchema(format, warn) };
};

const writeIdentity = (
  request: ChatRequest,
  body: Record<string, JsonValue>,
  warn: (what: string) => void,
): void => {
  const isOwn = request.dialect === 'openai-chat';
  if (request.endUser !== undefined) body.user = writeEndUser(request);
  if (request.metadata) {
    if (isOwn) body.metadata = request.metadata;
    else warn('metadata');
  }
  const tier = request.serviceTier;
  if (tier === undefined) return;
  const word = isOwn ? tier : writeTierWish(tier);
  if (word !== undefined) body.service_tier = word;
  else if (tier !== 'auto') warn('service_tier');
};

/** What OpenAI's two dialects have in common is kept between them; the rest is only kept on the way home. */
const writeExtras = (
  request: ChatRequest,
  body: Record<string, JsonValue>,
  warn: (what: string) => void,
): void => {
  for (const [field, value] of Object.entries(request.extras)) {
    if (value === undefined) continue;
    const isKept =
      request.dialect === 'openai-chat' ||
      (request.dialect === 'openai-responses' && openAiExtras.has(field));
    if (isKept)
      Object.defineProperty(body, field, { value, enumerable: true, writable: true, configurable: true });
    else warn(field);
  }
};
