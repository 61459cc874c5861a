import { z } from 'zod';
import { createChooser } from './chooser.ts';
import { hasOneAim, type Knobs, knobs, oneAim } from './knobs.ts';
import { listed, routeModels } from './listed.ts';
import { defineStrategy } from './strategy.ts';
import { wishFor } from './use.ts';

export const classifierConfig = z
  .strictObject({ type: z.literal('classifier'), ...knobs })
  .refine(hasOneAim, oneAim);

/** A trained policy predicts how each model would do, and what it would cost. */
export const classifier = defineStrategy({
  type: 'classifier',
  summary:
    "A trained policy predicts each model's success and cost; a quality contract, a budget or a trade-off chooses.",
  config: classifierConfig,
  compile: (config, parts) => {
    const { tiers, model } = parts;
    const names = config.among ? listed(config.among, tiers) : routeModels(tiers);
    const candidates = names.map(model).filter((found) => found !== undefined);
    const choose = createChooser(config, candidates, parts);
    const fallback = wishFor(config.otherwise ?? usualFallback(config), tiers, 'otherwise');
    const otherwise = () => fallback;
    return (question) => choose(question, undefined, otherwise);
  },
});

/** Who holds others to the frontier gets it where that cannot be shown. */
const usualFallback = ({ spend, tradeOff }: Knobs): 'frontier' | 'mid' =>
  spend === undefined && tradeOff === undefined ? 'frontier' : 'mid';
