import { z } from 'zod';
import type { ModelId } from '../../core/model.ts';
import { defaultGuardrails } from '../default-rules.ts';
import { createChooser } from './chooser.ts';
import { compileGuardrails, guardrailSchema, inside, modelsOf, nearestWithin } from './guardrails.ts';
import { hasOneAim, knobs, oneAim } from './knobs.ts';
import { both, listed, routeModels } from './listed.ts';
import { rules as byRules } from './rules.ts';
import { defineStrategy, type StrategyParts, type StrategyQuestion, type Wish } from './strategy.ts';
import { type Use, wishFor } from './use.ts';

export const hybridConfig = z
  .strictObject({
    type: z.literal('hybrid'),
    rules: z
      .array(guardrailSchema)
      .optional()
      .describe(
        'Every rule that holds counts: `use` decides, the others bound what the policy may choose. Where two contradict, the earlier holds. Default: the guardrails of the selection matrix.',
      ),
    ...knobs,
  })
  .refine(hasOneAim, oneAim);

/** Rules decide the obvious and bound the rest; a trained policy chooses inside what they allow. */
export const hybrid = defineStrategy({
  type: 'hybrid',
  summary:
    'Rules decide what is obvious and bound the rest; a trained policy chooses inside what they allow.',
  config: hybridConfig,
  compile: (config, parts) => {
    const { tiers, model } = parts;
    const rules = config.rules ?? defaultGuardrails();
    const boundsOf = compileGuardrails(rules, tiers);
    const usual = config.among ? listed(config.among, tiers) : routeModels(tiers);
    const nameable = [...new Set([...usual, ...rules.flatMap((rule) => modelsOf(rule, tiers))])];
    const candidates = nameable.map(model).filter((found) => found !== undefined);
    const choose = createChooser(config, candidates, parts);
    const poolOf = createPools(new Set(usual));
    const fallback = fallbackOf(config.otherwise, parts);
    return (question) => {
      const { allowed, decided, rule, reasons } = boundsOf(question.subject);
      const within = allowed && { within: [...allowed] };
      if (decided) return { ...decided, ...within, reasons };
      const wish = choose(question, poolOf(allowed), () => {
        const wanted = fallback(question);
        return allowed ? (inside(wanted, allowed, tiers) ?? nearestWithin(wanted, allowed, tiers)) : wanted;
      });
      return {
        ...wish,
        ...within,
        ...(rule !== undefined && { rule }),
        reasons: reasons.length === 0 ? wish.reasons : [...wish.reasons, ...reasons],
      };
    };
  },
});

/** Rules may name models that the policy does not usually choose: then these only where nothing usual is allowed. */
const createPools =
  (usual: ReadonlySet<ModelId>) =>
  (allowed: ReadonlySet<ModelId> | undefined): ReadonlySet<ModelId> => {
    if (!allowed) return usual;
    const left = both(usual, allowed);
    return left.size > 0 ? left : allowed;
  };

/** Where the policy knows too little: as told, else as the selection matrix has it. */
const fallbackOf = (
  otherwise: Use | undefined,
  parts: StrategyParts,
): ((question: StrategyQuestion) => Wish) => {
  if (otherwise === undefined) return byRules.compile({ type: 'rules', otherwise: 'mid' }, parts);
  const wish = wishFor(otherwise, parts.tiers, 'otherwise');
  return () => wish;
};
