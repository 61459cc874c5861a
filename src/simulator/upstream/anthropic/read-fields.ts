import type { IncomingHttpHeaders } from 'node:http';
import { isObject, type JsonObject } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { isNothing, isText } from '../wire.ts';
import { refuse, threadless } from './problem.ts';

const known = new Set(
  'model messages max_tokens system tools tool_choice thinking output_config stop_sequences stream metadata service_tier speed inference_geo cache_control container diagnostics temperature top_p top_k'.split(
    ' ',
  ),
);

/** Legal only together with an `anthropic-beta` header. */
const betaFields = new Set(
  'context_management compaction fallbacks fallback_credit_token mcp_servers thread billing_policy output_format'.split(
    ' ',
  ),
);

const steered = ['temperature', 'top_p', 'top_k'];

/** The API version, once every field of the body is one that it knows and this model takes. */
export const checkFields = (
  body: JsonObject,
  headers: IncomingHttpHeaders,
  model: SimulatedModel,
): string => {
  const version = headers['anthropic-version'];
  if (version === undefined) throw refuse('anthropic-version', 'header is required');
  if (version !== '2023-06-01' && version !== '2026-10-21')
    throw refuse('anthropic-version', `"${String(version)}" is not a valid version`);
  const isBeta = headers['anthropic-beta'] !== undefined;
  // "future_…" stands for what the maker added yesterday
  const extra = Object.keys(body).find(
    (field) => !known.has(field) && !(isBeta && betaFields.has(field)) && !field.startsWith('future_'),
  );
  if (extra !== undefined) throw refuse(extra, 'Extra inputs are not permitted');
  if (isObject(body.thinking) && 'block_binding' in body.thinking && !isBeta)
    throw refuse('thinking.block_binding', 'Extra inputs are not permitted');
  checkSteering(body, version, model);
  if (!Array.isArray(body.messages)) throw refuse('messages', 'Field required');
  if (isObject(body.thread)) throw threadless();
  checkEnvelope(body);
  return version;
};

const checkSteering = (body: JsonObject, version: string, { capabilities, rules }: SimulatedModel): void => {
  for (const field of steered) {
    const value = body[field];
    if (value === undefined) continue;
    if (version === '2026-10-21') throw refuse(field, 'not supported in API version 2026-10-21');
    const isTolerated = value === 1 && (rules === undefined || rules.toleratesOne === true);
    if (capabilities.sampling === 'no' && !isTolerated) throw refuse(field, 'is not supported by this model');
  }
  const { temperature, top_p: topP, top_k: topK } = body;
  if (!isNothing(temperature) && !(typeof temperature === 'number' && temperature >= 0 && temperature <= 1))
    throw refuse('temperature', 'Input should be from 0 to 1');
  if (!isNothing(topP) && !(typeof topP === 'number' && topP >= 0 && topP <= 1))
    throw refuse('top_p', 'Input should be from 0 to 1');
  if (!isNothing(temperature) && !isNothing(topP) && rules !== undefined)
    throw refuse(
      '',
      '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
    );
  const thinks =
    isObject(body.thinking) && (body.thinking.type === 'enabled' || body.thinking.type === 'adaptive');
  if (!thinks) return;
  if (!isNothing(temperature) && temperature !== 1)
    throw refuse('', '`temperature` may only be set to 1 when thinking is enabled.');
  if (!isNothing(topK)) throw refuse('', '`top_k` must be unset when thinking is enabled.');
};

const configFields = ['effort', 'format'];

const checkEnvelope = ({
  metadata,
  service_tier: tier,
  speed,
  output_config: config,
  stream,
}: JsonObject): void => {
  if (!isNothing(metadata)) {
    const extra = isObject(metadata)
      ? Object.keys(metadata).find((field) => field !== 'user_id')
      : 'metadata';
    if (extra !== undefined) throw refuse(`metadata.${extra}`, 'Extra inputs are not permitted');
    const userId = isObject(metadata) ? metadata.user_id : undefined;
    if (!isNothing(userId) && !isText(userId))
      throw refuse('metadata.user_id', 'Input should be a valid string');
  }
  if (!isNothing(tier) && tier !== 'auto' && tier !== 'standard_only')
    throw refuse('service_tier', "Input should be 'auto' or 'standard_only'");
  if (!isNothing(speed) && speed !== 'standard' && speed !== 'fast')
    throw refuse('speed', "Input should be 'standard' or 'fast'");
  if (!isNothing(stream) && typeof stream !== 'boolean')
    throw refuse('stream', 'Input should be a valid boolean');
  const extra = isObject(config)
    ? Object.keys(config).find((field) => !configFields.includes(field))
    : undefined;
  if (extra !== undefined) throw refuse(`output_config.${extra}`, 'Extra inputs are not permitted');
};
