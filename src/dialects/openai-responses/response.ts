import type { GatewayError } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { ReplyCall } from '../dialect.ts';
import { responseId } from './wire.ts';

/** How far an answer is, and what there is of it. */
export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly output: readonly JsonValue[];
  readonly usage?: JsonObject;
  readonly error?: JsonObject;
  readonly incompleteReason?: string | undefined;
  readonly serviceTier?: string | undefined;
}

/** The response object: what was asked, as far as clients look at it, and what came of it. */
export const writeResponse = (call: ReplyCall, state: ResponseState): JsonObject => {
  const { request } = call;
  const { sampling, reasoning, format } = request;
  return {
    id: responseId(call.exchangeId),
    object: 'response',
    created_at: call.createdSec,
    status: state.status,
    background: false,
    error: state.error ?? null,
    incomplete_details: state.incompleteReason ? { reason: state.incompleteReason } : null,
    instructions: null,
    max_output_tokens: request.maxOutputTokens ?? null,
    model: call.modelName,
    output: state.output,
    parallel_tool_calls: request.parallelTools ?? true,
    previous_response_id: request.state?.previousId ?? null,
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.isShown ? 'auto' : null },
    service_tier: state.serviceTier ?? request.serviceTier ?? 'default',
    store: request.state?.store ?? true,
    temperature: sampling.temperature ?? null,
    text: {
      format: writeFormatEcho(format),
      ...(request.verbosity !== undefined && { verbosity: request.verbosity }),
    },
    tool_choice: writeChoiceEcho(request.toolChoice),
    // clients know their own tools, and agents have hundreds of kilobytes of them
    tools: [],
    top_p: sampling.topP ?? null,
    truncation: 'disabled',
    usage: state.usage ?? null,
    metadata: request.metadata ?? {},
  };
};

const writeFormatEcho = (format: ReplyCall['request']['format']): JsonObject => {
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json') return { type: 'json_object' };
  return { type: 'json_schema', name: format.name, schema: format.schema, strict: format.isStrict };
};

const writeChoiceEcho = (choice: ReplyCall['request']['toolChoice']): JsonValue => {
  if (!choice) return 'auto';
  if (choice.type === 'named') return { type: 'function', name: choice.name };
  if (choice.type !== 'subset') return choice.type;
  const tools = choice.names.map((name) => ({ type: 'function', name }));
  return { type: 'allowed_tools', mode: choice.isRequired ? 'required' : 'auto', tools };
};

/** What a failed response says of itself; agents act on the code, and on the pause that a rate limit's words name. */
export const writeFailure = (error: GatewayError): JsonObject => {
  const code = failureCodes[error.class] ?? 'server_error';
  const { retryAfterMs } = error;
  const hasPause = code === 'rate_limit_exceeded' && retryAfterMs !== undefined;
  const pause = hasPause ? ` Please try again in ${Math.ceil(retryAfterMs / 100) / 10}s.` : '';
  return { code, message: error.message + pause };
};

const failureCodes: Partial<Record<GatewayError['class'], string>> = {
  'bad-request': 'invalid_prompt',
  'context-too-long': 'context_length_exceeded',
  'no-credit': 'insufficient_quota',
  'rate-limited': 'rate_limit_exceeded',
  overloaded: 'server_is_overloaded',
};
