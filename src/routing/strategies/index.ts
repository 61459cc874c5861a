import { z } from 'zod';
import { fixed } from './fixed.ts';
import { rules } from './rules.ts';
import type { Strategy, TierModels } from './strategy.ts';

/** Every strategy a route may name. */
export const strategies = [rules, fixed] as const;

export const strategySchema = z.discriminatedUnion('type', [
  rules.config as z.ZodObject,
  fixed.config as z.ZodObject,
]);

export type StrategyConfig = z.infer<typeof rules.config> | z.infer<typeof fixed.config>;

/** Made once, at load. */
export const compileStrategy = (
  config: StrategyConfig,
  tierModels: TierModels,
): ReturnType<Strategy['compile']> => {
  const strategy = strategies.find(({ type }) => type === config.type) as
    | Strategy<StrategyConfig>
    | undefined;
  if (!strategy) throw new RangeError(`there is no strategy "${config.type}"`);
  return strategy.compile(config, tierModels);
};
