import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { type Ask, isNothing, isText, isWhole, type Thinking } from '../wire.ts';
import { arrayAt, fieldsOf, objectAt } from './fields.ts';
import { invalid } from './problem.ts';
import { isOld, lowered } from './read-tools.ts';
import { checkOpenApiSchema, checkResponseSchema } from './schema.ts';

const configFields = fieldsOf(
  'temperature topP topK candidateCount maxOutputTokens stopSequences presencePenalty frequencyPenalty seed responseLogprobs logprobs responseMimeType responseSchema responseJsonSchema _responseJsonSchema responseModalities responseFormat mediaResolution speechConfig imageConfig thinkingConfig enableEnhancedCivicAnswers audioTimestamp',
);

export interface ReadConfig {
  readonly stop: readonly string[];
  readonly choices: number;
  readonly maxTokens: number;
  readonly format: Ask['format'];
  readonly thinking: Thinking;
  readonly showsThoughts: boolean;
}

export const readConfig = (
  value: JsonValue | undefined,
  model: SimulatedModel,
  hasTools: boolean,
): ReadConfig => {
  const config = isNothing(value) ? {} : objectAt(value, 'generation_config', configFields);
  checkNumbers(config, model);
  const stop = arrayAt(config.stopSequences, 'generation_config.stop_sequences');
  if (stop.length > 5 || !stop.every((each) => isText(each) && each !== ''))
    throw invalid('stop_sequences: at most 5 texts that are not empty.', 'generation_config.stop_sequences');
  const { type, upToTokens, showsThoughts } = readThinking(config.thinkingConfig, model);
  return {
    stop: stop as readonly string[],
    choices: isWhole(config.candidateCount) ? config.candidateCount : 1,
    maxTokens: isWhole(config.maxOutputTokens) ? config.maxOutputTokens : model.maxOutputTokens,
    format: readFormat(config, model, hasTools),
    thinking: { type, upToTokens },
    showsThoughts,
  };
};

const ranges = [
  ['temperature', 0, 2],
  ['topP', 0, 1],
  ['topK', 1, 1000],
  ['presencePenalty', -2, 2],
  ['frequencyPenalty', -2, 2],
  ['candidateCount', 1, 8],
  ['logprobs', 0, 20],
] as const;

const checkNumbers = (config: JsonObject, model: SimulatedModel): void => {
  for (const [field, least, most] of ranges) {
    const value = config[field];
    if (isNothing(value)) continue;
    if (typeof value !== 'number' || value < least || value > most)
      throw invalid(
        `Invalid value at 'generation_config.${field}': the supported range is from ${least} to ${most}.`,
        field,
      );
    if (field.endsWith('Penalty') && isOld(model))
      throw invalid(`Penalty is not enabled for models/${model.name}`, `generation_config.${field}`);
  }
  if (!isNothing(config.logprobs) && config.responseLogprobs !== true)
    throw invalid('logprobs needs response_logprobs to be true.', 'generation_config.logprobs');
  const { maxOutputTokens: limit } = config;
  if (!isNothing(limit) && !(isWhole(limit) && limit >= 1 && limit <= model.maxOutputTokens))
    throw invalid(
      `max_output_tokens must be from 1 to ${model.maxOutputTokens}, got ${String(limit)}.`,
      'generation_config.max_output_tokens',
    );
};

const readFormat = (config: JsonObject, model: SimulatedModel, hasTools: boolean): Ask['format'] => {
  const { responseMimeType: type, responseSchema, _responseJsonSchema } = config;
  const responseJsonSchema = config.responseJsonSchema ?? _responseJsonSchema;
  if (!isNothing(type) && !['text/plain', 'application/json', 'text/x.enum'].includes(String(type)))
    throw invalid(
      `response_mime_type: ${String(type)} is not one of text/plain, application/json, text/x.enum.`,
    );
  if (!isNothing(responseSchema) && !isNothing(responseJsonSchema))
    throw invalid('Only one of response_schema and response_json_schema may be set.', 'generation_config');
  const schema = responseJsonSchema ?? responseSchema;
  if (!isNothing(schema) && (isNothing(type) || type === 'text/plain'))
    throw invalid(
      'A response schema is only supported with the response mime types application/json and text/x.enum.',
      'generation_config.response_mime_type',
    );
  if (type === 'application/json' && hasTools && !model.capabilities.schemaWithTools)
    throw invalid(
      "Function calling with a response mime type: 'application/json' is unsupported",
      'generation_config',
    );
  if (!isNothing(responseJsonSchema))
    checkResponseSchema(responseJsonSchema, 'generation_config.response_json_schema');
  if (!isNothing(responseSchema)) checkOpenApiSchema(responseSchema, 'generation_config.response_schema');
  if (isObject(schema)) return { type: 'schema', schema: lowered(schema) };
  return { type: type === 'application/json' ? 'json' : 'text' };
};

const thinkingFields = fieldsOf('includeThoughts thinkingBudget thinkingLevel');
const levelTokens: Readonly<Record<string, number>> = {
  minimal: 64,
  low: 256,
  medium: 800,
  high: 2000,
  xhigh: 4000,
};

/** Budgets up to 2.5, levels from 3 on, never both. */
const readThinking = (
  value: JsonValue | undefined,
  model: SimulatedModel,
): Thinking & { readonly showsThoughts: boolean } => {
  const { reasoning } = model.capabilities;
  const path = 'generation_config.thinking_config';
  const config = isNothing(value) ? {} : objectAt(value, path, thinkingFields);
  const { thinkingBudget: budget, thinkingLevel: level } = config;
  const showsThoughts = config.includeThoughts === true;
  const asks = !isNothing(budget) || !isNothing(level);
  if (!isNothing(budget) && !isNothing(level))
    throw invalid('You can only set only one of thinking budget and thinking level.', path);
  if (reasoning.type === 'none' && (asks || showsThoughts))
    throw invalid(`Thinking is not supported by models/${model.name}.`, path);
  const thinks = (upToTokens: number) => ({
    type: upToTokens === 0 ? ('none' as const) : showsThoughts ? ('shown' as const) : ('hidden' as const),
    upToTokens,
    showsThoughts,
  });
  if (!asks) return thinks(levelTokens[model.rules?.defaultEffort ?? 'none'] ?? 0);
  if (reasoning.type === 'budget') {
    if (!isNothing(level)) throw invalid(`Thinking level is not supported by models/${model.name}.`, path);
    if (!isWhole(budget)) throw invalid(`Invalid value at '${path}.thinking_budget'.`, path);
    if (budget === -1) return thinks(800);
    const { minTokens, maxTokens } = reasoning;
    if (budget === 0 && model.rules?.alwaysThinks)
      throw invalid(`Budget 0 is invalid. Models/${model.name} only works in thinking mode.`, path);
    if (budget !== 0 && (budget < minTokens || budget > maxTokens))
      throw invalid(
        `The thinking budget ${budget} is invalid. Please choose a value between ${minTokens} and ${maxTokens}.`,
        path,
      );
    return thinks(Math.round(budget * 0.6));
  }
  if (!isNothing(budget))
    throw invalid(`Thinking budget is not supported by models/${model.name}; set a thinking level.`, path);
  const levels = reasoning.type === 'effort' ? (reasoning.efforts as readonly string[]) : [];
  const name = isText(level) ? level.toLowerCase() : '';
  if (!levels.includes(name))
    throw invalid(
      `Thinking level ${String(level)} is not supported by models/${model.name}. Supported: ${levels.map((each) => each.toUpperCase()).join(', ')}.`,
      path,
    );
  return thinks(levelTokens[name] ?? 0);
};
