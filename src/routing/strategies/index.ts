import { z } from 'zod';
import { cascade, cascadeConfig } from './cascade.ts';
import { classifier, classifierConfig } from './classifier.ts';
import { fixed, fixedConfig } from './fixed.ts';
import { hybrid, hybridConfig } from './hybrid.ts';
import { latency, latencyConfig } from './latency.ts';
import { rules, rulesConfig } from './rules.ts';
import type { Strategy, StrategyParts } from './strategy.ts';
import { weighted, weightedConfig } from './weighted.ts';

/** Every strategy a route may name. */
export const strategies = [rules, fixed, classifier, hybrid, weighted, latency, cascade] as const;

export const strategySchema = z.discriminatedUnion('type', [
  rulesConfig,
  fixedConfig,
  classifierConfig,
  hybridConfig,
  weightedConfig,
  latencyConfig,
  cascadeConfig,
]);

export type StrategyConfig = z.output<typeof strategySchema>;

/** Made once, at load. */
export const compileStrategy = (
  config: StrategyConfig,
  parts: StrategyParts,
): ReturnType<Strategy['compile']> => {
  const strategy = strategies.find(({ type }) => type === config.type) as
    | Strategy<StrategyConfig>
    | undefined;
  if (!strategy) throw new RangeError(`there is no strategy "${config.type}"`);
  return strategy.compile(config, parts);
};
