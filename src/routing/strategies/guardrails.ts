import { z } from 'zod';
import { type ModelId, type Tier, tiers } from '../../core/model.ts';
import type { Subject } from '../conditions/condition.ts';
import { compileWhen, whenSchema } from '../conditions/index.ts';
import { both, listed, tierIn } from './listed.ts';
import type { TierModels, Wish } from './strategy.ts';
import { useSchema, wishFor } from './use.ts';

const targets = ['use', 'atLeast', 'atMost', 'among'] as const;

export const guardrailSchema = z
  .strictObject({
    name: z.string().min(1).max(120).describe('Told in headers, logs and reports.'),
    when: whenSchema.prefault({}).describe('All of these must hold; nothing named always holds.'),
    use: useSchema
      .optional()
      .describe(
        'Decides, as far as earlier rules allow: a tier or a model id, or a list of them; the policy is not asked.',
      ),
    atLeast: z.enum(tiers).optional().describe('The policy may choose from this tier up.'),
    atMost: z.enum(tiers).optional().describe('The policy may choose up to this tier.'),
    among: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('The policy may choose among these tiers and models.'),
  })
  .refine(
    (rule) => targets.filter((target) => rule[target] !== undefined).length === 1,
    'needs exactly one of "use", "atLeast", "atMost" and "among"',
  );

export type Guardrail = z.output<typeof guardrailSchema>;

/** What all rules that hold leave of the choice. */
export interface Bounds {
  /** Undefined where no rule bounds it. */
  readonly allowed: ReadonlySet<ModelId> | undefined;
  /** Set where a rule has decided. */
  readonly decided: Wish | undefined;
  /** The first of those that bound it. */
  readonly rule: string | undefined;
  readonly reasons: readonly string[];
}

/**
 * Every rule that holds counts, in order: each narrows what those before it have left, and the first
 * `use` ends it. A rule that would leave nobody gives way to those before it, and that is told.
 */
export const compileGuardrails = (
  rules: readonly Guardrail[],
  tierModels: TierModels,
): ((subject: Subject) => Bounds) => {
  const compiled = rules.map((rule) => ({
    ...rule,
    holds: compileWhen(rule.when),
    models: new Set(modelsOf(rule, tierModels)),
    wish: rule.use && { ...wishFor(rule.use, tierModels, `rule "${rule.name}"`), rule: rule.name },
    reason: `rule "${rule.name}": ${boundText(rule)}`,
  }));
  return (subject) => {
    let allowed: ReadonlySet<ModelId> | undefined;
    let first: string | undefined;
    const reasons: string[] = [];
    for (const { holds, name, models, wish, reason } of compiled) {
      if (!holds(subject)) continue;
      if (wish) {
        const decided = allowed ? inside(wish, allowed, tierModels) : wish;
        if (decided) return { allowed, decided, rule: first, reasons: [...reasons, ...decided.reasons] };
        reasons.push(`rule "${name}" gives way`);
        continue;
      }
      const left: ReadonlySet<ModelId> = allowed ? both(models, allowed) : models;
      if (left.size === 0) {
        reasons.push(`rule "${name}" gives way`);
        continue;
      }
      allowed = left;
      first ??= name;
      reasons.push(reason);
    }
    return { allowed, decided: undefined, rule: first, reasons };
  };
};

/** All that rules may name: they may go beyond the models of the route. */
export const modelsOf = (
  { use, atLeast, atMost, among }: Guardrail,
  tierModels: TierModels,
): readonly ModelId[] => {
  if (among) return listed(among, tierModels);
  if (atLeast) return listed(fromTier(atLeast), tierModels);
  if (atMost) return listed(tiers.slice(0, tiers.indexOf(atMost) + 1), tierModels);
  return use ? wishFor(use, tierModels, '').models : [];
};

/** What of a wish is within bounds; where it may rise, the dearer models within them follow. Undefined where nothing is. */
export const inside = (
  wish: Wish,
  allowed: ReadonlySet<ModelId>,
  tierModels: TierModels,
): Wish | undefined => {
  const wished = wish.models.filter((id) => allowed.has(id));
  if (wished.length === 0) return undefined;
  const first = wished[0] as ModelId;
  const tier = tierModels[wish.tier].includes(first) ? wish.tier : tierIn(tierModels, first);
  const dearer = wish.mayRise ? listed(fromTier(tier), tierModels).filter((id) => allowed.has(id)) : [];
  return { ...wish, tier, models: [...new Set([...wished, ...dearer])], mayRise: false };
};

/** Where nothing of a wish is within bounds: its tier and the dearer ones first, then the cheaper from the top. */
export const nearestWithin = (
  { tier, reasons, propensity }: Wish,
  allowed: ReadonlySet<ModelId>,
  tierModels: TierModels,
): Wish => {
  const cheaper = tiers.slice(0, tiers.indexOf(tier)).toReversed();
  const models = listed([...fromTier(tier), ...cheaper], tierModels).filter((id) => allowed.has(id));
  return { tier, models: [...new Set([...models, ...allowed])], mayRise: false, reasons, propensity };
};

const fromTier = (tier: Tier): readonly Tier[] => tiers.slice(tiers.indexOf(tier));

const boundText = ({ atLeast, atMost, among }: Guardrail): string =>
  atLeast ? `at least ${atLeast}` : atMost ? `at most ${atMost}` : `among ${among?.join(', ')}`;
