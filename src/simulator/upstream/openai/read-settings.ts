import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { mediaTypeOf, pictureTypes, readDataUrl } from '../media.ts';
import { isNothing, isText } from '../wire.ts';
import { problem } from './problem.ts';

/** How many tokens a hard task is thought over at an effort. */
export const effortTokens: Readonly<Record<string, number>> = {
  minimal: 64,
  low: 256,
  medium: 800,
  high: 2000,
  xhigh: 4000,
  max: 8000,
};

/** The effort that will be made, the model's own where none is asked for. */
export const readEffort = (
  effort: JsonValue | undefined,
  { capabilities: { reasoning }, rules }: SimulatedModel,
  field: string,
): string => {
  if (isNothing(effort)) return rules?.defaultEffort ?? 'none';
  const takes: readonly string[] = reasoning.type === 'effort' ? reasoning.efforts : [];
  if (isText(effort) && takes.includes(effort)) return effort;
  throw problem(
    takes.length === 0
      ? `Unsupported parameter: '${field}' is not supported with this model.`
      : `Unsupported value: '${field}' does not support '${effort}' with this model. Supported values are: ${takes.join(', ')}.`,
    field,
    takes.length === 0 ? 'unsupported_parameter' : 'unsupported_value',
  );
};

const steered = [
  ['temperature', 1],
  ['top_p', 1],
  ['presence_penalty', 0],
  ['frequency_penalty', 0],
] as const;
const onlyUnreasoned = ['logit_bias', 'logprobs', 'top_logprobs'] as const;

/** Models that reason take no steering of how they choose words. */
export const checkSampling = (body: JsonObject, { capabilities }: SimulatedModel, effort: string): void => {
  checkRange(body, 'temperature', 0, 2);
  checkRange(body, 'top_p', 0, 1);
  checkRange(body, 'presence_penalty', -2, 2);
  checkRange(body, 'frequency_penalty', -2, 2);
  checkRange(body, 'top_logprobs', 0, 20);
  const { sampling } = capabilities;
  if (sampling === 'yes' || (sampling === 'when-not-reasoning' && effort === 'none')) return;
  for (const [field, usual] of steered)
    if (!isNothing(body[field]) && body[field] !== usual)
      throw problem(
        `Unsupported value: '${field}' does not support ${JSON.stringify(body[field])} with this model. Only the default (${usual}) value is supported.`,
        field,
        'unsupported_value',
      );
  for (const field of onlyUnreasoned)
    if (!isNothing(body[field]) && body[field] !== false && body[field] !== 0)
      throw problem(
        `Unsupported parameter: '${field}' is not supported with this model.`,
        field,
        'unsupported_parameter',
      );
};

const checkRange = (body: JsonObject, field: string, least: number, most: number): void => {
  const value = body[field];
  if (isNothing(value)) return;
  if (typeof value !== 'number' || value < least || value > most)
    throw problem(
      `Invalid '${field}': expected a number from ${least} to ${most}.`,
      field,
      typeof value === 'number' ? 'decimal_out_of_range' : 'invalid_type',
    );
};

const serviceTiers = ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'];

/** Fields that say who asks, how urgent it is and what to cache: the same on both wires. */
export const checkEnvelope = (body: JsonObject, { rules }: SimulatedModel): void => {
  const { metadata, service_tier: tier, safety_identifier: identifier } = body;
  if (!isNothing(tier) && !(isText(tier) && serviceTiers.includes(tier)))
    throw problem(
      `Invalid value: '${tier}'. Supported values are: ${serviceTiers.join(', ')}.`,
      'service_tier',
      'invalid_value',
    );
  if (isText(identifier) && identifier.length > 128)
    throw problem(
      "Invalid 'safety_identifier': string too long.",
      'safety_identifier',
      'string_above_max_length',
    );
  if (!isNothing(metadata)) checkMetadata(metadata);
  const knows = rules?.cacheFields;
  if (!isNothing(body.prompt_cache_retention) && knows === 'options')
    throw unsupported('prompt_cache_retention');
  if (!isNothing(body.prompt_cache_options) && knows !== 'options' && knows !== 'both')
    throw unsupported('prompt_cache_options');
};

const unsupported = (field: string): Error =>
  problem(
    `Unsupported parameter: '${field}' is not supported with this model.`,
    field,
    'unsupported_parameter',
  );

const checkMetadata = (metadata: JsonValue): void => {
  const pairs = isObject(metadata) ? Object.entries(metadata) : undefined;
  if (!pairs || pairs.some(([, value]) => !isText(value)))
    throw problem("Invalid type for 'metadata': expected an object of texts.", 'metadata', 'invalid_type');
  if (pairs.length > 16 || pairs.some(([name, value]) => name.length > 64 || (value as string).length > 512))
    throw problem(
      "Invalid 'metadata': at most 16 pairs, keys of 64 and values of 512 characters.",
      'metadata',
      'object_above_max_properties',
    );
};

export const verbosities = ['low', 'medium', 'high'];

export const checkVerbosity = (verbosity: JsonValue | undefined, field: string): void => {
  if (!isNothing(verbosity) && !(isText(verbosity) && verbosities.includes(verbosity)))
    throw problem(
      `Invalid value: '${verbosity}'. Supported values are: ${verbosities.join(', ')}.`,
      field,
      'invalid_value',
    );
};

const details = ['auto', 'low', 'high', 'original'];

/** A picture by address or as data; its bytes have to be of a kind that is seen. */
export const checkPicture = (url: string, detail: JsonValue | undefined, where: string): void => {
  if (!isNothing(detail) && !(isText(detail) && details.includes(detail)))
    throw problem(
      `Invalid value: '${detail}'. Supported values are: ${details.join(', ')}.`,
      `${where}.detail`,
      'invalid_value',
    );
  if (/^https?:\/\//.test(url)) return;
  const data = readDataUrl(url);
  if (!data) throw problem('Invalid image URL: expected https or a data URL.', where, 'invalid_image_url');
  const actual = mediaTypeOf(data.data);
  if (
    !pictureTypes.includes(data.mediaType.replace('image/jpg', 'image/jpeg')) ||
    actual === undefined ||
    !pictureTypes.includes(actual)
  )
    throw problem(
      'You uploaded an unsupported image. Please make sure your image is of one of png, jpeg, gif or webp.',
      where,
      'invalid_image_format',
    );
};
