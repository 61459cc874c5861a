import { z } from 'zod';
import { GatewayError } from '../core/errors.ts';
import { type Model, type Tier, tiers } from '../core/model.ts';
import { globTest } from '../kit/glob.ts';

export const interceptSchema = z
  .strictObject({
    match: z.string().min(1).describe('Model name a client asks for; `*` stands for anything.'),
    route: z.string().optional().describe('Route that decides instead.'),
    tier: z.enum(tiers).optional().describe('Tier that answers instead.'),
    model: z.string().optional().describe('Model that answers instead.'),
  })
  .refine(
    ({ route, tier, model }) => [route, tier, model].filter((target) => target !== undefined).length === 1,
    {
      message: 'needs exactly one of "route", "tier" and "model"',
    },
  );

export type Intercept = z.output<typeof interceptSchema>;

/** What a caller's model name means. */
export type Resolved =
  | { readonly type: 'route'; readonly route: string }
  | { readonly type: 'tier'; readonly tier: Tier }
  | { readonly type: 'model'; readonly model: Model };

export interface ResolveParts {
  readonly intercepts: readonly Intercept[];
  readonly routes: ReadonlySet<string>;
  readonly find: (name: string) => Model | undefined;
  /** Names to suggest for one that is unknown. */
  readonly near: (name: string) => readonly string[];
}

/** Made once, at load. Routes, then tiers, then intercepted names, then models; throws `unknown-model`. */
export const createResolver = ({
  intercepts,
  routes,
  find,
  near,
}: ResolveParts): ((name: string) => Resolved) => {
  const tests = intercepts.map((intercept) => ({ intercept, fits: globTest(intercept.match) }));
  const known = new Map<string, Resolved>();
  const resolve = (name: string): Resolved => {
    if (routes.has(name)) return { type: 'route', route: name };
    if ((tiers as readonly string[]).includes(name)) return { type: 'tier', tier: name as Tier };
    const intercept = tests.find(({ fits }) => fits(name))?.intercept;
    if (intercept?.route !== undefined) return { type: 'route', route: intercept.route };
    if (intercept?.tier !== undefined) return { type: 'tier', tier: intercept.tier };
    const model = find(intercept?.model ?? name);
    if (model) return { type: 'model', model };
    // Claude Code marks names whose context is to be a long one: "auto[1m]" (pitfall 51)
    const unmarked = name.replace(/\[\d{1,3}[km]\]$/i, '');
    if (unmarked !== name) return resolve(unmarked);
    const suggestions = near(name);
    throw new GatewayError(
      'unknown-model',
      `No model, tier or route is called ${JSON.stringify(name.slice(0, 100))}.${suggestions.length > 0 ? ` Did you mean ${suggestions.join(' or ')}?` : ''} GET /v1/models lists what there is; "auto" always works.`,
      { param: 'model' },
    );
  };
  return (name) => {
    let resolved = known.get(name);
    if (!resolved) {
      resolved = resolve(name);
      // names come from callers: what is remembered must not grow without end
      if (known.size < 1000 && name.length < 200) known.set(name, resolved);
    }
    return resolved;
  };
};
