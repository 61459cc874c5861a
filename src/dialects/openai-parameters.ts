import { hash } from 'node:crypto';
import { type Block, type ChatRequest, type OutputFormat, type Tool, textOf } from '../core/chat.ts';
import type { JsonObject } from '../core/json.ts';
import { type Capabilities, type DialectName, type Effort, efforts } from '../core/model.ts';
import { shortName } from './names.ts';
import { strictSchema, toolSchema } from './openai-schema.ts';

/** What OpenAI's two dialects say alike, whatever they call the field. */

export const isOpenAi = (dialect: DialectName): boolean =>
  dialect === 'openai-chat' || dialect === 'openai-responses';

/** Fields that mean the same in both, and nothing to any other vendor. */
export const openAiExtras: ReadonlySet<string> = new Set([
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
]);

/** The effort a wish comes to on this model; undefined where nothing was wished or nothing can be said. */
export const chooseEffort = (
  { reasoning, maxOutputTokens }: Pick<ChatRequest, 'reasoning' | 'maxOutputTokens'>,
  modelMaxTokens: number,
  capabilities: Capabilities,
  warn: (what: string) => void,
): Effort | undefined => {
  const wish =
    reasoning.mode === 'off'
      ? 'none'
      : (reasoning.effort ??
        (reasoning.budgetTokens === undefined
          ? undefined
          : effortOf(reasoning.budgetTokens / (maxOutputTokens ?? modelMaxTokens))));
  if (wish === undefined) return undefined;
  const known = effortsOf(capabilities);
  if (known.length === 0) {
    if (wish !== 'none') warn('reasoning');
    return undefined;
  }
  // "off" on a model that always reasons: as little as it can
  if (wish === 'none' && !known.includes(wish)) warn('reasoning');
  return nearestEffort(wish, known);
};

/** The wish itself where the model knows it; from "high" on rather less, below rather more. */
export const nearestEffort = (wish: Effort, known: readonly Effort[]): Effort | undefined => {
  if (known.includes(wish)) return wish;
  const at = efforts.indexOf(wish);
  const lower = efforts.slice(0, at).filter((effort) => effort !== 'none' && known.includes(effort));
  const higher = efforts.slice(at + 1).filter((effort) => known.includes(effort));
  return (at >= efforts.indexOf('high') ? lower.at(-1) : higher[0]) ?? higher[0] ?? lower.at(-1);
};

export const effortsOf = ({ reasoning }: Capabilities): readonly Effort[] => {
  if (reasoning.type === 'none') return [];
  return reasoning.type === 'budget' ? ['low', 'medium', 'high'] : reasoning.efforts;
};

/** How large a share of the answer may be thought: WIRE 7.4, backwards. */
const effortOf = (share: number): Effort => {
  if (share <= 0.05) return 'minimal';
  if (share <= 0.2) return 'low';
  if (share <= 0.45) return 'medium';
  return share <= 0.75 ? 'high' : 'xhigh';
};

/** Whether the model refuses temperature and its like in this request. */
export const refusesSampling = (
  { reasoning }: Pick<ChatRequest, 'reasoning'>,
  { sampling }: Capabilities,
): boolean =>
  sampling === 'no' ||
  (sampling === 'when-not-reasoning' && reasoning.mode !== 'off' && reasoning.effort !== 'none');

/** OpenAI's word for a tier; undefined where it has none that would be meant. */
export const writeTierWish = (tier: string): string | undefined => {
  if (tier === 'standard_only' || tier === 'standard') return 'default';
  return openAiTiers.has(tier) ? tier : undefined;
};

const openAiTiers: ReadonlySet<string> = new Set(['default', 'flex', 'scale', 'priority', 'fast']);

/** Anthropic's word for the tier everybody has is "standard", OpenAI's "default". */
export const writeServiceTier = (tier: string): string => (tier === 'standard' ? 'default' : tier);

/** To a vendor the caller does not know, a person is a hash. */
export const writeEndUser = ({ dialect, endUser = '' }: ChatRequest): string =>
  isOpenAi(dialect) ? endUser : hash('sha256', `tierwise:${endUser}`);

/** OpenAI refuses `json_object` where the prompt never says "JSON"; other vendors ask for no such word. */
export const withJsonWord = (request: ChatRequest): ChatRequest => {
  if (request.format.type !== 'json' || isOpenAi(request.dialect)) return request;
  const saysJson = (blocks: readonly Block[]) => /json/i.test(textOf(blocks));
  if (saysJson(request.system) || request.turns.some((turn) => saysJson(turn.blocks))) return request;
  return { ...request, system: [...request.system, { type: 'text', text: 'Answer with one JSON object.' }] };
};

/** A function tool as both dialects describe it. What cannot be held to strictly is not, and the caller is told. */
export const writeFunction = (
  tool: Tool & { readonly type: 'function' },
  warn: (what: string) => void,
): JsonObject => {
  const schema = toolSchema(tool.schema);
  const strict = tool.strict ? strictSchema(schema) : undefined;
  // an argument that may be left out is not to be made up
  const isStrict = strict !== undefined && !strict.demandsMore;
  if (tool.strict && !isStrict) warn('strict');
  return {
    name: shortName(tool.name),
    ...(tool.description !== undefined && { description: tool.description }),
    parameters: isStrict ? strict.schema : schema,
    ...(tool.strict !== undefined && { strict: isStrict }),
  };
};

/** The schema of an answer, with its name. */
export const writeSchema = (
  format: OutputFormat & { readonly type: 'schema' },
  warn: (what: string) => void,
): JsonObject => {
  const strict = format.isStrict ? strictSchema(format.schema) : undefined;
  if (format.isStrict && !strict) warn('strict');
  return {
    name: shortName(format.name),
    ...(format.description !== undefined && { description: format.description }),
    schema: strict?.schema ?? format.schema,
    strict: strict !== undefined,
  };
};
