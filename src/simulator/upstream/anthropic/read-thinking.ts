import { isObject, type JsonObject } from '../../../core/json.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import { isText, isWhole, type Thinking } from '../wire.ts';
import { refuse } from './problem.ts';

/** How much a model thinks here, after `thinking` and `output_config.effort`. */
export const readThinking = (body: JsonObject, model: SimulatedModel, maxTokens: number): Thinking => {
  const effort = readEffort(body, model);
  const { thinking } = body;
  const none: Thinking = { type: 'none', upToTokens: 0 };
  if (thinking === undefined || thinking === null) return none;
  if (!isObject(thinking)) throw refuse('thinking', 'Input should be an object');
  const { reasoning } = model.capabilities;
  const shows = thinking.display === 'omitted' ? 'signed' : 'shown';
  switch (thinking.type) {
    case 'disabled':
      if (reasoning.type === 'adaptive' && !reasoning.canTurnOff)
        throw refuse('thinking', '"disabled" is not supported by this model');
      return none;
    case 'adaptive':
    case 'between_tools':
      if (reasoning.type !== 'adaptive')
        throw refuse('thinking', `"${thinking.type}" is not supported by this model`);
      return { type: shows, upToTokens: effort };
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
      return { type: shows, upToTokens: Math.round(budget * 0.6) };
    }
    default:
      throw refuse(
        'thinking',
        "Input tag should be one of 'adaptive', 'between_tools', 'disabled', 'enabled'",
      );
  }
};

const effortTokens: Readonly<Record<string, number>> = {
  low: 256,
  medium: 800,
  high: 2000,
  xhigh: 4000,
  max: 8000,
};

const readEffort = ({ output_config: config }: JsonObject, { capabilities }: SimulatedModel): number => {
  const effort = isObject(config) ? config.effort : undefined;
  if (effort === undefined || effort === null) return effortTokens.high ?? 0;
  const tokens = isText(effort) ? effortTokens[effort] : undefined;
  if (tokens === undefined)
    throw refuse('output_config.effort', "Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
  if (capabilities.reasoning.type !== 'adaptive')
    throw refuse('output_config.effort', 'is not supported by this model');
  return tokens;
};
