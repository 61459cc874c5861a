import { isObject, type JsonObject } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { isNothing, isText, isWhole, type Thinking } from '../wire.ts';
import { refuse } from './problem.ts';

const none: Thinking = { type: 'none', upToTokens: 0 };

/** How much a model thinks here, after `thinking` and `output_config.effort`. */
export const readThinking = (body: JsonObject, model: SimulatedModel, maxTokens: number): Thinking => {
  const { effort, tokens } = readEffort(body, model);
  const { thinking } = body;
  const { rules } = model;
  const { reasoning } = model.capabilities;
  if (isNothing(thinking))
    return rules?.defaultEffort === undefined
      ? none
      : { type: rules.omitsThinking ? 'signed' : 'shown', upToTokens: tokens };
  if (!isObject(thinking)) throw refuse('thinking', 'Input should be an object');
  checkFields(thinking);
  const isOmitted = isNothing(thinking.display)
    ? rules?.omitsThinking === true
    : thinking.display === 'omitted';
  const type = isOmitted ? 'signed' : 'shown';
  switch (thinking.type) {
    case 'disabled':
      if (rules?.thinkingOff === 'never' || (reasoning.type === 'adaptive' && !reasoning.canTurnOff))
        throw refuse('thinking', '"disabled" is not supported by this model');
      if (rules?.thinkingOff === 'up-to-high' && (effort === 'xhigh' || effort === 'max'))
        throw refuse('thinking', `"disabled" is not supported by this model at effort "${effort}"`);
      return none;
    case 'between_tools':
    case 'adaptive':
      if (
        reasoning.type !== 'adaptive' ||
        (thinking.type === 'between_tools' && rules && !rules.takesBetweenTools)
      )
        throw refuse('thinking', `"${thinking.type}" is not supported by this model`);
      return { type, upToTokens: tokens };
    case 'enabled': {
      const takesBudget =
        reasoning.type === 'budget' || (reasoning.type === 'adaptive' && reasoning.takesBudget);
      if (!takesBudget)
        throw refuse(
          'thinking',
          '"enabled" is not supported by this model. Use "adaptive" and output_config.effort instead.',
        );
      const budget = thinking.budget_tokens;
      if (!isWhole(budget) || budget < 1024)
        throw refuse('thinking.enabled.budget_tokens', 'Input should be greater than or equal to 1024');
      if (budget >= maxTokens)
        throw refuse('', '`max_tokens` must be greater than `thinking.budget_tokens`.');
      return { type, upToTokens: Math.round(budget * 0.6) };
    }
    default:
      throw refuse(
        'thinking',
        "Input tag should be one of 'adaptive', 'between_tools', 'disabled', 'enabled'",
      );
  }
};

const fields: Readonly<Record<string, readonly string[]>> = {
  enabled: ['type', 'budget_tokens', 'display', 'block_binding'],
  adaptive: ['type', 'display', 'block_binding'],
  between_tools: ['type', 'display', 'block_binding'],
  disabled: ['type'],
};

const checkFields = (thinking: JsonObject): void => {
  const { type, display } = thinking;
  const known = fields[String(type)];
  const extra = known && Object.keys(thinking).find((field) => !known.includes(field));
  if (extra !== undefined)
    throw refuse(`thinking.${String(type)}.${extra}`, 'Extra inputs are not permitted');
  if (!isNothing(display) && display !== 'summarized' && display !== 'omitted')
    throw refuse(`thinking.${String(type)}.display`, "Input should be 'summarized' or 'omitted'");
};

/** In a tool loop thinking is neither begun nor ended by hand. */
export const checkLoop = (body: JsonObject, loop: readonly JsonObject[] | undefined): void => {
  const mode = isObject(body.thinking) ? body.thinking.type : undefined;
  if (!loop) return;
  const first = loop[0]?.type;
  const isThought = first === 'thinking' || first === 'redacted_thinking';
  if (mode === 'enabled' && !isThought)
    throw refuse(
      'messages',
      `Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(first)}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`,
    );
  if (mode === 'disabled' && isThought)
    throw refuse(
      'thinking',
      'the thinking mode cannot be changed while the results of tools are brought back',
    );
};

const effortTokens: Readonly<Record<string, number>> = {
  low: 256,
  medium: 800,
  high: 2000,
  xhigh: 4000,
  max: 8000,
};

const readEffort = (
  { output_config: config }: JsonObject,
  { capabilities }: SimulatedModel,
): { readonly effort: string; readonly tokens: number } => {
  const effort = isObject(config) ? config.effort : undefined;
  if (isNothing(effort)) return { effort: 'high', tokens: effortTokens.high ?? 0 };
  const tokens = isText(effort) ? effortTokens[effort] : undefined;
  if (tokens === undefined || !isText(effort))
    throw refuse('output_config.effort', "Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
  if (capabilities.reasoning.type !== 'adaptive')
    throw refuse('output_config.effort', 'is not supported by this model');
  return { effort, tokens };
};
