import { z } from 'zod';
import { useSchema } from './use.ts';

/** What both strategies that ask a policy may be told; at most one of the first three. */
export const knobs = {
  quality: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe(
      "A contract: the cheapest model whose success, at its lower bound, is at least this share of the frontier's. Default, where no other aim is set: 0.95.",
    ),
  spend: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe('A budget: the best quality at this share of what always asking the frontier would cost.'),
  tradeOff: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('What money weighs against quality: 0 looks at quality only, 1 at cost only.'),
  confidence: z
    .number()
    .min(0.5)
    .max(0.999)
    .default(0.95)
    .describe(
      'How sure it must be, request by request, that a model holds the contract. 0.5: that it is likelier than not; then it holds on the average of many requests, as far as the policy is calibrated.',
    ),
  among: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Tiers or models that may be chosen. Default: all of the route.'),
  evidence: z
    .number()
    .min(0)
    .default(30)
    .describe(
      'Outcomes of requests like this one that must be known of a model, and of the frontier, before the policy is trusted with it.',
    ),
  otherwise: useSchema
    .optional()
    .describe(
      'Who is asked where too little is known. With `hybrid`, by default: as the selection matrix says. With `classifier`, by default: frontier under a quality contract, else mid.',
    ),
  explore: z
    .strictObject({
      share: z
        .number()
        .gt(0)
        .max(0.5)
        .default(0.02)
        .describe('Of requests that begin a conversation: these may try a model that may be as good.'),
      extraSpend: z
        .number()
        .min(0)
        .max(1)
        .default(0.01)
        .describe('Trying may add so much to what is spent, as a share of it.'),
    })
    .optional()
    .describe(
      'Tries others where the policy cannot tell who is better, so that outcomes tell. Default: never.',
    ),
};

export type Knobs = z.output<z.ZodObject<typeof knobs>>;

const aims = ['quality', 'spend', 'tradeOff'] as const;

/** Two aims would contradict each other. */
export const hasOneAim = (config: Pick<Knobs, (typeof aims)[number]>): boolean =>
  aims.filter((aim) => config[aim] !== undefined).length <= 1;

export const oneAim = 'takes one of "quality", "spend" and "tradeOff", not several';
