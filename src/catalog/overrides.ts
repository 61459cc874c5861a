import { z } from 'zod';
import {
  type Capabilities,
  dialectNames,
  efforts,
  modalities,
  type PriceBand,
  tiers,
} from '../core/model.ts';
import { pricePerMillion } from '../core/money.ts';

/** USD per million tokens; a text keeps decimals that a float would bend. */
const price = z.union([z.number().nonnegative(), z.string()]).transform((value, context) => {
  try {
    return pricePerMillion(value);
  } catch (cause) {
    context.addIssue({ code: 'custom', message: (cause as RangeError).message });
    return z.NEVER;
  }
});

const bandShape = {
  input: price.describe('Uncached input, USD per million tokens.'),
  output: price.describe('Output, reasoning included.'),
  cacheRead: price.optional().describe('Input read from the cache. Default: the input price.'),
  cacheWrite5m: price.optional().describe('Input written to a cache of 5 minutes. Default: the input price.'),
  cacheWrite30m: price.optional().describe('… of 30 minutes. Default: cacheWrite5m.'),
  cacheWrite1h: price.optional().describe('… of an hour. Default: cacheWrite5m.'),
  cacheWrite12h: price.optional().describe('… of 12 hours. Default: cacheWrite1h.'),
};

const pricesShape = {
  ...bandShape,
  bands: z
    .array(z.strictObject({ abovePromptTokens: z.int().positive(), ...bandShape }))
    .optional()
    .describe('Prices of longer prompts; the whole request is billed in the band its prompt falls in.'),
};

const pricesSchema = z
  .strictObject({
    ...pricesShape,
    serviceTiers: z
      .record(z.string().min(1), z.strictObject(pricesShape))
      .optional()
      .describe('Prices of answers that say they were served on another tier: "flex", "priority".'),
  })
  .transform(({ serviceTiers, ...usual }) => ({
    bands: allBands(usual),
    ...(serviceTiers && {
      serviceTiers: Object.fromEntries(
        Object.entries(serviceTiers).map(([tier, prices]) => [tier, allBands(prices)]),
      ),
    }),
  }));

const allBands = ({
  bands = [],
  ...first
}: Omit<LooseBand, 'abovePromptTokens'> & {
  readonly bands?: readonly LooseBand[] | undefined;
}): readonly PriceBand[] =>
  [{ abovePromptTokens: 0, ...first }, ...bands]
    .map(fullBand)
    .sort((a, b) => a.abovePromptTokens - b.abovePromptTokens);

type NeededPrice = 'abovePromptTokens' | 'input' | 'output';
type LooseBand = Pick<PriceBand, NeededPrice> & {
  readonly [Key in Exclude<keyof PriceBand, NeededPrice>]?: PriceBand[Key] | undefined;
};

/** A class without its own price costs what the next shorter lifetime does, at last plain input: never nothing. */
const fullBand = (band: LooseBand): PriceBand => {
  const cacheWrite5m = band.cacheWrite5m ?? band.input;
  const cacheWrite30m = band.cacheWrite30m ?? cacheWrite5m;
  const cacheWrite1h = band.cacheWrite1h ?? cacheWrite30m;
  return {
    abovePromptTokens: band.abovePromptTokens,
    input: band.input,
    output: band.output,
    cacheRead: band.cacheRead ?? band.input,
    cacheWrite5m,
    cacheWrite30m,
    cacheWrite1h,
    cacheWrite12h: band.cacheWrite12h ?? cacheWrite1h,
  };
};

const reasoningSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('effort'), efforts: z.array(z.enum(efforts)).min(1) }),
  z.strictObject({
    type: z.literal('budget'),
    minTokens: z.int().nonnegative(),
    maxTokens: z.int().positive(),
  }),
  z.strictObject({
    type: z.literal('adaptive'),
    efforts: z.array(z.enum(efforts)).min(1),
    canTurnOff: z.boolean(),
    takesBudget: z.boolean(),
  }),
]);

const capabilitiesSchema = z.strictObject({
  input: z.array(z.enum(modalities)).min(1).optional().describe('What a prompt may hold.'),
  tools: z.boolean().optional().describe('Takes function tools.'),
  forcedTools: z.boolean().optional().describe('A tool call may be demanded.'),
  structuredOutput: z
    .enum(['schema', 'json', 'none'])
    .optional()
    .describe('How far the form of the answer may be demanded.'),
  reasoning: reasoningSchema.optional().describe('How it may be told to reason.'),
  sampling: z.enum(['yes', 'when-not-reasoning', 'no']).optional().describe('Takes temperature and top_p.'),
  stop: z.boolean().optional().describe('Takes stop sequences.'),
  prefill: z.boolean().optional().describe('Goes on with a last assistant turn.'),
  systemRole: z.enum(['system', 'developer']).optional().describe('Role that carries instructions.'),
  maxTokensField: z
    .enum(['max_tokens', 'max_completion_tokens'])
    .optional()
    .describe('Field that limits the answer.'),
  dialects: z.array(z.enum(dialectNames)).min(1).optional().describe('Wire protocols it is served on.'),
  toolDialects: z.array(z.enum(dialectNames)).optional().describe('Wire protocols on which it takes tools.'),
  midSystem: z.boolean().optional().describe('Takes instructions in the middle of a conversation.'),
  hasSystemPrompt: z.boolean().optional().describe('Has a place of its own for instructions.'),
  schemaWithTools: z.boolean().optional().describe('Answers by a schema while there are tools.'),
  toolResultImages: z.boolean().optional().describe('Takes pictures in the results of tools.'),
  fetchesImages: z.boolean().optional().describe('Its vendor fetches pictures that are named by an address.'),
  boundReasoning: z
    .boolean()
    .optional()
    .describe('Its reasoning is bound to the very words before it: such a history is never edited.'),
}) satisfies z.ZodType<Partial<{ [Key in keyof Capabilities]: unknown }>>;

const fields = {
  displayName: z.string().optional().describe('How lists show it.'),
  tier: z.enum(tiers).optional().describe('Default: its place in its maker’s line-up, else its price.'),
  contextTokens: z.int().positive().optional().describe('Longest prompt and answer together.'),
  maxOutputTokens: z.int().positive().optional().describe('Longest answer.'),
  capabilities: capabilitiesSchema.optional().describe('What it can; named keys only are changed.'),
};

/** A correction to a model of the catalogue. */
export const modelOverride = z.strictObject({
  ...fields,
  prices: pricesSchema.optional().describe('Replaces all its prices.'),
});

/** A model the catalogue does not know. */
export const customModel = z.strictObject({
  ...fields,
  prices: pricesSchema.describe('A local model costs { input: 0, output: 0 }.'),
});

export type ModelOverride = z.infer<typeof modelOverride>;
export type CustomModel = z.infer<typeof customModel>;
